"""申报, 审签, 核验, 退回, 复开: how completion is claimed, endorsed and decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from obligations import dating, evidence
from obligations.changing import changing, require_known_day
from obligations.deciding import close
from obligations.dispatch import require_reason
from obligations.evidence import NewEvidence
from obligations.models import Claim, Clock, Objection, Obligation, Status
from obligations.models.obligation import ObligationQuerySet
from obligations.today import moment
from obligations.together import Versions, by_clock_each, changing_many


def claim(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    note: str = "",
    with_evidence: Sequence[NewEvidence] = (),
    version: int | None = None,
) -> None:
    """申报完成 with evidence; where endorsement is off it is a formal claim at once.

    A claim that is made again ends the objection to its return.
    """
    with changing(
        obligation, verb="claim", by=by, on=on, version=version, said={"note": note}
    ) as row:
        for piece in with_evidence:
            evidence.add(row, piece, by=by, on=on)
        made = Claim.objects.create(
            obligation=row, note=note, claimed_by=by, claimed_for=by.acting_for, claimed_on=on
        )
        if not row.evidence.exists():
            raise RuleViolation(
                _("A claim needs evidence: add a document number, a code, a link or a file.")
            )
        row.evidence.filter(claim=None).update(claim=made)
        again = row.objections.filter(subject=Objection.Subject.RETURN)
        close(again, outcome=Objection.Outcome.LAPSED, by=by, on=on, note=_("Claimed again."))
        row.status = Status.CLAIMED
        row.claimed_by, row.claim_note, row.claimed_at = by, note, moment(on)
        row.endorsed_by = None
        if not row.department.endorsement_required:
            _stand([row], by=by, on=on)


def withdraw_claim(
    obligation: Obligation, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """The department takes an unendorsed claim back; its evidence stays."""
    with changing(obligation, verb="withdraw_claim", by=by, on=on, version=version) as row:
        _close_claims([row], outcome=Claim.Outcome.TAKEN_BACK, by=by, on=on, reason="")
        row.status = Status.IN_PROGRESS


def endorse(obligation: Obligation, *, by: User, on: dt.date, version: int | None = None) -> None:
    """部门审签: another person of the department makes it the formal claim."""
    with changing(obligation, verb="endorse", by=by, on=on, version=version) as row:
        _endorsed([row], by=by, on=on)


def endorse_many(
    obligations: ObligationQuerySet, *, by: User, on: dt.date, versions: Versions = None
) -> int:
    """审签 many at once. Returns how many."""
    with changing_many(obligations, verb="endorse", by=by, on=on, versions=versions) as found:
        _endorsed([situation.row for situation in found], by=by, on=on)
    return len(found)


def send_back(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """退回 to in progress, with a reason; the first return of a formal claim gives days to mend."""
    require_reason(reason)
    said = {"reason": reason}
    with changing(obligation, verb="send_back", by=by, on=on, version=version, said=said) as row:
        _returned([row], by=by, on=on, reason=reason)


def send_back_many(
    obligations: ObligationQuerySet,
    *,
    by: User,
    on: dt.date,
    reason: str,
    versions: Versions = None,
) -> int:
    """退回 many at once, for one reason. Returns how many."""
    require_reason(reason)
    said = {"reason": reason}
    with changing_many(
        obligations, verb="send_back", by=by, on=on, versions=versions, said=said
    ) as found:
        _returned([situation.row for situation in found], by=by, on=on, reason=reason)
    return len(found)


def verify(obligation: Obligation, *, by: User, on: dt.date, version: int | None = None) -> None:
    """核验销号. Of the coordinators' own bureau another account verifies, and it is marked 自核."""
    with changing(obligation, verb="verify", by=by, on=on, version=version) as row:
        _verified([row], by=by, on=on)


def verify_many(
    obligations: ObligationQuerySet, *, by: User, on: dt.date, versions: Versions = None
) -> int:
    """核验 many at once. Returns how many."""
    with changing_many(obligations, verb="verify", by=by, on=on, versions=versions) as found:
        _verified([situation.row for situation in found], by=by, on=on)
    return len(found)


def reopen(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    reason: str,
    due_on: dt.date | None = None,
    version: int | None = None,
) -> None:
    """复开: a verified duty is no longer true. New due day, by default 10 working days on."""
    require_reason(reason)
    require_known_day(due_on)
    if due_on is not None and due_on < on:
        raise RuleViolation(_("The new due date lies in the past: use today or a later day."))
    said = {"reason": reason}
    with changing(obligation, verb="reopen", by=by, on=on, version=version, said=said) as row:
        row.status = Status.IN_PROGRESS
        row.reopened_count += 1
        dating.clear(row, "mend_until")
        dating.clear(row, "decide_by")
        row.completed_on = row.first_completed_on = row.verified_on = row.verified_by = None
        row.claimed_by = row.endorsed_by = None
        row.self_verified = False
        row.return_reason, row.reopen_reason = "", reason
        if due_on is not None and not row.is_ongoing:
            dating.by_word(row, "due_on", due_on, start=on, event="reopen", note=reason, by=by)
        elif not row.is_ongoing:
            dating.by_clock(row, "due_on", Clock.REOPEN, start=on, event="reopen", by=by)


