"""How many working days an obligation is past its due date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from obligations import calendars
from obligations.models import Light, Obligation
from obligations.workdays import Calendar, UnknownYear

LATE_REASONS = ("overdue", "claimed_late")


@dataclass(frozen=True)
class Lateness:
    """Counts on one calendar for one day: a page of rows asks the database once, if at all."""

    on: dt.date

    @cached_property
    def calendar(self) -> Calendar:
        return calendars.current()

    def of(self, row: Obligation) -> int | None:
        """Working days late, up to the claim or else to `on`; None where it is not late."""
        if row.light != Light.RED or row.light_reason not in LATE_REASONS or row.due_on is None:
            return None
        return self.since(row.due_on, until=row.completed_on)

    def since(self, day: dt.date, *, until: dt.date | None = None) -> int | None:
        """Working days after a day, up to `until` or else to `on`."""
        try:
            return self.calendar.count(day, until or self.on)
        except UnknownYear:
            return None


def lateness(on: dt.date) -> Lateness:
    """With the calendar in force."""
    return Lateness(on)
