"""How every verb changes an obligation: lock, permission, version, status; history, audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role, User
from obligations import history
from obligations.models import Obligation, Status
from obligations.workdays import FIRST_DAY, LAST_DAY

# Which verb may start from which status; whether the role has the verb is in accounts.permissions.
FROM: Mapping[str, frozenset[str]] = {
    "issue": frozenset({Status.DRAFT}),
    "accept": frozenset({Status.ISSUED}),
    "plan": frozenset({Status.ISSUED, Status.IN_PROGRESS, Status.CLAIMED}),
    "attach_evidence": frozenset(
        {Status.IN_PROGRESS, Status.CLAIMED, Status.ENDORSED, Status.VERIFIED}
    ),
    "remove_evidence": frozenset({Status.IN_PROGRESS}),
    "claim": frozenset({Status.IN_PROGRESS}),
    "withdraw_claim": frozenset({Status.CLAIMED}),
    "endorse": frozenset({Status.CLAIMED}),
    "send_back": frozenset({Status.CLAIMED, Status.ENDORSED}),
    "verify": frozenset({Status.ENDORSED}),
    "reopen": frozenset({Status.VERIFIED}),
    "withdraw": frozenset(set(Status.values) - {Status.WITHDRAWN}),
    "ask_block": frozenset({Status.ISSUED, Status.IN_PROGRESS}),
    "decide_block": frozenset({Status.ISSUED, Status.IN_PROGRESS, Status.CLAIMED, Status.ENDORSED}),
    "ask_exemption": frozenset({Status.ISSUED, Status.IN_PROGRESS}),
    "decide_exemption": frozenset(set(Status.values) - {Status.DRAFT, Status.WITHDRAWN}),
    "record_opening": frozenset(set(Status.values) - {Status.WITHDRAWN}),
}
# Verbs on what a central body owes; every other verb is for the province's own obligations.
ON_EXTERNAL = frozenset({"record_opening", "withdraw"})

VERB_LABELS = {
    "import_list": gettext_lazy("import"),
    "undo_import": gettext_lazy("take an edition back"),
    "issue": gettext_lazy("issue"),
    "accept": gettext_lazy("accept"),
    "plan": gettext_lazy("plan"),
    "attach_evidence": gettext_lazy("attach evidence"),
    "remove_evidence": gettext_lazy("remove evidence"),
    "claim": gettext_lazy("claim completion"),
    "withdraw_claim": gettext_lazy("take the claim back"),
    "endorse": gettext_lazy("endorse"),
    "send_back": gettext_lazy("send back"),
    "verify": gettext_lazy("verify"),
    "reopen": gettext_lazy("reopen"),
    "withdraw": gettext_lazy("withdraw"),
    "ask_block": gettext_lazy("report a block"),
    "confirm_block": gettext_lazy("confirm the block"),
    "refuse_block": gettext_lazy("refuse the block"),
    "lift_block": gettext_lazy("lift the block"),
    "decide_block": gettext_lazy("decide on the block"),
    "ask_exemption": gettext_lazy("ask for exemption"),
    "decide_exemption": gettext_lazy("decide on the exemption"),
    "grant_exemption": gettext_lazy("grant the exemption"),
    "refuse_exemption": gettext_lazy("refuse the exemption"),
    "end_exemption": gettext_lazy("end the exemption"),
    "record_opening": gettext_lazy("record the opening"),
    "amend": gettext_lazy("amend by the list"),
}

_WATCHED = (
    "status",
    "due_on",
    "planned_on",
    "completed_on",
    "first_completed_on",
    "mend_until",
    "verified_on",
    "decide_by",
    "blocked",
    "exempt",
    "exempt_until",
    "opened_on",
    "contact_office",
    "contact_name",
    "contact_phone",
    "progress_note",
)


@contextmanager
def changing(
    obligation: Obligation,
    *,
    verb: str,
    by: User,
    on: dt.date,
    version: int | None = None,
    said: Mapping[str, Any] | None = None,
    audited_as: str = "",
) -> Iterator[Obligation]:
    """Yield the locked, checked row; on leaving, save it with history and audit.

    `version` is the one that the writer saw; None where the caller holds the lock itself.
    `said` goes into the audit row beside what changed.
    """
    permissions.require(by, verb)
    with transaction.atomic():
        row = (
            Obligation.objects.select_for_update(of=("self",))
            .select_related("item__list", "department")
            .get(pk=obligation.pk)
        )
        require_in_reach(row, by=by)
        require_version(row, version)
        require_status(row, verb)
        before = _watched(row)
        yield row
        row.version += 1
        row.save()
        history.record(row, on=on)
        _entry(row, verb=audited_as or verb, by=by, on=on, before=before, said=said or {}).save()
    obligation.refresh_from_db()


@contextmanager
def changing_each(
    versions: Mapping[int, int | None], *, verb: str, by: User, on: dt.date, fields: Sequence[str]
) -> Iterator[list[Obligation]]:
    """As `changing`, of many rows whose `fields` the caller sets: one that refuses refuses all.

    `versions`: obligation -> the version that the writer saw. RuleViolation with
    `facts["refused"]`, a list of {"id", "title", "why"}.
    """
    permissions.require(by, verb)
    with transaction.atomic():
        rows = [row for chunk in _chunks(sorted(versions)) for row in _locked(chunk)]
        _require_each(rows, versions, verb=verb, by=by)
        before = {row.pk: _watched(row) for row in rows}
        yield rows
        for row in rows:
            row.version += 1
            changed = {name: getattr(row, name) for name in fields}
            Obligation.objects.filter(pk=row.pk).update(version=row.version, **changed)
        history.record_many([row.pk for row in rows], on=on)
        audit.record_many(
            _entry(row, verb=verb, by=by, on=on, before=before[row.pk], said={}) for row in rows
        )


def _locked(ids: Sequence[int]) -> Iterable[Obligation]:
    rows = Obligation.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    return rows.select_related("item", "department").order_by("pk")


def _require_each(
    rows: Sequence[Obligation], versions: Mapping[int, int | None], *, verb: str, by: User
) -> None:
    refused = []
    for row in rows:
        require_in_reach(row, by=by)
        try:
            require_version(row, versions[row.pk])
            require_status(row, verb)
        except RuleViolation as violation:
            refused.append({"id": row.pk, "title": row.item.title, "why": violation.sentence})
    if refused:
        raise RuleViolation(
            _("Nothing was changed: %(count)s of the chosen rows refuse. First: %(title)s. %(why)s")
            % {"count": len(refused), "title": refused[0]["title"], "why": refused[0]["why"]},
            facts={"refused": refused},
        )


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def require_in_reach(row: Obligation, *, by: User) -> None:
    """Own department for its people, the scope for coordinators. Processes check it as well."""
    if by.role in User.OF_A_DEPARTMENT and by.department_id != row.department_id:
        raise PermissionDenied(_("This belongs to another department."))
    outside = by.region_id is not None and by.region_id != row.department.region_id
    if by.role == Role.COORDINATOR and outside:
        raise PermissionDenied(_("This lies outside your region."))


def require_known_day(*days: dt.date | None) -> None:
    """Raise RuleViolation for a day outside the years of calendars and lists: a typing error."""
    for day in days:
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise RuleViolation(
                _("%(day)s lies outside the years 2000-2099: check the year.")
                % {"day": day.isoformat()}
            )


def require_status(row: Obligation, verb: str) -> None:
    """Raise RuleViolation when the verb cannot start from the row's status."""
    if row.external and verb not in ON_EXTERNAL:
        raise RuleViolation(
            _("A central body owes this; record its opening instead of working on it.")
        )
    if verb == "record_opening" and not row.external:
        raise RuleViolation(_("Only what a central body owes can be recorded as opened."))
    if row.status not in FROM[verb]:
        raise RuleViolation(
            _("“%(verb)s” is not possible now: the status is “%(status)s”.")
            % {"verb": VERB_LABELS.get(verb, verb), "status": row.get_status_display()},
            facts={"status": row.status},
        )


