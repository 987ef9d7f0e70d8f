"""How many working days an obligation is past its due date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from obligations import calendars
from obligations.models import Light, Obligation
from obligations.workdays import Calendar, UnknownYear

LATE_REASONS = ("overdue", "claimed_late")


@dataclass(frozen=True)
class Lateness:
    """Counts on one calendar for one day, so that a page of rows asks the database once."""

    calendar: Calendar
    on: dt.date

    def of(self, row: Obligation) -> int | None:
        """Working days late, up to the claim or else to `on`; None where it is not late."""
        if row.light != Light.RED or row.light_reason not in LATE_REASONS or row.due_on is None:
            return None
        try:
            return self.calendar.count(row.due_on, row.completed_on or self.on)
        except UnknownYear:
            return None

    def provisional(self, row: Obligation) -> set[str]:
        """The dates of the row that were counted in working days of an unannounced year.

        A date that the list itself names was not counted, so it is never provisional.
        """
        moved = row.due_on if row.due_on != row.original_due_on else None
        counted = {"due_on": moved, "decide_by": row.decide_by, "mend_until": row.mend_until}
        return {
            name
            for name, day in counted.items()
            if day is not None and self.calendar.is_provisional(day, day)
        }


def lateness(on: dt.date) -> Lateness:
    """With the calendar in force."""
    return Lateness(calendars.current(), on)
