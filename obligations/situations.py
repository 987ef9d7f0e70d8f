"""What is on record about obligations, as far as it decides what may be done next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.models import Role, User
from obligations import calendars, clocks
from obligations.models import (
    Block,
    Claim,
    Clock,
    Exemption,
    Extension,
    Light,
    Objection,
    Obligation,
    ObligationState,
    Status,
)
from obligations.models.rules import in_words


@dataclass(frozen=True)
class Matter:
    """What the department may object to: since when it is so, and the last day to say so."""

    subject: str
    since: dt.date
    object_by: dt.date
    length: str


class Batch:
    """Obligations that one person means to change on one day; each question is asked once."""

    def __init__(
        self,
        rows: Sequence[Obligation],
        *,
        by: User,
        on: dt.date,
        read: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        """`read`: all requests about the rows, by kind, where a page has read them already."""
        self.rows, self.by, self.on, self.read = rows, by, on, read or {}
        self._ids = [row.pk for row in rows]

    def situations(self) -> list[Situation]:
        return [Situation(row, self) for row in self.rows]

    @cached_property
    def blocks(self) -> dict[int, Block]:
        """Asked for, or confirmed and open."""
        asked: Iterable[Block] = self._asked("blocks", Block)
        return _by_row(one for one in asked if one.ended_on is None and one.outcome != "refused")

    @cached_property
    def exemptions(self) -> dict[int, Exemption]:
        """Asked for, or granted and neither ended nor run out."""
        asked: Iterable[Exemption] = self._asked("exemptions", Exemption)
        standing = [one for one in asked if one.ended_on is None and one.outcome != "refused"]
        return _by_row(
            one
            for one in standing
            if one.is_waiting or one.until_on is None or one.until_on >= self.on
        )

    @cached_property
    def extensions(self) -> dict[int, Extension]:
        return _by_row(one for one in self._asked("extensions", Extension) if one.is_waiting)

    @cached_property
    def objections(self) -> dict[int, list[Objection]]:
        """All of them: a matter is ruled on once."""
        found: dict[int, list[Objection]] = {pk: [] for pk in self._ids}
        for one in self._asked("objections", Objection):
            found[one.obligation_id].append(one)
        return found

    @cached_property
    def returns(self) -> dict[int, Claim]:
        """The last claim, where the coordinator returned it."""
        claims = Claim.objects.filter(obligation__in=self._ids).order_by("pk")
        last = {one.obligation_id: one for one in claims}
        return {pk: one for pk, one in last.items() if one.was_returned_by_coordinator}

    @cached_property
    def red_since(self) -> dict[int, dt.date]:
        """The day from which the red light burns for its present reason and due day."""
        red = {row.pk: row for row in self.rows if row.light == Light.RED}
        states = ObligationState.objects.filter(obligation__in=red, valid_from__lte=self.on)
        columns = ("obligation_id", "valid_from", "light_reason", "due_on")
        found: dict[int, dt.date] = {}
        ended: set[int] = set()
        for pk, day, reason, due_on in states.order_by("-valid_from").values_list(*columns):
            if (reason, due_on) != (red[pk].light_reason, red[pk].due_on):
                ended.add(pk)
            elif pk not in ended:
                found[pk] = day
        return found

    @cached_property
    def matters(self) -> dict[int, list[Matter]]:
        """What is open to objection, whether its days are over or not."""
        return {one.row.pk: list(one.unruled()) for one in self.situations()}

    @cached_property
    def stood_in_for(self) -> dict[int, set[int]]:
        """In whose place the open claims were made and endorsed."""
        found = Claim.objects.filter(obligation__in=self._ids, outcome="")
        rows = found.values_list("obligation_id", "claimed_for", "endorsed_for")
        return {pk: {one for one in people if one} for pk, *people in rows}

    @cached_property
    def other_coordinators(self) -> list[User]:
        """Who else could rule."""
        found = User.objects.filter(role=Role.COORDINATOR, is_active=True)
        return list(found.exclude(pk=self.by.pk))

    def _asked(self, kind: str, model: type[Any]) -> list[Any]:
        """Every request of a kind, the oldest first."""
        found: Iterable[Any] = self.read.get(kind) or ()
        if kind not in self.read:
            found = model._default_manager.filter(obligation__in=self._ids)
        return sorted(found, key=lambda one: one.pk)


def _by_row(requests: Iterable[Any]) -> dict[int, Any]:
    return {one.obligation_id: one for one in requests}


@dataclass(frozen=True)
class Situation:
    """One obligation of a batch."""

    row: Obligation
    batch: Batch

    @property
    def by(self) -> User:
        return self.batch.by

    @property
    def on(self) -> dt.date:
        return self.batch.on

    @property
    def block(self) -> Block | None:
        return self.batch.blocks.get(self.row.pk)

    @property
    def exemption(self) -> Exemption | None:
        return self.batch.exemptions.get(self.row.pk)

    @property
    def extension(self) -> Extension | None:
        return self.batch.extensions.get(self.row.pk)

    @property
    def objection(self) -> Objection | None:
        """The one that waits for its ruling."""
        return next((one for one in self.batch.objections[self.row.pk] if one.is_waiting), None)

    @property
    def returned(self) -> Claim | None:
        """The formal claim that the coordinator returned and that is not renewed yet."""
        if self.row.status != Status.IN_PROGRESS or not self.row.return_reason:
            return None
        return self.batch.returns.get(self.row.pk)

    @property
    def claimants(self) -> set[int]:
        """Whose claim it is: who claimed and endorsed, and in whose place they did."""
        own = {self.row.claimed_by_id, self.row.endorsed_by_id}
        return {pk for pk in own if pk} | self.batch.stood_in_for.get(self.row.pk, set())

    @property
    def contested(self) -> Matter | None:
        """What an objection would be against; None where there is nothing, or a ruling already.

        A returned claim goes before the light: it is what the department can have back. But what
        an objection comes too late for gives way to what it is in time for.
        """
        found = self.batch.matters[self.row.pk]
        in_time = [one for one in found if self.on <= one.object_by]
        return next(iter([*in_time, *found]), None)

    def unruled(self) -> Iterator[Matter]:
        """The return and the light, as far as nobody ruled on them."""
        claim, red = self.returned, self.row.light == Light.RED
        if not claim and not red:
            return
        ruled = [one for one in self.batch.objections[self.row.pk] if not one.is_waiting]
        if claim and claim.pk not in [one.claim_id for one in ruled]:
            yield self._matter(Objection.Subject.RETURN, claim.decided_on or self.on)
        light = (self.row.light_reason, self.row.due_on)
        if red and light not in [(one.light_reason, one.due_on) for one in ruled]:
            # A light that no history tells of is seen today for the first time.
            since = self.batch.red_since.get(self.row.pk, self.on)
            yield self._matter(Objection.Subject.LIGHT, since)

    def _matter(self, subject: str, since: dt.date) -> Matter:
        region_id = self.row.department.region_id
        rule = clocks.in_region(Clock.OBJECTION, region_id, on=since)
        last = calendars.in_region(region_id).after(since, rule.days, rule.unit)
        return Matter(subject, since, last, in_words(rule.days, rule.unit))

    @property
    def other_coordinator(self) -> bool:
        """Whether another coordinator reaches this obligation."""
        region = self.row.department.region_id
        return any(one.region_id in (None, region) for one in self.batch.other_coordinators)

    @property
    def cases(self) -> frozenset[str]:
        """The cases of the table in which the obligation is now."""
        required = self.row.department.endorsement_required
        found = {"", "endorsement_required" if required else "endorsement_off"}
        if self.objection:
            found.add(f"objection_to_{self.objection.subject}")
        return frozenset(found)


def of(row: Obligation, *, by: User, on: dt.date) -> Situation:
    """The situation of one obligation."""
    [situation] = Batch([row], by=by, on=on).situations()
    return situation
