"""How every verb changes an obligation: lock, permission, version, status; history, audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Role, User
from accounts.versions import require_present
from obligations import conditions, history, situations, transitions
from obligations.kinds import kinds
from obligations.models import Obligation
from obligations.situations import Batch, Situation
from obligations.verbs import VERB_LABELS
from obligations.workdays import FIRST_DAY, LAST_DAY

_WATCHED = (
    "status",
    "due_on",
    "planned_on",
    "completed_on",
    "first_completed_on",
    "mend_until",
    "verified_on",
    "decide_by",
    "accept_by",
    "blocked",
    "exempt",
    "exempt_until",
    "opened_on",
    "contact_office",
    "contact_name",
    "contact_phone",
    "progress_note",
    "returned_count",
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
        ends = require_transition(situations.of(row, by=by, on=on), verb)
        before = watched(row)
        yield row
        _require_end(row, ends, verb=verb)
        let_kinds_follow([row], on=on)
        row.version += 1
        row.save()
        history.record(row, on=on)
        entry(row, verb=verb, by=by, on=on, before=before, said=said or {}).save()
    obligation.refresh_from_db()


def let_kinds_follow(rows: Sequence[Obligation], *, on: dt.date) -> None:
    """What a kind adds to every act: the rows' items and lists are known, the rows not saved."""
    for code, kind in kinds().items():
        if kind.follow is not None and (own := [r for r in rows if r.item.list.kind == code]):
            kind.follow(own, on)


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


def require_transition(situation: Situation, verb: str) -> frozenset[str]:
    """The statuses in which the verb may end. RuleViolation, or PermissionDenied where only this
    person is refused, when the table has no row for it or a condition does not hold."""
    row = situation.row
    if row.external and not transitions.starts_of(verb, external=True):
        raise RuleViolation(
            _("A central body owes this; record its opening instead of working on it.")
        )
    if not row.external and not transitions.starts_of(verb):
        raise RuleViolation(_("Only what a central body owes can be recorded as opened."))
    found = transitions.of(verb, row.status, situation.by.role, external=row.external)
    if not found:
        raise _not_possible(row, verb)
    for name in found[0].conditions:
        conditions.require(name, situation)
    ends = [one.end for one in found if not one.case or one.case in situation.cases]
    if not ends:
        raise _not_possible(row, verb)
    return frozenset(ends)


def _not_possible(row: Obligation, verb: str) -> RuleViolation:
    return RuleViolation(
        _("“%(verb)s” is not possible now: the status is “%(status)s”.")
        % {"verb": VERB_LABELS.get(verb, verb), "status": row.get_status_display()},
        facts={"status": row.status},
    )


def _require_end(row: Obligation, ends: frozenset[str], *, verb: str) -> None:
    """A process that leaves the table is a fault of ours, not of the person's."""
    if row.status not in ends:
        raise AssertionError(f"{verb} ended in {row.status}, the table says {sorted(ends)}")


def require_version(row: Obligation, version: int | None) -> None:
    """Raise StaleVersion, saying who changed what, when the writer saw an older version."""
    require_present(row, version, words=VERB_LABELS)


def allowed(batch: Batch) -> list[str]:
    """The verbs that may be tried now on every row of the batch, for pages and the API."""
    return [verb for verb in transitions.VERBS if is_allowed(verb, batch)]


def is_allowed(verb: str, batch: Batch) -> bool:
    """Whether the verb may be tried now on every row of the batch."""
    if not permissions.may(batch.by, verb):
        return False
    try:
        for situation in batch.situations():
            require_in_reach(situation.row, by=batch.by)
            require_transition(situation, verb)
    except (PermissionDenied, RuleViolation):
        return False
    return True


def watched(row: Obligation) -> dict[str, Any]:
    """The facts whose changes the audit row names, as JSON values."""
    return {name: _plain(getattr(row, name)) for name in _WATCHED}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def entry(
    row: Obligation,
    *,
    verb: str,
    by: User,
    on: dt.date,
    before: Mapping[str, Any],
    said: Mapping[str, Any],
) -> AuditEntry:
    """The audit row of one change, unsaved."""
    after = watched(row)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    detail = {"on": on.isoformat(), "version": row.version, "changes": changes, **said}
    return audit.entry(row, verb=verb, by=by, detail=detail, department_id=row.department_id)
