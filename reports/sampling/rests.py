"""What the counted dates of an invented life rest on, as rows of DateBasis. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from obligations.rule_data import shipped
from reports.sampling.lives import Life

# The act that sets a date -> (its clock, its event).
_CLOCKS = {
    "endorse": ("verify", "endorse"),
    "send_back": ("mend", "send_back"),
    "reopen": ("reopen", "reopen"),
    "lift": ("resume", "lift_block"),
}


def bases(life: Life) -> Iterator[dict[str, Any]]:
    """One for each date in force that was counted; the list's own day needs none."""
    facts, moved = life.facts, life.facts["due_on"] != life.due_on
    for name, verbs, counted in (
        ("decide_by", ("endorse",), True),
        ("mend_until", ("send_back",), True),
        ("due_on", ("reopen", "lift"), moved),
    ):
        if facts[name] and counted:
            yield from _basis(life, name, facts[name], verbs)


def _basis(
    life: Life, name: str, value: dt.date, verbs: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """From the last act that leads to the day."""
    for day, verb, _until in reversed(life.acts):
        if verb not in verbs:
            continue
        clock, event = _CLOCKS[verb]
        days = _days_left(life, day) if verb == "lift" else shipped(clock).days
        if life.calendar.add(day, days) == value:
            yield {
                "field": name,
                "value": value,
                "event": event,
                "start_on": day,
                "clock": clock,
                "days": days,
                "unit": "working_days",
                "provisional": life.calendar.is_provisional(day, value),
            }
            return


def _days_left(life: Life, ended_on: dt.date) -> int:
    return next((block.days_left for block in life.blocks if block.ended_on == ended_on), 1)
