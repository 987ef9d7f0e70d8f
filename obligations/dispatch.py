"""下达, 签收, 计划, 撤销: how an obligation reaches its department, and leaves again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Role, User
from obligations import contacts, notices
from obligations.changing import changing, require_known_day
from obligations.deciding import end_all
from obligations.models import Clock, Notice, Obligation, Status
from obligations.models.obligation import ObligationQuerySet
from obligations.today import moment
from obligations.together import Versions, by_clock_each, changing_many


def issue(
    obligation: Obligation, *, by: User, on: dt.date, note: str = "", version: int | None = None
) -> None:
    """下达 with a notice: the department must accept it."""
    with changing(obligation, verb="issue", by=by, on=on, version=version) as row:
        _issued([row], notices.make(by=by, on=on, note=note), by=by, on=on)


def issue_many(
    obligations: ObligationQuerySet,
    *,
    by: User,
    on: dt.date,
    note: str = "",
    versions: Versions = None,
) -> int:
    """下达 many at once, with one notice: one that cannot be issued refuses all. How many."""
    with changing_many(obligations, verb="issue", by=by, on=on, versions=versions) as found:
        rows = [situation.row for situation in found]
        if rows:
            _issued(rows, notices.make(by=by, on=on, note=note), by=by, on=on)
    return len(rows)


def accept(obligation: Obligation, *, by: User, on: dt.date, version: int | None = None) -> None:
    """签收: work begins; the time is kept."""
    with changing(obligation, verb="accept", by=by, on=on, version=version) as row:
        _accepted([row], on=on)


def accept_many(
    obligations: ObligationQuerySet, *, by: User, on: dt.date, versions: Versions = None
) -> int:
    """签收 many at once: one that cannot be accepted refuses all. Returns how many."""
    with changing_many(obligations, verb="accept", by=by, on=on, versions=versions) as found:
        _accepted([situation.row for situation in found], on=on)
    return len(found)


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


def plan_many(
    obligations: ObligationQuerySet,
    *,
    by: User,
    on: dt.date,
    planned_on: dt.date | None,
    versions: Versions = None,
) -> int:
    """One planned date for many; what was said about each stays. Returns how many."""
    require_known_day(planned_on)
    with changing_many(obligations, verb="plan", by=by, on=on, versions=versions) as found:
        for situation in found:
            situation.row.planned_on = planned_on
    return len(found)


def plan_each(plans: Mapping[int, tuple[int, Mapping[str, Any]]], *, by: User, on: dt.date) -> int:
    """As `plan`, for many rows at once: obligation -> version seen, and the fields that change.

    For departments: they hand in their own words. Returns how many.
    """
    require_known_day(*(facts.get("planned_on") for _version, facts in plans.values()))
    if by.role == Role.COORDINATOR:
        raise PermissionDenied(_("Progress is reported by the department itself."))
    versions = {pk: version for pk, (version, _facts) in plans.items()}
    rows = Obligation.objects.filter(pk__in=versions)
    with changing_many(rows, verb="plan", by=by, on=on, versions=versions) as found:
        for row in (situation.row for situation in found):
            for name, value in plans[row.pk][1].items():
                setattr(row, name, value)
    return len(found)


def withdraw(
    obligation: Obligation, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """撤销: the list was amended. Nothing is deleted; what was open ends with it."""
    require_reason(reason)
    said = {"reason": reason}
    with changing(obligation, verb="withdraw", by=by, on=on, version=version, said=said) as row:
        _withdrawn([row], by=by, on=on, reason=reason)


def withdraw_many(
    obligations: ObligationQuerySet,
    *,
    by: User,
    on: dt.date,
    reason: str,
    versions: Versions = None,
) -> int:
    """撤销 many at once. Returns how many."""
    require_reason(reason)
    said = {"reason": reason}
    with changing_many(
        obligations, verb="withdraw", by=by, on=on, versions=versions, said=said
    ) as found:
        _withdrawn([situation.row for situation in found], by=by, on=on, reason=reason)
    return len(found)


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


def _issued(rows: Sequence[Obligation], notice: Notice, *, by: User, on: dt.date) -> None:
    by_clock_each(rows, "accept_by", Clock.ACCEPT, start=on, event="issue", by=by)
    at = moment(on)
    for row in rows:
        row.status = Status.ISSUED
        row.issued_at, row.notice = at, notice
    contacts.fill(rows)


def _accepted(rows: Sequence[Obligation], *, on: dt.date) -> None:
    at = moment(on)
    for row in rows:
        row.status = Status.IN_PROGRESS
        row.accepted_at = at


def _withdrawn(rows: Sequence[Obligation], *, by: User, on: dt.date, reason: str) -> None:
    end_all([row.pk for row in rows], by=by, on=on, reason=reason)
    for row in rows:
        row.status = Status.WITHDRAWN
        row.blocked = False
