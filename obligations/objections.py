"""申诉: against a red light or a returned claim; the coordinator rules, and the ruling is kept."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Level, User
from obligations import completion, dating, situations
from obligations.changing import changing, require_known_day
from obligations.deciding import decide
from obligations.dispatch import require_reason
from obligations.models import Objection, Obligation

_Consequence = Objection.Consequence


def ask(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> Objection:
    """The department objects, to the return of its claim or else to the red light."""
    require_reason(reason)
    said = {"reason": reason}
    with changing(obligation, verb="object", by=by, on=on, version=version, said=said) as row:
        situation = situations.of(row, by=by, on=on)
        assert situation.contested is not None  # a condition of the table
        made = Objection(
            obligation=row,
            subject=situation.contested.subject,
            reason=reason,
            asked_by=by,
            asked_on=on,
            due_on=row.due_on,
        )
        claim = situation.returned
        if made.subject == Objection.Subject.RETURN and claim is not None:
            made.claim, made.returned_by = claim, claim.decided_by
            made.returned_on, made.return_reason = claim.decided_on, claim.reason
        else:
            made.light_reason = row.light_reason
        made.save()
    return made


def uphold(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    reason: str,
    corrected_due_on: dt.date | None = None,
    document_number: str = "",
    version: int | None = None,
) -> None:
    """Against a return: the claim stands again with its first day. Against a light: the due day
    is corrected, or else the light is explained: it stays, and the ruling stands beside it."""
    require_reason(reason)
    require_known_day(corrected_due_on)
    said = {"reason": reason, "document_number": document_number}
    with changing(
        obligation, verb="uphold_objection", by=by, on=on, version=version, said=said
    ) as row:
        objection = _waiting(row, by=by, on=on)
        if objection.subject == Objection.Subject.RETURN:
            _annul_return(row, objection, corrected_due_on, by=by, on=on)
        else:
            objection.document_number = document_number.strip()
            _rule_on_light(row, objection, corrected_due_on, by=by, on=on, note=reason)
        decide(objection, outcome=Objection.Outcome.CONFIRMED, by=by, on=on, note=reason)


def refuse(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """The light or the return stays, and the reason with it."""
    require_reason(reason)
    said = {"reason": reason}
    with changing(
        obligation, verb="refuse_objection", by=by, on=on, version=version, said=said
    ) as row:
        objection = _waiting(row, by=by, on=on)
        decide(objection, outcome=Objection.Outcome.REFUSED, by=by, on=on, note=reason)


def _waiting(row: Obligation, *, by: User, on: dt.date) -> Objection:
    objection = situations.of(row, by=by, on=on).objection
    assert objection is not None  # a condition of the table
    objection.self_ruled = objection.returned_by_id == by.pk
    return objection


def _annul_return(
    row: Obligation,
    objection: Objection,
    corrected_due_on: dt.date | None,
    *,
    by: User,
    on: dt.date,
) -> None:
    if corrected_due_on is not None:
        raise RuleViolation(_("This objection is against a return: no date is corrected with it."))
    assert objection.claim is not None  # a constraint
    completion.restore(row, objection.claim, by=by, on=on)
    objection.consequence = _Consequence.CLAIM_RESTORED


def _rule_on_light(
    row: Obligation,
    objection: Objection,
    corrected_due_on: dt.date | None,
    *,
    by: User,
    on: dt.date,
    note: str,
) -> None:
    if corrected_due_on is None or corrected_due_on == row.due_on:
        objection.consequence = _Consequence.EXPLAINED
        return
    if row.is_ongoing:
        raise RuleViolation(_("This duty is ongoing: it has no due date to correct."))
    later = row.due_on is not None and corrected_due_on > row.due_on
    if later and row.item.list.level == Level.CENTRAL and not objection.document_number:
        raise RuleViolation(
            _("This row is of a national list: a later date needs the superior's document number.")
        )
    objection.consequence = _Consequence.DATE_CORRECTED
    objection.corrected_due_on = corrected_due_on
    dating.by_word(
        row,
        "due_on",
        corrected_due_on,
        start=on,
        event="objection",
        note=note,
        document_number=objection.document_number,
        by=by,
    )
