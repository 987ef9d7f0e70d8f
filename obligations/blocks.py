"""受阻: asked by the department, confirmed or refused by the coordinator, lifted with a new day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Level, User
from obligations import calendars, dating
from obligations.changing import changing, require_known_day
from obligations.deciding import decide
from obligations.dispatch import require_reason
from obligations.models import Block, Clock, Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.models.records import Decision
from obligations.together import Versions, changing_many


def ask(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    cause: str,
    reason: str,
    external_obligation: Obligation | None = None,
    version: int | None = None,
) -> Block:
    """The department says why it cannot go on; nothing changes until it is confirmed.

    `external_obligation`: on which it waits, by default the one that it depends on.
    """
    require_reason(reason)
    _require_external(external_obligation)
    if cause not in Block.Cause.values:
        raise RuleViolation(_("Unknown cause of a block: “%(cause)s”.") % {"cause": cause})
    said = {"cause": cause, "reason": reason}
    with changing(obligation, verb="ask_block", by=by, on=on, version=version, said=said) as row:
        return Block.objects.create(
            obligation=row,
            cause=cause,
            reason=reason,
            asked_by=by,
            asked_on=on,
            days_left=_days_left(row, on=on),
            external_obligation=(
                (external_obligation or row.depends_on) if cause == Block.Cause.NOT_OPENED else None
            ),
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
    """The coordinator confirms: purple from now, outside timeliness while it is open.

    Without `external_obligation` the one stands that the department named.
    """
    _require_external(external_obligation)
    with changing(
        obligation,
        verb="confirm_block",
        by=by,
        on=on,
        version=version,
        said={"note": note},
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
        verb="refuse_block",
        by=by,
        on=on,
        version=version,
        said={"reason": reason},
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
        verb="lift_block",
        by=by,
        on=on,
        version=version,
        said={"document_number": document_number},
    ) as row:
        block = row.blocks.get(outcome="confirmed", ended_on=None)
        block.document_number = document_number.strip()
        before = row.due_on
        _go_on(row, block, by=by, on=on, asked=new_due_on)
        _require_superior_consent(row, block, before=before)
        _end(row, block, by=by, on=on)


def lift_those_waiting_for(
    external: Obligation, *, by: User, on: dt.date, versions: Versions = None
) -> int:
    """What a central body opened no longer blocks: each block that names it is lifted, with the
    working days that were left. One that refuses refuses all. Returns how many."""
    if external.opened_on is None:
        raise RuleViolation(_("It is not recorded as opened: record the opening first."))
    rows = waiting_for(external)
    if versions is not None:
        rows = Obligation.objects.filter(pk__in=list(versions))
    with changing_many(rows, verb="lift_block", by=by, on=on, versions=versions) as found:
        for situation in found:
            block = situation.block
            assert block is not None  # a condition of the table
            if block.external_obligation_id != external.pk:
                raise RuleViolation(_("A chosen block does not name this obligation."))
            _go_on(situation.row, block, by=by, on=on, asked=None)
            _end(situation.row, block, by=by, on=on)
    return len(found)


def waiting_for(external: Obligation) -> ObligationQuerySet:
    """Obligations with an open block that names what the central body owes."""
    blocks = Block.objects.filter(
        obligation=OuterRef("pk"),
        external_obligation=external,
        outcome=Block.Outcome.CONFIRMED,
        ended_on=None,
    )
    return Obligation.objects.filter(Exists(blocks))


def _require_external(named: Obligation | None) -> None:
    if named is not None and not named.external:
        raise RuleViolation(_("Only what a central body owes can be named here."))


def _end(row: Obligation, block: Block, *, by: User, on: dt.date) -> None:
    block.ended_on, block.ended_by = on, by
    block.save()
    row.blocked = False


def _waiting(row: Obligation) -> Block:
    return row.blocks.get(outcome="")


def _days_left(row: Obligation, *, on: dt.date) -> int:
    if row.due_on is None or row.due_on <= on:
        return 1
    return max(1, calendars.in_region(row.department.region_id).count(on, row.due_on))


def _go_on(row: Obligation, block: Block, *, by: User, on: dt.date, asked: dt.date | None) -> None:
    """The new due day: the one asked for, else the working days that were left."""
    if row.is_ongoing:
        return
    said: dict[str, Any] = {
        "start": on,
        "event": "lift_block",
        "note": block.reason,
        "document_number": block.document_number,
        "by": by,
    }
    if asked is None:
        dating.by_clock(row, "due_on", Clock.RESUME, days=block.days_left, **said)
    elif asked < on:
        raise RuleViolation(_("The new due date lies in the past: use today or a later day."))
    else:
        dating.by_word(row, "due_on", asked, **said)
    block.new_due_on = row.due_on


def _require_superior_consent(row: Obligation, block: Block, *, before: dt.date | None) -> None:
    """Dates of national rows move only with the superior's 文号, unless the superior was late."""
    moved = block.new_due_on and before and block.new_due_on > before
    national = row.item.list.level == Level.CENTRAL
    late_superior = block.cause == Block.Cause.NOT_OPENED
    if moved and national and not late_superior and not block.document_number:
        raise RuleViolation(
            _("This row is of a national list: a later date needs the superior's document number.")
        )
