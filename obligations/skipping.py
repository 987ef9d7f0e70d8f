"""The days between the start of a clock and its end: which were skipped, which counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from obligations import calendars, dating
from obligations.models import DateBasis, DeadlineRule, Obligation
from obligations.workdays import Calendar

_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row with one name: skipped holidays, or workdays made up for."""

    first: dt.date
    last: dt.date
    name: str

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.name} {self.first:%Y-%m-%d}"
        return _("%(name)s %(first)s to %(last)s") % {
            "name": self.name,
            "first": f"{self.first:%Y-%m-%d}",
            "last": f"{self.last:%Y-%m-%d}",
        }


class DaysBetween:
    """Calendars and names of days for many dates: read once for each region."""

    def __init__(self, bases: Sequence[DateBasis]) -> None:
        counted = [basis for basis in bases if basis.clock]
        self._first = min((basis.start_on for basis in counted), default=None)
        self._last = max((basis.value for basis in counted), default=None)
        self._kept: dict[int | None, tuple[Calendar, dict[dt.date, str]]] = {}

    def is_provisional(self, row: Obligation, basis: DateBasis) -> bool:
        calendar, _names = self._of(row)
        counts = dating.depends_on_calendar(basis.unit)
        return counts and calendar.is_provisional(basis.start_on, basis.value)

    def skipped(self, row: Obligation, basis: DateBasis) -> tuple[list[Span], int, list[Span]]:
        """Holidays by name, days of ordinary weekends, and weekend days that counted."""
        if basis.unit != DeadlineRule.Unit.WORKING_DAYS:
            return [], 0, []
        calendar, names = self._of(row)
        off: list[tuple[dt.date, str]] = []
        on: list[tuple[dt.date, str]] = []
        weekend_days, day = 0, basis.start_on
        while day < basis.value:
            day += _ONE_DAY
            name = names.get(day, "")
            if calendar.is_workday(day):
                on += [(day, name)] if day.weekday() >= 5 else []
            elif name or day.weekday() < 5:
                off.append((day, name or _("holiday")))
            else:
                weekend_days += 1
        return list(_spans(off)), weekend_days, list(_spans(on))

    def _of(self, row: Obligation) -> tuple[Calendar, dict[dt.date, str]]:
        region_id = row.department.region_id
        if region_id not in self._kept and self._first and self._last:
            names = calendars.names(region_id, self._first, self._last)
            self._kept[region_id] = (calendars.in_region(region_id), names)
        return self._kept[region_id]


def _spans(days: Sequence[tuple[dt.date, str]]) -> Iterator[Span]:
    """Days that follow each other under one name, as one."""
    first = last = None
    called = ""
    for day, name in days:
        if last is not None and first is not None and (day - last != _ONE_DAY or name != called):
            yield Span(first, last, called)
            first = None
        first, last, called = first or day, day, name
    if first is not None and last is not None:
        yield Span(first, last, called)
