"""下达, 签收, 计划, 撤销: how an obligation reaches its department, and leaves again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Role, User
from obligations import history
from obligations.changing import (
    changing,
    changing_each,
    require_in_reach,
    require_known_day,
    require_status,
)
from obligations.models import Claim, Obligation, Status
from obligations.models.obligation import ObligationQuerySet
from obligations.today import moment

# What `plan` writes.
PLANNED = ("planned_on", "progress_note", "contact_office", "contact_name", "contact_phone")


def issue(obligation: Obligation, *, by: User, on: dt.date, version: int | None = None) -> None:
    """下达: the department must accept it."""
    with changing(obligation, verb="issue", by=by, on=on, version=version) as row:
        row.status = Status.ISSUED
        row.issued_at = moment(on)


def accept(obligation: Obligation, *, by: User, on: dt.date, version: int | None = None) -> None:
    """签收: work begins; the time is kept."""
    with changing(obligation, verb="accept", by=by, on=on, version=version) as row:
        row.status = Status.IN_PROGRESS
        row.accepted_at = moment(on)


def issue_many(obligations: ObligationQuerySet, *, by: User, on: dt.date) -> int:
    """下达 many at once: one that cannot be issued refuses all. Returns how many."""
    return _move_many(
        obligations, verb="issue", status=Status.ISSUED, stamp="issued_at", by=by, on=on
    )


def accept_many(obligations: ObligationQuerySet, *, by: User, on: dt.date) -> int:
    """签收 many at once: one that cannot be accepted refuses all. Returns how many."""
    return _move_many(
        obligations, verb="accept", status=Status.IN_PROGRESS, stamp="accepted_at", by=by, on=on
    )


def plan(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    version: int | None = None,
    planned_on: dt.date | None = None,
    progress_note: str = "",
    contact: tuple[str, str, str] = ("", "", ""),
) -> None:
    """计划完成, progress and the person in charge (office, name, phone)."""
    require_known_day(planned_on)
    with changing(obligation, verb="plan", by=by, on=on, version=version) as row:
        row.planned_on = planned_on
        # Progress and contacts are the department's own words: no coordinator speaks for it.
        if by.role != Role.COORDINATOR:
            row.progress_note = progress_note
            row.contact_office, row.contact_name, row.contact_phone = contact


def plan_each(plans: Mapping[int, tuple[int, Mapping[str, Any]]], *, by: User, on: dt.date) -> None:
    """As `plan`, for many rows at once: obligation -> version seen, and the fields that change.

    One that cannot be planned refuses all, with `facts["refused"]`. For departments: they hand in
    their own words.
    """
    require_known_day(*(facts.get("planned_on") for _version, facts in plans.values()))
    if by.role == Role.COORDINATOR:
        raise PermissionDenied(_("Progress is reported by the department itself."))
    versions = {pk: version for pk, (version, _facts) in plans.items()}
    with changing_each(versions, verb="plan", by=by, on=on, fields=PLANNED) as rows:
        for row in rows:
            for name, value in plans[row.pk][1].items():
                setattr(row, name, value)


def withdraw(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """撤销: the list was amended. Nothing is deleted; an open claim and block end with it."""
    require_reason(reason)
    said = {"reason": reason}
    with changing(obligation, verb="withdraw", by=by, on=on, version=version, said=said) as row:
        row.status = Status.WITHDRAWN
        row.blocked = False
        row.blocks.filter(ended_on=None, outcome="confirmed").update(ended_on=on, ended_by=by)
        for waiting in (row.blocks.filter(outcome=""), row.exemptions.filter(outcome="")):
            waiting.update(
                outcome="refused",
                decided_by=by,
                decided_on=on,
                decided_at=moment(on),
                decision_note=reason,
            )
        row.claims.filter(outcome="").update(
            outcome=Claim.Outcome.TAKEN_BACK, decided_by=by, decided_on=on, reason=reason
        )


def record_opening(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    opened_on: dt.date | None,
    note: str,
    version: int | None = None,
) -> None:
    """未开放/已开放 of what a central body owes, with the ground for saying so."""
    require_reason(note)
    require_known_day(opened_on)
    if opened_on and opened_on > on:
        raise RuleViolation(_("The day of opening lies in the future: use today or earlier."))
    with changing(
        obligation, verb="record_opening", by=by, on=on, version=version, said={"reason": note}
    ) as row:
        row.opened_on = opened_on
        row.progress_note = note


def require_reason(reason: str) -> None:
    """Raise RuleViolation when a decision comes without its reason."""
    if not reason.strip():
        raise RuleViolation(_("Please give the reason: it is kept with the decision."))


def _move_many(
    obligations: ObligationQuerySet, *, verb: str, status: str, stamp: str, by: User, on: dt.date
) -> int:
    permissions.require(by, verb)
    with transaction.atomic():
        rows = list(
            obligations.select_for_update(of=("self",)).select_related("item", "department")
        )
        _require_all(rows, verb=verb, by=by)
        ids = [row.pk for row in rows]
        for chunk in _chunks(ids):
            Obligation.objects.filter(pk__in=chunk).update(
                status=status, version=F("version") + 1, **{stamp: moment(on)}
            )
        history.record_many(ids, on=on)
        audit.record_many(_entries(rows, verb=verb, status=status, by=by, on=on))
    return len(rows)


def _require_all(rows: Sequence[Obligation], *, verb: str, by: User) -> None:
    refused = []
    for row in rows:
        require_in_reach(row, by=by)
        try:
            require_status(row, verb)
        except RuleViolation as violation:
            refused.append({"id": row.pk, "title": row.item.title, "why": violation.sentence})
    if refused:
        raise RuleViolation(
            _("Nothing was changed: %(count)s of the chosen rows refuse. First: %(title)s. %(why)s")
            % {"count": len(refused), "title": refused[0]["title"], "why": refused[0]["why"]},
            facts={"refused": refused},
        )


def _entries(
    rows: Iterable[Obligation], *, verb: str, status: str, by: User, on: dt.date
) -> Iterable[AuditEntry]:
    for row in rows:
        detail = {
            "on": on.isoformat(),
            "version": row.version + 1,
            "changes": {"status": [row.status, status]},
        }
        yield audit.entry(row, verb=verb, by=by, detail=detail, department_id=row.department_id)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))
