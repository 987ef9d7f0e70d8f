"""申报, 审签, 核验, 退回, 复开: how completion is claimed, endorsed and decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Role, User
from obligations import calendars, evidence
from obligations.changing import changing, require_known_day
from obligations.dispatch import require_reason
from obligations.evidence import NewEvidence
from obligations.models import Claim, Obligation, Status
from obligations.today import moment

# Policy figures (domain, dates): working days.
DECISION_DAYS = 5
MENDING_DAYS = 5
REOPENED_DAYS = 10


def claim(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    note: str = "",
    with_evidence: Sequence[NewEvidence] = (),
    version: int | None = None,
) -> None:
    """申报完成 with evidence; where endorsement is off it is a formal claim at once."""
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
        row.status = Status.CLAIMED
        row.claimed_by, row.claim_note, row.claimed_at = by, note, moment(on)
        row.endorsed_by = None
        if not row.department.endorsement_required:
            _stand(row, made, on=on)


def withdraw_claim(
    obligation: Obligation, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """The department takes an unendorsed claim back; its evidence stays."""
    with changing(obligation, verb="withdraw_claim", by=by, on=on, version=version) as row:
        _close_claim(row, outcome=Claim.Outcome.TAKEN_BACK, by=by, on=on, reason="")
        row.status = Status.IN_PROGRESS


def endorse(obligation: Obligation, *, by: User, on: dt.date, version: int | None = None) -> None:
    """部门审签: another person of the department makes it the formal claim."""
    with changing(obligation, verb="endorse", by=by, on=on, version=version) as row:
        _require_another(row, by=by)
        made = row.claims.get(outcome="")
        made.endorsed_by = row.endorsed_by = by
        made.endorsed_for = by.acting_for
        _stand(row, made, on=on)


def send_back(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """退回 to in progress, with a reason; the first return of a formal claim gives days to mend."""
    require_reason(reason)
    said = {"reason": reason}
    with changing(obligation, verb="send_back", by=by, on=on, version=version, said=said) as row:
        if by.role == Role.REVIEWER and row.status != Status.CLAIMED:
            raise RuleViolation(_("It is already endorsed: only the coordinator can return it."))
        _require_another(row, by=by)
        if row.status == Status.ENDORSED:
            _give_mending_days(row, on=on)
        _close_claim(row, outcome=Claim.Outcome.RETURNED, by=by, on=on, reason=reason)
        row.status = Status.IN_PROGRESS
        row.return_reason = reason


def verify(obligation: Obligation, *, by: User, on: dt.date, version: int | None = None) -> None:
    """核验销号. Of the coordinators' own bureau another account verifies, and it is marked 自核."""
    with changing(obligation, verb="verify", by=by, on=on, version=version) as row:
        _require_another(row, by=by)
        _require_no_open_block(row)
        _close_claim(row, outcome=Claim.Outcome.VERIFIED, by=by, on=on, reason="")
        row.status = Status.VERIFIED
        row.verified_by, row.verified_on = by, on
        row.self_verified = by.department_id == row.department_id
        row.return_reason = ""


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
        row.completed_on = row.first_completed_on = row.mend_until = None
        row.verified_on = row.verified_by = row.decide_by = None
        row.claimed_by = row.endorsed_by = None
        row.return_reason = reason
        if not row.is_ongoing:
            row.due_on = due_on or calendars.current().add(on, REOPENED_DAYS)


def _stand(row: Obligation, made: Claim, *, on: dt.date) -> None:
    """The claim stands: its day, or within the mending days the day of the first claim."""
    mended = row.mend_until is not None and on <= row.mend_until
    row.completed_on = row.first_completed_on if mended else on
    row.mend_until = None
    row.status = Status.ENDORSED
    row.decide_by = calendars.current().add(on, DECISION_DAYS)
    made.endorsed_on, made.decide_by = on, row.decide_by
    made.save(update_fields=["endorsed_by", "endorsed_for", "endorsed_on", "decide_by"])


def _give_mending_days(row: Obligation, *, on: dt.date) -> None:
    first_return = row.first_completed_on is None
    if first_return:
        row.first_completed_on = row.completed_on
        row.mend_until = calendars.current().add(on, MENDING_DAYS)
    row.completed_on = None
    row.decide_by = None
    row.returned_count += 1


def _close_claim(row: Obligation, *, outcome: str, by: User, on: dt.date, reason: str) -> None:
    row.claims.filter(outcome="").update(
        outcome=outcome, decided_by=by, decided_on=on, reason=reason
    )
    if outcome != Claim.Outcome.VERIFIED:
        row.claimed_by = row.endorsed_by = None


def _require_no_open_block(row: Obligation) -> None:
    """Lifting it sets the due day by which the claim is judged, so that comes first."""
    if row.blocks.filter(ended_on=None).exclude(outcome="refused").exists():
        raise RuleViolation(_("A block is still open: decide on it or lift it first, then verify."))


def claimants(row: Obligation) -> set[int]:
    """Whose claim it is: who claimed and endorsed, and in whose place they did."""
    open_claim = row.claims.filter(outcome="").values_list("claimed_for", "endorsed_for").first()
    found = {row.claimed_by_id, row.endorsed_by_id, *(open_claim or ())}
    return {pk for pk in found if pk is not None}


def _require_another(row: Obligation, *, by: User) -> None:
    """Nobody decides on their own claim."""
    if by.people & claimants(row):
        raise PermissionDenied(_("Nobody decides on their own claim: ask another person."))
