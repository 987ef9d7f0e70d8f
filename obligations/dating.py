"""Writes the dates that a clock or a decision sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from obligations import calendars
from obligations.models import Obligation

# Working days.
CLOCKS: Mapping[str, int] = {
    "verify": 5,
    "mend": 5,
    "reopen": 10,
    "accept": 3,
    "extension_maximum": 20,
}


def by_clock(
    row: Any, field: str, clock: str, *, start: dt.date, event: str, days: int | None = None
) -> dt.date:
    """Set the field to the clock's working days after `start`; the caller saves."""
    day = calendars.current().add(start, CLOCKS[clock] if days is None else days)
    setattr(row, field, day)
    return day


def by_word(
    row: Any,
    field: str,
    day: dt.date | None,
    *,
    start: dt.date,
    event: str,
    note: str = "",
    document_number: str = "",
) -> None:
    """Set the field to the day that somebody decided on; the caller saves."""
    setattr(row, field, day)


def clear(row: Any, field: str) -> None:
    """The date holds no more."""
    setattr(row, field, None)


def by_clock_many(
    ids: Sequence[int], field: str, clock: str, *, start: dt.date, event: str
) -> dt.date:
    """Set the field of many obligations at once."""
    day = calendars.current().add(start, CLOCKS[clock])
    for begin in range(0, len(ids), 500):
        Obligation.objects.filter(pk__in=ids[begin : begin + 500]).update(**{field: day})
    return day
