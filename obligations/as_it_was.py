"""Single obligations as they were at the end of a past day: to be shown, never to be saved."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.dateparse import parse_date

from accounts import names_then
from obligations import late_records, lights, replay
from obligations.models import Claim, Obligation, Status
from obligations.models.judged import FACTS
from obligations.models.obligation import ObligationQuerySet
from obligations.models.records import Decision, Lasting
from obligations.today import end_of

# What no state keeps is known from what the audit trail says of its changes.
UNDONE = (
    *("accept_by", "contact_office", "contact_name", "contact_phone", "progress_note"),
    "returned_count",
)
_DAYS = ("accept_by",)
_COLUMNS = (*(f"{replay.WAS}{name}" for name in FACTS), replay.REASON)
_BODIES = (("department_id", "department__name"), ("item__body_id", "item__body__name"))


def put_back(
    rows: Sequence[Obligation], *, on: dt.date, known: ObligationQuerySet | None = None
) -> list[Obligation]:
    """Those of the rows that were on record, changed in memory to what they were on the day.
    `known`: what obligations.replay found of the day already."""
    then = _then([row.pk for row in rows], on=on, known=known)
    called = names_then.on(on)
    found = [row for row in rows if row.pk in then]
    for row in found:
        for name, value in then[row.pk].items():
            setattr(row, name, value)
        row.department.name = called.get(row.department_id, row.department.name)
        _forget_what_came_later(row, on=on)
    return found


def values_put_back(rows: Sequence[dict[str, Any]], *, on: dt.date) -> list[dict[str, Any]]:
    """As `put_back`, for rows read as values: what they name is what is put back."""
    then = _then([row["id"] for row in rows], on=on)
    called = names_then.on(on)
    found = []
    for row in rows:
        if row["id"] not in then:
            continue
        was = {**row, **{name: one for name, one in then[row["id"]].items() if name in row}}
        for key, name in _BODIES:
            was[name] = called.get(was[key], was[name])
        if was["opened_on"] and was["opened_on"] > on:
            was["opened_on"] = None
        found.append(was)
    return found


def _then(
    ids: Sequence[int], *, on: dt.date, known: ObligationQuerySet | None = None
) -> dict[int, dict[str, Any]]:
    """By obligation what its columns held; nothing of one that was not on record."""
    rows = known if known is not None else replay.then(Obligation.objects.all(), on=on)
    held = {
        row["pk"]: {name: row[f"{replay.WAS}{name}"] for name in (*FACTS, "light_reason")}
        for row in rows.order_by().filter(pk__in=ids).values("pk", *_COLUMNS)
    }
    undone = changes_undone(list(held), on=on)
    return {
        pk: {**facts, "light": lights.light_of(facts["light_reason"]), **undone[pk]}
        for pk, facts in held.items()
    }


def _forget_what_came_later(row: Obligation, *, on: dt.date) -> None:
    end = end_of(on)
    for name in ("issued_at", "accepted_at", "claimed_at"):
        at = getattr(row, name)
        if at is not None and at >= end:
            setattr(row, name, None)
    if row.opened_on and row.opened_on > on:
        row.opened_on = None
    # Why it was returned or reopened is kept for the last time alone: the history tells of others.
    row.return_reason = row.reopen_reason = ""
    row.self_verified = row.self_verified and row.status == Status.VERIFIED


def changes_undone(ids: Sequence[int], *, on: dt.date) -> dict[int, dict[str, Any]]:
    """By obligation, what the columns in UNDONE held before all that took effect after the day."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    reopened: dict[int, int] = defaultdict(int)
    for key, verb, changes in late_records.effects_after(ids, on=on):
        reopened[key] += verb == "reopen"
        for name, (before, _after) in changes.items():
            if name in UNDONE:
                found[key].setdefault(name, _read(name, before))
    counts = Obligation.objects.filter(pk__in=[pk for pk, times in reopened.items() if times])
    for pk, count in counts.values_list("pk", "reopened_count"):
        found[pk]["reopened_count"] = max(count - reopened[pk], 0)
    return found


def _read(name: str, before: Any) -> Any:
    return parse_date(before) if before and name in _DAYS else before


def standing_claim(row: Obligation, *, on: dt.date) -> Claim | None:
    """The claim on which the status of the day rested."""
    if row.status not in (Status.CLAIMED, Status.ENDORSED, Status.VERIFIED):
        return None
    people = ("claimed_by", "endorsed_by", "decided_by")
    claims = Claim.objects.filter(obligation=row.pk, claimed_on__lte=on)
    return claims.select_related(*people).order_by("-pk").first()


def put_back_people(row: Obligation, *, on: dt.date) -> None:
    """Who had claimed, endorsed and verified it, of an obligation that was put back."""
    claim = standing_claim(row, on=on)
    row.claimed_by = claim.claimed_by if claim else None
    row.claim_note = claim.note if claim else ""
    row.endorsed_by = claim.endorsed_by if claim and row.completed_on else None
    row.verified_by = claim.decided_by if claim and row.verified_on else None
    if row.issued_at is None:
        row.notice = None


def claims(made: Iterable[Claim], *, on: dt.date) -> list[Claim]:
    """Claims that had been made by the day, without what became of them after it."""
    found = [one for one in made if one.claimed_on <= on]
    for one in found:
        if one.endorsed_on is not None and one.endorsed_on > on:
            one.endorsed_by = one.endorsed_on = one.decide_by = one.counted_on = None
        if one.decided_on is not None and one.decided_on > on:
            one.outcome, one.reason = "", ""
            one.decided_by = one.decided_on = one.mend_until = None
    return found


def undecided(requests: Iterable[Any], *, on: dt.date) -> list[Any]:
    """Requests that had been made by the day, without what was decided and followed after it."""
    made = [one for one in requests if one.asked_on <= on]
    for one in made:
        _wait_again(one, on=on)
    return made


def _wait_again(one: Decision, *, on: dt.date) -> None:
    if one.decided_on is not None and one.decided_on > on:
        one.outcome, one.decision_note = "", ""
        one.decided_by = one.decided_on = None
        for name in ("new_due_on", "consequence", "corrected_due_on"):
            if hasattr(one, name):
                setattr(one, name, "" if name == "consequence" else None)
    if isinstance(one, Lasting) and one.ended_on is not None and one.ended_on > on:
        one.ended_on = None
        if hasattr(one, "new_due_on"):
            one.new_due_on = None
