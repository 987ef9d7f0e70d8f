"""The n-th working day of a month, counted from its first or its last: pure arithmetic."""

from __future__ import annotations

import datetime as dt

from obligations.workdays import Calendar

_DAY = dt.timedelta(days=1)


def month_of(day: dt.date) -> dt.date:
    """A month is named by its first day."""
    return day.replace(day=1)


def last_day(month: dt.date) -> dt.date:
    return (month.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


def workday_of(month: dt.date, *, number: int, from_end: bool, calendar: Calendar) -> dt.date:
    """Number 3 from the end is the third last working day. Every month has at least 15."""
    if not from_end:
        return calendar.add(month_of(month) - _DAY, number)
    day = last_day(month)
    while True:
        number -= calendar.is_workday(day)
        if number <= 0:
            return day
        day -= _DAY