def restore(row: Obligation, made: Claim, *, by: User, on: dt.date) -> None:
    """A return is annulled: its claim stands again with its day, and waits for verification with
    a new clock. The caller holds the obligation."""
    if made.mend_until is not None:
        row.first_completed_on = None
    row.status = Status.ENDORSED
    row.completed_on = made.counted_on or made.endorsed_on
    row.claimed_by, row.endorsed_by = made.claimed_by, made.endorsed_by
    row.claim_note, row.return_reason = made.note, ""
    row.returned_count = max(0, row.returned_count - 1)
    dating.clear(row, "mend_until")
    made.decide_by = dating.by_clock(
        row, "decide_by", Clock.VERIFY, start=on, event="objection", by=by
    )
    made.outcome, made.decided_by, made.decided_on, made.reason = "", None, None, ""
    made.mend_until = None
    made.save()


def _endorsed(rows: Sequence[Obligation], *, by: User, on: dt.date) -> None:
    _open_claims(rows).update(endorsed_by=by, endorsed_for=by.acting_for)
    for row in rows:
        row.endorsed_by = by
    _stand(rows, by=by, on=on)


def _stand(rows: Sequence[Obligation], *, by: User, on: dt.date) -> None:
    """The claims stand: their day, or within the mending days the day of the first claim."""
    by_clock_each(rows, "decide_by", Clock.VERIFY, start=on, event="endorse", by=by)
    for decide_by, same in _alike(rows, "decide_by"):
        _open_claims(same).update(endorsed_on=on, decide_by=decide_by, counted_on=on)
    mended = [row for row in rows if row.mend_until is not None and on <= row.mend_until]
    for first, same in _alike(mended, "first_completed_on"):
        _open_claims(same).update(counted_on=first)
    kept = {row.pk: row.first_completed_on for row in mended}
    for row in rows:
        row.completed_on = kept.get(row.pk, on)
        row.status = Status.ENDORSED
    dating.clear_many([row for row in rows if row.mend_until is not None], "mend_until")


def _returned(rows: Sequence[Obligation], *, by: User, on: dt.date, reason: str) -> None:
    formal = [row for row in rows if row.status == Status.ENDORSED]
    first = [row for row in formal if row.first_completed_on is None]
    _give_mending_days(first, by=by, on=on)
    dating.clear_many(formal, "decide_by")
    for row in formal:
        row.completed_on = None
        row.returned_count += 1
    _close_claims(rows, outcome=Claim.Outcome.RETURNED, by=by, on=on, reason=reason)
    for row in rows:
        row.status = Status.IN_PROGRESS
        row.return_reason = reason


def _give_mending_days(rows: Sequence[Obligation], *, by: User, on: dt.date) -> None:
    """The first return of a formal claim gives some; later ones do not."""
    if not rows:
        return
    ids = [row.pk for row in rows]
    # At once: a standing claim and days to mend exclude each other in the database.
    Obligation.objects.filter(pk__in=ids).update(
        status=Status.IN_PROGRESS, first_completed_on=F("completed_on"), completed_on=None
    )
    by_clock_each(rows, "mend_until", Clock.MEND, start=on, event="send_back", by=by)
    for mend_until, same in _alike(rows, "mend_until"):
        _open_claims(same).update(mend_until=mend_until)
    for row in rows:
        row.first_completed_on = row.completed_on


def _verified(rows: Sequence[Obligation], *, by: User, on: dt.date) -> None:
    _close_claims(rows, outcome=Claim.Outcome.VERIFIED, by=by, on=on, reason="")
    for row in rows:
        row.status = Status.VERIFIED
        row.verified_by, row.verified_on = by, on
        row.self_verified = by.department_id == row.department_id
        row.return_reason = row.reopen_reason = ""


def _alike(rows: Sequence[Obligation], field: str) -> Iterator[tuple[Any, list[Obligation]]]:
    """The rows that share a value of the field, and the value."""
    for value in {getattr(row, field) for row in rows}:
        yield value, [row for row in rows if getattr(row, field) == value]


def _open_claims(rows: Sequence[Obligation]) -> QuerySet[Claim]:
    return Claim.objects.filter(obligation__in=[row.pk for row in rows], outcome="")


def _close_claims(
    rows: Sequence[Obligation], *, outcome: str, by: User, on: dt.date, reason: str
) -> None:
    _open_claims(rows).update(outcome=outcome, decided_by=by, decided_on=on, reason=reason)
    if outcome != Claim.Outcome.VERIFIED:
        for row in rows:
            row.claimed_by = row.endorsed_by = None
