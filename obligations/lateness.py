"""How many working days an obligation is past its due date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from obligations import calendars, light_versions, lights
from obligations.models import Obligation, Status
from obligations.workdays import Calendar, UnknownYear

_NOT_COUNTED = (Status.DRAFT, Status.WITHDRAWN)


@dataclass(frozen=True)
class Lateness:
    """Counts on one calendar for one day: a page of rows asks the database once, if at all."""

    on: dt.date

    @cached_property
    def calendar(self) -> Calendar:
        return calendars.current()

    @cached_property
    def excuses(self) -> frozenset[str]:
        """What the day's rule puts above 逾期; asked where a row is blocked or being mended."""
        return lights.excuses(light_versions.on(self.on))

    def of(self, row: Obligation) -> int | None:
        """Working days late, up to the claim or else to `on`; None where it is not late.

        By the dates, as obligations.lights.lateness: whatever light the rule shows first."""
        if row.due_on is None or row.due_on >= (row.completed_on or self.on):
            return None
        if row.status == Status.VERIFIED or self._is_excused(row):
            return None
        return self.since(row.due_on, until=row.completed_on)

    def since(self, day: dt.date, *, until: dt.date | None = None) -> int | None:
        """Working days after a day, up to `until` or else to `on`."""
        try:
            return self.calendar.count(day, until or self.on)
        except UnknownYear:
            return None

    def _is_excused(self, row: Obligation) -> bool:
        exempt = row.exempt and (row.exempt_until is None or row.exempt_until >= self.on)
        if row.external or exempt or row.status in _NOT_COUNTED:
            return True
        if row.blocked and "blocked" in self.excuses:
            return True
        return self._is_mending(row) and "mending" in self.excuses

    def _is_mending(self, row: Obligation) -> bool:
        if row.completed_on or row.mend_until is None or row.mend_until < self.on:
            return False
        first, due_on = row.first_completed_on, row.due_on
        return first is not None and due_on is not None and first <= due_on


def lateness(on: dt.date) -> Lateness:
    """With the calendar in force."""
    return Lateness(on)