def require_version(row: Obligation, version: int | None) -> None:
    """Raise StaleVersion, saying who changed what, when the writer saw an older version."""
    if version is None or version == row.version:
        return
    last = AuditEntry.objects.of("obligations.obligation", row.pk).last()
    facts: dict[str, Any] = {"version": row.version, "seen": version}
    if last is None:
        raise StaleVersion(
            _("It was changed meanwhile: look at the present state first."), facts=facts
        )
    label = VERB_LABELS.get(last.verb, last.verb)
    facts |= {"changed_by": last.username, "verb": last.verb, "at": last.at.isoformat()}
    raise StaleVersion(
        _("%(who)s changed this meanwhile: “%(verb)s”, %(at)s. Look at the present state first.")
        % {
            "who": _shown_name(last) or _("The system"),
            "verb": label,
            "at": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
        },
        facts=facts,
    )


def _shown_name(entry: AuditEntry) -> str:
    """The name people know the actor by; the account where there is no such user any more."""
    user = User.objects.filter(pk=entry.user_id).first() if entry.user_id else None
    return user.display_name if user else entry.username


def allowed(obligation: Obligation, *, by: User) -> list[str]:
    """The verbs that the user may try on the obligation now, for pages and the API."""
    verbs = []
    for verb in FROM:
        if not permissions.may(by, verb):
            continue
        try:
            require_in_reach(obligation, by=by)
            require_status(obligation, verb)
        except (PermissionDenied, RuleViolation):
            continue
        verbs.append(verb)
    return verbs


def _watched(row: Obligation) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in _WATCHED}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _entry(
    row: Obligation,
    *,
    verb: str,
    by: User,
    on: dt.date,
    before: dict[str, Any],
    said: Mapping[str, Any],
) -> AuditEntry:
    after = _watched(row)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    detail = {"on": on.isoformat(), "version": row.version, "changes": changes, **said}
    return audit.entry(row, verb=verb, by=by, detail=detail, department_id=row.department_id)
