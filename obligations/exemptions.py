"""不适用: asked by the department or found by the coordinator, granted with a reason, ended."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Level, User
from obligations.changing import changing, require_known_day
from obligations.deciding import decide
from obligations.dispatch import require_reason
from obligations.models import Exemption, Obligation
from obligations.models.records import Decision


def ask(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    reason: str,
    until_on: dt.date | None = None,
    version: int | None = None,
) -> Exemption:
    """The department says why this does not apply to it (无职权, 使用国垂系统 …)."""
    require_reason(reason)
    _require_future(until_on, on=on)
    said = {"reason": reason, "until": until_on.isoformat() if until_on else None}
    with changing(
        obligation, verb="ask_exemption", by=by, on=on, version=version, said=said
    ) as row:
        _end_expired(row, on=on)
        return Exemption.objects.create(
            obligation=row, reason=reason, until_on=until_on, asked_by=by, asked_on=on
        )


def grant(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    reason: str = "",
    until_on: dt.date | None = None,
    document_number: str = "",
    version: int | None = None,
) -> None:
    """The coordinator grants what was asked, or exempts without being asked (with a reason)."""
    _require_future(until_on, on=on)
    with changing(
        obligation,
        verb="grant_exemption",
        by=by,
        on=on,
        version=version,
        said={"reason": reason, "document_number": document_number},
    ) as row:
        _require_superior_consent(row, document_number=document_number)
        request = row.exemptions.filter(outcome="").first()
        if request is None:
            require_reason(reason)
            _end_expired(row, on=on)
            request = Exemption(obligation=row, reason=reason, asked_by=by, asked_on=on)
        request.until_on = until_on or request.until_on
        request.document_number = document_number
        decide(request, outcome=Decision.Outcome.CONFIRMED, by=by, on=on, note=reason)
        row.exempt, row.exempt_until = True, request.until_on


def refuse(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """The coordinator does not grant it."""
    require_reason(reason)
    with changing(
        obligation,
        verb="refuse_exemption",
        by=by,
        on=on,
        version=version,
        said={"reason": reason},
    ) as row:
        request = row.exemptions.get(outcome="")
        decide(request, outcome=Decision.Outcome.REFUSED, by=by, on=on, note=reason)


def end(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """From now on the obligation is judged as before."""
    require_reason(reason)
    with changing(
        obligation,
        verb="end_exemption",
        by=by,
        on=on,
        version=version,
        said={"reason": reason},
    ) as row:
        row.exemptions.filter(outcome="confirmed", ended_on=None).update(ended_on=on, ended_by=by)
        row.exempt, row.exempt_until = False, None


def _end_expired(row: Obligation, *, on: dt.date) -> None:
    """One whose last day has passed is over, although nobody had to say so."""
    expired = row.exemptions.filter(outcome="confirmed", ended_on=None, until_on__lt=on)
    expired.update(ended_on=F("until_on"))


def _require_future(until_on: dt.date | None, *, on: dt.date) -> None:
    require_known_day(until_on)
    if until_on is not None and until_on < on:
        raise RuleViolation(_("The end of the exemption lies in the past: use a later day."))


def _require_superior_consent(row: Obligation, *, document_number: str) -> None:
    if row.item.list.level == Level.CENTRAL and not document_number.strip():
        raise RuleViolation(
            _("This row is of a national list: an exemption needs the superior's document number.")
        )
