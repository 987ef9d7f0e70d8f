"""Turns an invented item and the lives under it into rows of every table."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

from docking.models import DockingTerms
from obligations import lights
from obligations.models import (
    Block,
    Claim,
    DateBasis,
    Evidence,
    Exemption,
    ListItem,
    Obligation,
    ObligationState,
)
from obligations.today import moment
from reports.sampling import rests
from reports.sampling.bulk import Rows, reset_keys
from reports.sampling.lives import Life, Request, Timeline
from reports.sampling.people import People
from reports.sampling.population import Item, Owed
from sharing_lists.models import SharingTerms

_TERMS: dict[str, type[models.Model]] = {"sharing": SharingTerms, "docking": DockingTerms}
_TABLES: tuple[type[models.Model], ...] = (
    *(ListItem, SharingTerms, DockingTerms, Obligation, ObligationState),
    *(Claim, Evidence, Block, Exemption, DateBasis),
)
_RETURNED = "佐证材料中的目录代码与已发布目录不一致，请核对后重新申报"
_REOPENED = "接口连续三个工作日无法调用，请恢复后重新申报"
_NOTES = ("已完成接口开发，正在联调", "正在编制目录", "正在与上级部门沟通", "")
# What a claim of each duty usually rests on.
_EVIDENCE = {
    "supply": ("catalogue", "SL"),
    "connect": ("interface", "JK-"),
    "apply": ("document", "示例函"),
}
_BARE_EVIDENCE_ONE_IN = 12


class Recorder:
    """Rows of all tables on their way."""

    def __init__(self, people: People, timeline: Timeline, *, lists: dict[str, int]) -> None:
        self._people, self._timeline, self._lists = people, timeline, lists
        self._rows = {table: Rows(table) for table in _TABLES}

    def add(self, item: Item, lives: list[tuple[Owed, Life]], *, number: int) -> None:
        """One item, its terms, and each obligation with all that happened to it."""
        due_on = lives[0][1].due_on  # the same for all under one item
        item_id = self._rows[ListItem].add(
            list_id=self._lists[item.kind],
            serial=str(number),
            position=number,
            title=item.title,
            body_id=item.body.pk,
            deadline_text=_deadline_text(due_on),
            deadline_kind="date" if due_on else "ongoing",
            deadline_on=due_on,
            scenes=item.scenes,
            identity_hash=item.identity_hash(number),
            row_hash=item.identity_hash(number),
        )
        self._rows[_TERMS[item.kind]].add(item_id=item_id, **item.terms)
        external = None
        for owed, life in lives:
            key = self._add_obligation(item_id, owed, life, depends_on=external)
            external = key if owed.external else external

    def write(self) -> None:
        for rows in self._rows.values():
            rows.write()

    def finish(self) -> None:
        self.write()
        reset_keys(*_TABLES)

    def _add_obligation(
        self, item_id: int, owed: Owed, life: Life, *, depends_on: int | None
    ) -> int:
        states = list(self._timeline.states(life))
        key = self._rows[Obligation].add(
            item_id=item_id,
            department_id=owed.department.pk,
            duty=owed.duty,
            role_in_item=owed.role_in_item,
            depends_on_id=depends_on,
            **_dates(life),
            **self._claimed(owed, life),
            **_judged(states[-1][2]),
        )
        for valid_from, valid_to, facts in states:
            self._rows[ObligationState].add(
                obligation_id=key, valid_from=valid_from, valid_to=valid_to, **_judged(facts)
            )
        self._add_records(key, owed, life)
        for basis in rests.bases(life):
            self._rows[DateBasis].add(obligation_id=key, at=moment(basis["start_on"]), **basis)
        return key

    def _claimed(self, owed: Owed, life: Life) -> dict[str, Any]:
        """Who stands behind the claim that stands."""
        status, reopened = life.facts["status"], bool(life.reopened_count)
        returned = not reopened and bool(life.returned_count) and status == "in_progress"
        said: dict[str, Any] = {
            "return_reason": _RETURNED if returned else "",
            "reopen_reason": _REOPENED if reopened and status != "verified" else "",
        }
        if status not in ("claimed", "endorsed", "verified"):
            return said
        last = life.claims[-1]
        said |= {
            "claimed_by_id": self._people.officer(owed.department),
            "claimed_at": moment(last.claimed_on),
        }
        if last.endorsed_on:
            said["endorsed_by_id"] = self._people.reviewer(owed.department)
        if status == "verified":
            said["verified_by_id"] = self._people.coordinator
        return said

    def _add_records(self, key: int, owed: Owed, life: Life) -> None:
        officer, reviewer = (
            self._people.officer(owed.department),
            self._people.reviewer(owed.department),
        )
        for made in life.claims:
            claim = self._rows[Claim].add(
                obligation_id=key,
                claimed_by_id=officer,
                claimed_on=made.claimed_on,
                endorsed_by_id=reviewer if made.endorsed_on else None,
                endorsed_on=made.endorsed_on,
                decide_by=made.decide_by,
                counted_on=made.counted_on,
                outcome=made.outcome,
                decided_by_id=self._people.coordinator if made.outcome else None,
                decided_on=made.decided_on,
                reason=_RETURNED if made.outcome == "returned" else "",
            )
            kind, text = _evidence(owed.duty, key)
            self._rows[Evidence].add(
                obligation_id=key,
                kind=kind,
                text=text,
                added_on=made.claimed_on,
                added_by_id=officer,
                claim_id=claim,
            )
        for block in life.blocks:
            self._rows[Block].add(
                **self._decided(key, block, officer),
                cause="technical",
                days_left=block.days_left,
                new_due_on=block.new_due_on,
            )
        for exemption in life.exemptions:
            self._rows[Exemption].add(
                **self._decided(key, exemption, officer), until_on=exemption.until_on
            )

    def _decided(self, key: int, request: Request, officer: int) -> dict[str, Any]:
        return {
            "obligation_id": key,
            "reason": "示例：情况说明",
            "asked_on": request.asked_on,
            "asked_by_id": officer,
            "outcome": "confirmed",
            "decided_by_id": self._people.coordinator,
            "decided_at": moment(request.asked_on),
            "decided_on": request.asked_on,
            "ended_on": request.ended_on,
            "ended_by_id": self._people.coordinator if request.ended_on else None,
        }


def _dates(life: Life) -> dict[str, Any]:
    return {
        "due_text": _deadline_text(life.due_on),
        "due_kind": "date" if life.due_on else "ongoing",
        "original_due_on": life.due_on,
        "raised_on": life.raised_on,
        "issued_at": moment(life.issued_on) if life.issued_on else None,
        "accept_by": life.accept_by,
        "accepted_at": moment(life.accepted_on) if life.accepted_on else None,
        "returned_count": life.returned_count,
        "reopened_count": life.reopened_count,
        "progress_note": _NOTES[len(life.acts) % len(_NOTES)],
        "version": len(life.acts) + 1,
    }


def _judged(facts: dict[str, Any]) -> dict[str, Any]:
    """The stored columns of judged facts."""
    kept = {name: value for name, value in facts.items() if name not in ("as_of", "due_soon_on")}
    return kept | {"light": lights.light_of(facts["light_reason"])}


def _deadline_text(due_on: dt.date | None) -> str:
    return due_on.isoformat() if due_on else "持续推进"


def _evidence(duty: str, key: int) -> tuple[str, str]:
    if key % _BARE_EVIDENCE_ONE_IN == 0:
        return "document", f"示例函〔2026〕{key}号"
    kind, prefix = _EVIDENCE[duty]
    return kind, f"{prefix}{key:08d}"
