"""延期: asked for by the due day, approved or refused; only an approval moves the due day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Level, User
from obligations import calendars, dating
from obligations.changing import changing
from obligations.deciding import decide
from obligations.dispatch import require_reason
from obligations.models import Block, Extension, Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.situations import Situation, of
from obligations.together import Versions, changing_many, refusal_of, refuse_all

# Policy figure: working days in total.
_MAXIMUM_DAYS = 20


def ask(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    days: int,
    reason: str,
    version: int | None = None,
) -> Extension:
    """The department asks for more working days; nothing changes until they are approved."""
    require_reason(reason)
    said = {"days": days, "reason": reason}
    with changing(
        obligation, verb="ask_extension", by=by, on=on, version=version, said=said
    ) as row:
        _require_within_maximum(row, days)
        assert row.due_on is not None  # a condition of the table
        return Extension.objects.create(
            obligation=row, days=days, due_on=row.due_on, reason=reason, asked_by=by, asked_on=on
        )


def approve(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    note: str = "",
    document_number: str = "",
    version: int | None = None,
) -> None:
    """The due day moves by the days that were asked for; the original one stays for ever."""
    said = {"note": note, "document_number": document_number}
    with changing(
        obligation, verb="approve_extension", by=by, on=on, version=version, said=said
    ) as row:
        _require_superior_consent(row, document_number=document_number)
        _approve([of(row, by=by, on=on)], note=note, document_number=document_number)


def approve_many(
    obligations: ObligationQuerySet,
    *,
    by: User,
    on: dt.date,
    note: str = "",
    document_number: str = "",
    versions: Versions = None,
) -> int:
    """Approve what was asked for on many, each by its own days. Returns how many."""
    said = {"note": note, "document_number": document_number}
    with changing_many(
        obligations, verb="approve_extension", by=by, on=on, versions=versions, said=said
    ) as found:
        _require_consent_to_all(found, document_number=document_number)
        _approve(found, note=note, document_number=document_number)
    return len(found)


def refuse(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """The coordinator does not approve; the dates go on as before."""
    require_reason(reason)
    said = {"reason": reason}
    with changing(
        obligation, verb="refuse_extension", by=by, on=on, version=version, said=said
    ) as row:
        _refuse([of(row, by=by, on=on)], reason=reason)


def refuse_many(
    obligations: ObligationQuerySet,
    *,
    by: User,
    on: dt.date,
    reason: str,
    versions: Versions = None,
) -> int:
    """Refuse what was asked for on many, for one reason. Returns how many."""
    require_reason(reason)
    said = {"reason": reason}
    with changing_many(
        obligations, verb="refuse_extension", by=by, on=on, versions=versions, said=said
    ) as found:
        _refuse(found, reason=reason)
    return len(found)


def maximum_days(row: Obligation) -> int | None:
    """Working days by which it may be extended in all; None where the superior decides."""
    return None if row.item.list.level == Level.CENTRAL else _MAXIMUM_DAYS


def days_left(row: Obligation) -> int | None:
    """Working days that may still be asked for; None where the superior decides."""
    maximum = maximum_days(row)
    if maximum is None:
        return None
    approved = row.extensions.filter(outcome=Extension.Outcome.CONFIRMED)
    return max(0, maximum - (approved.aggregate(days=Sum("days"))["days"] or 0))


def _require_within_maximum(row: Obligation, days: int) -> None:
    if not 1 <= days <= 366:
        raise RuleViolation(_("Say how many working days: 1 or more."))
    left = days_left(row)
    if left is not None and days > left:
        raise RuleViolation(
            _(
                "At most %(maximum)s working days may be added in total: %(left)s are left, "
                "%(days)s were asked for."
            )
            % {"maximum": maximum_days(row), "left": left, "days": days},
            facts={"maximum": maximum_days(row), "left": left},
        )


def _approve(found: Sequence[Situation], *, note: str, document_number: str) -> None:
    calendar = calendars.current()
    for situation in found:
        row, request = situation.row, situation.extension
        assert request is not None  # conditions of the table
        assert row.due_on is not None
        request.due_on = row.due_on
        request.new_due_on = calendar.add(row.due_on, request.days)
        request.document_number = document_number.strip()
        confirmed = Extension.Outcome.CONFIRMED
        decide(request, outcome=confirmed, by=situation.by, on=situation.on, note=note)
        _give_to_block(situation.block, request.days)
        dating.by_word(
            row,
            "due_on",
            request.new_due_on,
            start=request.due_on,
            event="extension",
            note=request.reason,
            document_number=request.document_number,
        )


def _require_consent_to_all(found: Sequence[Situation], *, document_number: str) -> None:
    refused = []
    for situation in found:
        try:
            _require_superior_consent(situation.row, document_number=document_number)
        except RuleViolation as why:
            refused.append(refusal_of(situation.row, why))
    if refused:
        raise refuse_all(refused)


def _give_to_block(block: Block | None, days: int) -> None:
    """Lifting an open block sets a new due day: the approved days are not lost in it."""
    if block is not None:
        block.days_left += days
        block.save(update_fields=["days_left"])


def _refuse(found: Sequence[Situation], *, reason: str) -> None:
    for situation in found:
        assert situation.extension is not None
        decide(
            situation.extension,
            outcome=Extension.Outcome.REFUSED,
            by=situation.by,
            on=situation.on,
            note=reason,
        )


def _require_superior_consent(row: Obligation, *, document_number: str) -> None:
    if row.item.list.level == Level.CENTRAL and not document_number.strip():
        raise RuleViolation(
            _("This row is of a national list: an extension needs the superior's document number.")
        )
