"""Lives of invented obligations: what happened on which day, and the states that followed. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from obligations.completion import DECISION_DAYS, MENDING_DAYS, REOPENED_DAYS
from obligations.lights import DEFAULT_RULE
from obligations.models.judged import FACTS
from obligations.workdays import Calendar

_ONE_DAY = dt.timedelta(days=1)
ACCEPTANCE_DAYS = 3
_FIRST = dict.fromkeys(FACTS) | {
    "status": "draft",
    "external": False,
    "blocked": False,
    "exempt": False,
}


@dataclass
class ClaimMade:
    """One claim and what became of it."""

    claimed_on: dt.date
    endorsed_on: dt.date | None = None
    decide_by: dt.date | None = None
    counted_on: dt.date | None = None
    outcome: str = ""
    decided_on: dt.date | None = None


@dataclass
class Request:
    """A block or an exemption that was confirmed."""

    asked_on: dt.date
    days_left: int = 1
    until_on: dt.date | None = None
    ended_on: dt.date | None = None
    new_due_on: dt.date | None = None


@dataclass
class Life:
    """The acts of one obligation in order; an act after `today` ends the story before it."""

    calendar: Calendar
    today: dt.date
    raised_on: dt.date
    due_on: dt.date | None
    external: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    changes: dict[dt.date, dict[str, Any]] = field(default_factory=dict)
    claims: list[ClaimMade] = field(default_factory=list)
    blocks: list[Request] = field(default_factory=list)
    exemptions: list[Request] = field(default_factory=list)
    issued_on: dt.date | None = None
    accept_by: dt.date | None = None
    accepted_on: dt.date | None = None
    # (day, verb, its date where it takes one), in order.
    acts: list[tuple[dt.date, str, dt.date | None]] = field(default_factory=list)
    returned_count: int = 0
    reopened_count: int = 0
    over: bool = False

    def __post_init__(self) -> None:
        self.facts = _FIRST | {"due_on": self.due_on, "external": self.external}
        self.changes[self.raised_on] = dict(self.facts)
        self._last = self.raised_on

    def issue(self, on: dt.date) -> None:
        day = self._act("issue", on, status="issued")
        self.issued_on = day or self.issued_on
        if day:
            self.accept_by = self.calendar.add(day, ACCEPTANCE_DAYS)

    def accept(self, on: dt.date) -> None:
        day = self._act("accept", on, status="in_progress")
        self.accepted_on = day or self.accepted_on

    def plan(self, on: dt.date, *, planned_on: dt.date) -> None:
        self._act("plan", on, until=planned_on, planned_on=planned_on)

    def claim(self, on: dt.date) -> None:
        day = self._act("claim", on, status="claimed")
        if day:
            self.claims.append(ClaimMade(day))

    def endorse(self, on: dt.date) -> None:
        day = self._day(on)
        if day is None:
            return
        mend_until, first = self.facts["mend_until"], self.facts["first_completed_on"]
        completed_on = first if mend_until and day <= mend_until else day
        decide_by = self.calendar.add(day, DECISION_DAYS)
        standing = {"completed_on": completed_on, "mend_until": None, "decide_by": decide_by}
        self._act("endorse", on, status="endorsed", **standing)
        self.claims[-1].endorsed_on, self.claims[-1].decide_by = day, decide_by
        self.claims[-1].counted_on = completed_on

    def send_back(self, on: dt.date) -> None:
        day = self._day(on)
        if day is None:
            return
        mending = {}
        if self.facts["first_completed_on"] is None:
            mending = {
                "first_completed_on": self.facts["completed_on"],
                "mend_until": self.calendar.add(day, MENDING_DAYS),
            }
        changes = {"completed_on": None, "decide_by": None, **mending}
        self._act("send_back", on, status="in_progress", **changes)
        self.claims[-1].outcome, self.claims[-1].decided_on = "returned", day
        self.returned_count += 1

    def verify(self, on: dt.date) -> None:
        day = self._day(on)
        if day is None:
            return
        self._act("verify", on, status="verified", verified_on=day)
        self.claims[-1].outcome, self.claims[-1].decided_on = "verified", day

    def reopen(self, on: dt.date) -> None:
        day = self._day(on)
        if day is None:
            return
        days = ("completed_on", "first_completed_on", "mend_until", "verified_on", "decide_by")
        cleared = dict.fromkeys(days, None)
        due_on = self.calendar.add(day, REOPENED_DAYS) if self.due_on else None
        self._act("reopen", on, status="in_progress", due_on=due_on, **cleared)
        self.reopened_count += 1

    def block(self, on: dt.date) -> None:
        day = self._act("block", on, blocked=True)
        if day:
            left = self.calendar.count(day, self.facts["due_on"]) if self.facts["due_on"] else 1
            self.blocks.append(Request(day, days_left=max(1, left)))

    def lift(self, on: dt.date) -> None:
        day = self._day(on)
        if day is None:
            return
        block = self.blocks[-1]
        due_on = self.calendar.add(day, block.days_left) if self.due_on else None
        self._act("lift", on, blocked=False, due_on=due_on)
        block.ended_on, block.new_due_on = day, due_on

    def exempt(self, on: dt.date, *, until_on: dt.date | None = None) -> None:
        day = self._act("exempt", on, until=until_on, exempt=True, exempt_until=until_on)
        if day:
            self.exemptions.append(Request(day, until_on=until_on))

    def withdraw(self, on: dt.date) -> None:
        self._act("withdraw", on, status="withdrawn", blocked=False)

    def _day(self, on: dt.date) -> dt.date | None:
        """The working day on which it can happen; None when that has not come yet."""
        day = self.calendar.roll_on(max(on, self._last))
        self.over = self.over or day > self.today
        return None if self.over else day

    def _act(
        self, verb: str, on: dt.date, *, until: dt.date | None = None, **changes: Any
    ) -> dt.date | None:
        day = self._day(on)
        if day:
            self.facts |= changes
            self.changes.setdefault(day, {}).update(changes)
            self._last = day
            self.acts.append((day, verb, until))
        return day


class Timeline:
    """Turns lives into history: a row wherever facts changed, or time alone changed the light."""

    def __init__(
        self, calendar: Calendar, *, today: dt.date, reason_of: Callable[[dict[str, Any]], str]
    ) -> None:
        self._calendar, self._today, self._reason_of = calendar, today, reason_of
        self._horizons: dict[dt.date, dt.date] = {}
        self._soon_from: dict[dt.date, dt.date] = {}

    def states(self, life: Life) -> Iterator[tuple[dt.date, dt.date | None, dict[str, Any]]]:
        """(valid_from, valid_to, facts with `light_reason`), oldest first; the last is open."""
        opened: tuple[dt.date, dict[str, Any]] | None = None
        for day, facts, acted in self._days(life):
            facts["as_of"], facts["due_soon_on"] = day, self._horizon(day)
            facts["light_reason"] = self._reason_of(facts)
            if opened and not acted and opened[1]["light_reason"] == facts["light_reason"]:
                continue
            if opened:
                yield opened[0], day, opened[1]
            opened = day, facts
        if opened:
            yield opened[0], None, opened[1]

    def _days(self, life: Life) -> Iterator[tuple[dt.date, dict[str, Any], bool]]:
        """Each day on which the light may change, with its facts and whether anybody acted."""
        facts: dict[str, Any] = {}
        acts = sorted(life.changes)
        for day, following in zip(acts, [*acts[1:], self._today + _ONE_DAY], strict=True):
            facts |= life.changes[day]
            yield day, dict(facts), True
            for turn in sorted(self._turns(facts)):
                if day < turn < following:
                    yield turn, dict(facts), False

    def _turns(self, facts: dict[str, Any]) -> set[dt.date]:
        """Days on which time alone may change the light of these facts."""
        passed = ("due_on", "planned_on", "mend_until", "exempt_until", "next_milestone_on")
        turns = {facts[name] + _ONE_DAY for name in passed if facts[name]}
        if facts["due_on"]:
            turns.add(self._first_soon(facts["due_on"]))
        return turns

    def _horizon(self, day: dt.date) -> dt.date:
        if day not in self._horizons:
            self._horizons[day] = self._calendar.add(day, DEFAULT_RULE.due_soon_days)
        return self._horizons[day]

    def _first_soon(self, due_on: dt.date) -> dt.date:
        """The first day on which `due_on` counts as due soon."""
        if due_on not in self._soon_from:
            day = due_on
            while self._horizon(day - _ONE_DAY) >= due_on:
                day -= _ONE_DAY
            self._soon_from[due_on] = day
        return self._soon_from[due_on]
