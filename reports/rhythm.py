"""月调度, 季通报, 年考核: which periods there are and when each is due; pure arithmetic of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from obligations.cutoffs import last_day, workday_of
from obligations.workdays import Calendar, UnknownYear

MONTH, QUARTER, YEAR = "month", "quarter", "year"
PERIOD_END, DAY_BEFORE = "period_end", "day_before"
# Every month has so many working days, whatever the holidays.
MAX_NUMBER = 15
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A month, quarter or year: 2026-11, 2026-Q4, 2026."""

    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Rule:
    """When the report on a period is due, and which day it reports.

    Number 3 is the third working day after the period; `from_end` the third last working day of the
    period itself, of which only the day before can be known by then.
    """

    rhythm: str
    number: int
    from_end: bool = False
    reported: str = PERIOD_END


@dataclass(frozen=True)
class Due:
    """One period's report: the day on which it is due, and the day at whose end it is taken."""

    period: Period
    on: dt.date
    as_of: dt.date
    # The day was counted in a year that the State Council has not announced.
    is_provisional: bool


def period_of(rhythm: str, day: dt.date) -> Period:
    """The period in which a day lies."""
    months = _MONTHS[rhythm]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    last = last_day(first.replace(month=first.month + months - 1))
    return Period(_name(rhythm, first), first, last)


def due(rule: Rule, period: Period, *, calendar: Calendar) -> Due:
    """UnknownYear where the working day lies beyond every calendar."""
    on = _due_on(rule, period, calendar=calendar)
    as_of = on - _ONE_DAY if rule.reported == DAY_BEFORE else period.last
    return Due(period, on, as_of, calendar.is_provisional(period.last, on))


def dues(rule: Rule, *, since: dt.date, calendar: Calendar) -> Iterator[Due]:
    """Of the period in which a day lies and of all that follow, as far as calendars reach."""
    period = period_of(rule.rhythm, since)
    while True:
        try:
            yield due(rule, period, calendar=calendar)
        except UnknownYear:
            return
        period = period_of(rule.rhythm, period.last + _ONE_DAY)


def _due_on(rule: Rule, period: Period, *, calendar: Calendar) -> dt.date:
    if rule.from_end:
        return workday_of(period.last, number=rule.number, from_end=True, calendar=calendar)
    return calendar.add(period.last, rule.number)


def _name(rhythm: str, first: dt.date) -> str:
    if rhythm == YEAR:
        return f"{first:%Y}"
    return f"{first:%Y}-Q{(first.month + 2) // 3}" if rhythm == QUARTER else f"{first:%Y-%m}"
