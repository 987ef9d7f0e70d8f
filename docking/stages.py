"""The order of stages, what is planned and reached by a day, and the default plan. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from obligations.indicators import Figure
from obligations.workdays import Calendar


class Step(Protocol):
    """What of a milestone counts here."""

    @property
    def planned_on(self) -> dt.date | None: ...
    @property
    def reached_on(self) -> dt.date | None: ...
    @property
    def weight(self) -> int: ...
    @property
    def is_needed(self) -> bool: ...
    @property
    def is_open(self) -> bool: ...


@dataclass(frozen=True)
class Progress:
    """序时进度: the weight reached and the weight planned by a day, of all that is needed."""

    reached: Figure
    planned: Figure

    @property
    def is_behind(self) -> bool:
        return self.reached.numerator < self.planned.numerator


def progress(steps: Iterable[Step], *, on: dt.date) -> Progress:
    """By the end of the day; a stage without a planned day counts in the whole alone."""
    needed = [step for step in steps if step.is_needed]
    total = sum(step.weight for step in needed)
    reached = sum(step.weight for step in needed if step.reached_on and step.reached_on <= on)
    planned = sum(step.weight for step in needed if step.planned_on and step.planned_on <= on)
    return Progress(Figure(reached, total), Figure(planned, total))


def next_on(steps: Iterable[Step]) -> dt.date | None:
    """The earliest planned day of what is not reached yet."""
    return min(
        (step.planned_on for step in steps if step.is_open and step.planned_on), default=None
    )


def next_open(steps: Mapping[str, Step], order: Sequence[str]) -> str | None:
    """The stage that may be reached now: the first one that is needed and not reached."""
    return next((stage for stage in order if steps[stage].is_open), None)


def last_reached(steps: Mapping[str, Step], order: Sequence[str]) -> str | None:
    """The stage that may be taken back."""
    return next((stage for stage in reversed(order) if steps[stage].reached_on), None)


def out_of_order(steps: Mapping[str, Step], order: Sequence[str]) -> tuple[str, str] | None:
    """The first two needed stages whose planned days go backwards."""
    planned = [stage for stage in order if steps[stage].is_needed and steps[stage].planned_on]
    for earlier, later in pairwise(planned):
        first, second = steps[earlier].planned_on, steps[later].planned_on
        if first and second and first > second:
            return earlier, later
    return None


def spread(start: dt.date, end: dt.date, *, count: int, calendar: Calendar) -> list[dt.date]:
    """So many days from `start` to `end`, evenly over the working days; the last one is `end`."""
    days = calendar.count(start, end)
    between = [calendar.add(start, days * step // count) for step in range(1, count)]
    return [*(min(day, end) for day in between), end] if count else []
