"""Working days of the State Council's calendar: pure arithmetic over days already read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

FIRST_YEAR, LAST_YEAR = 2000, 2099
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
WORKING_DAYS, NATURAL_DAYS, YEARS = "working_days", "natural_days", "years"
_ONE_DAY = timedelta(days=1)


class UnknownYear(ValueError):
    """The day lies outside 2000-2099, where no calendar is ever guessed."""

    def __init__(self, year: int) -> None:
        super().__init__(f"No working-day calendar for {year}: years {FIRST_YEAR}-{LAST_YEAR} only")
        self.year = year


@dataclass(frozen=True)
class Calendar:
    """`days` are the holidays (False) and make-up workdays (True) that are known.

    A year with no known day at all, or named in `provisional_years`, is Monday to Friday less the
    holidays known of it, and every span that touches it is provisional.
    """

    days: Mapping[date, bool]
    provisional_years: frozenset[int] = frozenset()
    _workdays_of_year: dict[int, list[int]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def is_workday(self, day: date) -> bool:
        _refuse_unknown_year(day.year)
        return self.days.get(day, day.weekday() < 5)

    def add(self, start: date, count: int) -> date:
        """The day that is `count` working days after `start`; the first day is not counted."""
        if count < 0:
            raise ValueError("count must not be negative")
        _refuse_unknown_year(start.year)
        if count == 0:
            return start
        year, ordinal = start.year, start.toordinal()
        while True:
            workdays = self._workdays(year)
            passed = bisect_right(workdays, ordinal)
            if passed + count <= len(workdays):
                return date.fromordinal(workdays[passed + count - 1])
            count -= len(workdays) - passed
            year += 1

    def subtract(self, day: date, count: int) -> date:
        """The working day after which `count` working days lead up to `day`: the way back of `add`.

        For 0 it is the day itself.
        """
        if count < 0:
            raise ValueError("count must not be negative")
        _refuse_unknown_year(day.year)
        if count == 0:
            return day
        year, ordinal = day.year, day.toordinal()
        while True:
            workdays = self._workdays(year)
            passed = bisect_right(workdays, ordinal)
            if count < passed:
                return date.fromordinal(workdays[passed - 1 - count])
            count -= passed
            year -= 1

    def after(self, start: date, count: int, unit: str) -> date:
        """The end of a period; one of natural days that ends on a rest day rolls on."""
        if unit == WORKING_DAYS:
            return self.add(start, count)
        if unit == NATURAL_DAYS:
            return self.roll_on(_known(start.toordinal() + count))
        return _years_later(start, count)

    def count(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        _refuse_unknown_year(start.year)
        _refuse_unknown_year(end.year)
        if end <= start:
            return 0
        first, last = start.toordinal() + 1, end.toordinal()
        return sum(
            bisect_right(workdays, last) - bisect_left(workdays, first)
            for workdays in map(self._workdays, range(start.year, end.year + 1))
        )

    def roll_on(self, day: date) -> date:
        """`day` itself when it is a working day, else the next one."""
        return day if self.is_workday(day) else self.add(day, 1)

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether the span touches a year that the State Council has not announced."""
        first, last = sorted((start.year, end.year))
        return any(year not in self.announced_years for year in range(first, last + 1))

    @cached_property
    def announced_years(self) -> frozenset[int]:
        return frozenset(day.year for day in self.days) - self.provisional_years

    def _workdays(self, year: int) -> list[int]:
        """Ordinals of the year's working days, made once: dates are asked for in thousands."""
        found = self._workdays_of_year.get(year)
        if found is None:
            _refuse_unknown_year(year)
            first = date(year, 1, 1)
            length = (date(year, 12, 31) - first).days + 1
            days = (first + _ONE_DAY * offset for offset in range(length))
            found = [day.toordinal() for day in days if self.is_workday(day)]
            self._workdays_of_year[year] = found
        return found


def _known(ordinal: int) -> date:
    """The day; UnknownYear also where it is beyond what a date can be."""
    if ordinal > date.max.toordinal():
        raise UnknownYear(date.max.year)
    return date.fromordinal(ordinal)


def _years_later(start: date, count: int) -> date:
    """The same day of a later year; the 28th of February where it has no 29th."""
    _refuse_unknown_year(start.year + count)
    try:
        return start.replace(year=start.year + count)
    except ValueError:
        return start.replace(year=start.year + count, day=28)


def _refuse_unknown_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnknownYear(year)
