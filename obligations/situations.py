"""What is on record about obligations, as far as it decides what may be done next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from obligations.models import (
    Block,
    Claim,
    Exemption,
    Extension,
    Light,
    Objection,
    Obligation,
    Status,
)


class Batch:
    """Obligations that one person means to change on one day; each question is asked once."""

    def __init__(self, rows: Sequence[Obligation], *, by: User, on: dt.date) -> None:
        self.rows, self.by, self.on = rows, by, on
        self._ids = [row.pk for row in rows]

    def situations(self) -> list[Situation]:
        return [Situation(row, self) for row in self.rows]

    @cached_property
    def blocks(self) -> dict[int, Block]:
        """Asked for, or confirmed and open."""
        return self._by_row(Block.objects.filter(ended_on=None).exclude(outcome="refused"))

    @cached_property
    def exemptions(self) -> dict[int, Exemption]:
        """Asked for, or granted and neither ended nor run out."""
        lasting = Q(until_on=None) | Q(until_on__gte=self.on) | Q(outcome="")
        found = Exemption.objects.filter(lasting, ended_on=None).exclude(outcome="refused")
        return self._by_row(found)

    @cached_property
    def extensions(self) -> dict[int, Extension]:
        return self._by_row(Extension.objects.filter(outcome=""))

    @cached_property
    def objections(self) -> dict[int, list[Objection]]:
        """All of them: a matter is ruled on once."""
        found: dict[int, list[Objection]] = {pk: [] for pk in self._ids}
        for one in Objection.objects.filter(obligation__in=self._ids).order_by("pk"):
            found[one.obligation_id].append(one)
        return found

    @cached_property
    def returns(self) -> dict[int, Claim]:
        """The last claim, where the coordinator returned it."""
        claims = Claim.objects.filter(obligation__in=self._ids).order_by("pk")
        last = {one.obligation_id: one for one in claims}
        return {pk: one for pk, one in last.items() if one.was_returned_by_coordinator}

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

    def _by_row(self, rows: QuerySet[Any]) -> dict[int, Any]:
        return {one.obligation_id: one for one in rows.filter(obligation__in=self._ids)}


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
        if self.row.status != Status.IN_PROGRESS:
            return None
        return self.batch.returns.get(self.row.pk)

    @property
    def claimants(self) -> set[int]:
        """Whose claim it is: who claimed and endorsed, and in whose place they did."""
        own = {self.row.claimed_by_id, self.row.endorsed_by_id}
        return {pk for pk in own if pk} | self.batch.stood_in_for.get(self.row.pk, set())

    @property
    def contested(self) -> str:
        """What an objection would be against; "" where there is nothing, or a ruling already.

        A returned claim goes before the light: it is what the department can have back.
        """
        ruled = [one for one in self.batch.objections[self.row.pk] if not one.is_waiting]
        if self.returned and self.returned.pk not in [one.claim_id for one in ruled]:
            return Objection.Subject.RETURN
        red = self.row.light == Light.RED
        matter = (self.row.light_reason, self.row.due_on)
        if red and matter not in [(one.light_reason, one.due_on) for one in ruled]:
            return Objection.Subject.LIGHT
        return ""

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
