"""受阻: asked by the department, confirmed or refused by the coordinator, lifted with a new day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Level, User
from obligations import calendars, dating
from obligations.changing import changing, require_known_day
from obligations.dispatch import require_reason
from obligations.models import Block, Clock, Obligation
from obligations.models.records import Decision
from obligations.today import moment


def ask(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    cause: str,
    reason: str,
    version: int | None = None,
) -> Block:
    """The department says why it cannot go on; nothing changes until it is confirmed."""
    require_reason(reason)
    if cause not in Block.Cause.values:
        raise RuleViolation(_("Unknown cause of a block: “%(cause)s”.") % {"cause": cause})
    said = {"cause": cause, "reason": reason}
    with changing(obligation, verb="ask_block", by=by, on=on, version=version, said=said) as row:
        if row.blocks.filter(ended_on=None).exclude(outcome="refused").exists():
            raise RuleViolation(_("A block is already on record: wait for its decision or end."))
        return Block.objects.create(
            obligation=row,
            cause=cause,
            reason=reason,
            asked_by=by,
            asked_on=on,
            days_left=_days_left(row, on=on),
            external_obligation=row.depends_on if cause == Block.Cause.NOT_OPENED else None,
        )


def confirm(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    note: str = "",
    external_obligation: Obligation | None = None,
    version: int | None = None,
) -> None:
    """The coordinator confirms: purple from now, outside timeliness while it is open."""
    with changing(
        obligation,
        verb="decide_block",
        by=by,
        on=on,
        version=version,
        said={"note": note},
        audited_as="confirm_block",
    ) as row:
        block = _waiting(row)
        block.external_obligation = external_obligation or block.external_obligation
        decide(block, outcome=Decision.Outcome.CONFIRMED, by=by, on=on, note=note)
        row.blocked = True


def refuse(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """The coordinator does not confirm; the dates go on as before."""
    require_reason(reason)
    with changing(
        obligation,
        verb="decide_block",
        by=by,
        on=on,
        version=version,
        said={"reason": reason},
        audited_as="refuse_block",
    ) as row:
        decide(_waiting(row), outcome=Decision.Outcome.REFUSED, by=by, on=on, note=reason)


def lift(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    new_due_on: dt.date | None = None,
    document_number: str = "",
    version: int | None = None,
) -> None:
    """The block is over. The new due day is by default as many working days on as were left."""
    require_known_day(new_due_on)
    with changing(
        obligation,
        verb="decide_block",
        by=by,
        on=on,
        version=version,
        said={"document_number": document_number},
        audited_as="lift_block",
    ) as row:
        block = row.blocks.filter(outcome="confirmed", ended_on=None).first()
        if block is None:
            raise RuleViolation(_("No confirmed block is open on this obligation."))
        before = row.due_on
        if not row.is_ongoing:
            _go_on(row, block, by=by, on=on, asked=new_due_on, document_number=document_number)
        block.new_due_on = row.due_on
        _require_superior_consent(row, block, before=before, document_number=document_number)
        block.ended_on, block.ended_by = on, by
        block.save()
        row.blocked = False


def decide(request: Decision, *, outcome: str, by: User, on: dt.date, note: str) -> None:
    """Write decision, decider and time together."""
    request.outcome, request.decision_note = outcome, note
    request.decided_by, request.decided_on, request.decided_at = by, on, moment(on)
    request.save()


def _waiting(row: Obligation) -> Block:
    block = row.blocks.filter(outcome="").first()
    if block is None:
        raise RuleViolation(_("No block is waiting for a decision on this obligation."))
    return block


def _days_left(row: Obligation, *, on: dt.date) -> int:
    if row.due_on is None or row.due_on <= on:
        return 1
    return max(1, calendars.in_region(row.department.region_id).count(on, row.due_on))


def _go_on(
    row: Obligation,
    block: Block,
    *,
    by: User,
    on: dt.date,
    asked: dt.date | None,
    document_number: str,
) -> None:
    """The new due day: the one asked for, else the working days that were left."""
    said: dict[str, Any] = {
        "start": on,
        "event": "lift_block",
        "document_number": document_number,
        "by": by,
    }
    if asked is None:
        dating.by_clock(row, "due_on", Clock.RESUME, days=block.days_left, **said)
        return
    if asked < on:
        raise RuleViolation(_("The new due date lies in the past: use today or a later day."))
    dating.by_word(row, "due_on", asked, **said)


def _require_superior_consent(
    row: Obligation, block: Block, *, before: dt.date | None, document_number: str
) -> None:
    """Dates of national rows move only with the superior's 文号, unless the superior was late."""
    moved = block.new_due_on and before and block.new_due_on > before
    national = row.item.list.level == Level.CENTRAL
    late_superior = block.cause == Block.Cause.NOT_OPENED
    if moved and national and not late_superior and not document_number.strip():
        raise RuleViolation(
            _("This row is of a national list: a later date needs the superior's document number.")
        )
