"""Takes a snapshot: everything a report will say, frozen in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, names_then, permissions
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, User
from accounts.moments import one_moment
from jobs.models import Job
from obligations import calendars, history, judged_by, late_records
from obligations.chunks import chunks
from obligations.models import Obligation, ResponsibilityList
from reports import beside, changes, editions, late_lines, past_lines, watermarks
from reports.freezing import freeze
from reports.heeding import Heed, at_ease
from reports.models import ObligationLine, Report, Snapshot
from reports.recipients import coordinators
from reports.scopes import Scope, require_in_scope
from reports.totalling import total


def take(
    *,
    as_of: dt.date,
    today: dt.date,
    by: User | None,
    scope: Scope | None = None,
    job: Job | None = None,
    heed: Heed = at_ease,
) -> Snapshot:
    """Freeze a scope as of the end of a day, as it is at one moment of now; `by=None` is the
    machine, for the whole province. `heed` is told each step, and may raise to give it up."""
    scope = scope or Scope()
    if by is not None:
        permissions.require(by, "make_report")
        require_in_scope(scope, by=by)
    if as_of > today:
        raise RuleViolation(
            _("A report cannot be made for a day to come: choose today or earlier.")
        )
    with one_moment():
        return _take(as_of=as_of, today=today, by=by, scope=scope, job=job, heed=heed)


def _take(
    *,
    as_of: dt.date,
    today: dt.date,
    by: User | None,
    scope: Scope,
    job: Job | None,
    heed: Heed,
) -> Snapshot:
    snapshot = _head(as_of=as_of, by=by, scope=scope, job=job)
    heed(_("Freezing the obligations"))
    freeze(snapshot, scope=scope, today=today, heed=heed)
    if as_of < today:
        past_lines.put_back(snapshot)
    heed(_("Counting working days"))
    _count_days(snapshot)
    heed(_("Adding up the figures"))
    total(snapshot, scope=scope)
    beside.freeze(snapshot, scope=scope, today=today)
    snapshot.recorded_later_count = late_lines.freeze(snapshot, recorded_since_of(snapshot))
    lists = ObligationLine.objects.filter(snapshot=snapshot).order_by().values("list_id")
    snapshot.is_demo = ResponsibilityList.objects.filter(pk__in=lists, is_demo=True).exists()
    snapshot.previous = changes.newest_before(snapshot)
    snapshot.is_internal = watermarks.is_internal(snapshot)
    kept = ["is_demo", "previous", "is_internal", "recorded_later_count"]
    snapshot.save(update_fields=kept)
    audit.record(
        snapshot,
        verb="take_snapshot",
        by=by,
        detail={"as_of": as_of.isoformat(), "scope": scope.name},
        department_id=scope.department.pk if scope.department else None,
    )
    return snapshot


def _head(*, as_of: dt.date, by: User | None, scope: Scope, job: Job | None) -> Snapshot:
    return Snapshot.objects.create(
        as_of=as_of,
        taken_at=timezone.now(),
        taken_by=by,
        **scope.columns,
        is_own=by is not None and by.role in User.OF_A_DEPARTMENT,
        job=job,
        scope_name=_name_of(scope, as_of=as_of),
        taken_by_name=by.display_name if by else "",
        reporting_body=_body_of(scope, by=by),
        phone=by.phone if by else "",
        rules_version=judged_by.rules_version(as_of=as_of),
        calendar_version=judged_by.calendar_version(as_of=as_of),
        program_version=editions.program_version(),
        due_soon_days=history.due_soon_days(as_of),
    )


def _body_of(scope: Scope, *, by: User | None) -> str:
    """The office that reports: of whoever makes it; else of the coordinators who answer for it."""
    if by is not None:
        return by.department.name if by.department else ""
    names = [user.department.name for user in coordinators(scope) if user.department]
    return "、".join(dict.fromkeys(names))


def recorded_after(snapshot: Snapshot) -> int:
    """Acts that took effect by the day and were put on record when it was frozen already: they
    are in the next report."""
    found = recorded_since(Scope.of_row(snapshot), as_of=snapshot.as_of)
    return found.filter(at__gt=snapshot.taken_at).count()


def recorded_since(scope: Scope, *, as_of: dt.date) -> QuerySet[AuditEntry]:
    """Acts in scope that took effect by the day and were put on record after it."""
    return late_records.since(scope.of(Obligation.objects.all()), on=as_of)


def recorded_since_of(snapshot: Snapshot) -> QuerySet[AuditEntry]:
    """What was recorded after the day and stands in the snapshot, the oldest first. It never
    changes: the audit trail only grows, and nothing after the taking belongs to it."""
    frozen = Obligation.objects.filter(
        pk__in=ObligationLine.objects.filter(snapshot=snapshot).values("obligation_id")
    )
    found = late_records.since(frozen, on=snapshot.as_of)
    return found.filter(at__lte=snapshot.taken_at).order_by("pk")


def _name_of(scope: Scope, *, as_of: dt.date) -> str:
    """What the scope was called on the day."""
    if scope.department is None:
        return scope.name
    called = names_then.on(as_of).get(scope.department.pk, scope.department.name)
    return f"{called}{scope.matter_name}"


def discard_cancelled() -> int:
    """Remove what cancelled jobs froze and nothing was made of; how many snapshots."""
    with transaction.atomic():
        cancelled = Job.objects.select_for_update().filter(
            state=Job.State.CANCELLED, pk__in=_unused().values("job")
        )
        found = list(_unused().filter(job__in=list(cancelled)))
        for snapshot in found:
            detail = {"as_of": snapshot.as_of.isoformat(), "scope": snapshot.scope_name}
            audit.record(
                snapshot,
                verb="discard_snapshot",
                by=None,
                detail=detail,
                department_id=snapshot.department_id,
            )
            # Whatever was frozen with it; no other snapshot follows one that is no report.
            for relation in Snapshot._meta.related_objects:
                if relation.related_model not in (Snapshot, Report):
                    held: Any = relation.related_model
                    held._default_manager.filter(**{relation.field.name: snapshot}).delete()
            snapshot.delete()
    return len(found)


def _unused() -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(
        job__state=Job.State.CANCELLED, state=Snapshot.State.DRAFT, reports=None
    )


def _count_days(snapshot: Snapshot) -> None:
    """Working days of delay and of waiting, counted once for each different day."""
    lines = ObligationLine.objects.filter(snapshot=snapshot)
    lines.filter(blocked=True).update(waiting_since=F("blocked_on"))
    lines.unopened().filter(due_on__lt=snapshot.as_of).update(waiting_since=F("due_on"))
    red = lines.filter(light="red")
    for rows, target, start, end in (
        (lines.filter(waiting_since__isnull=False), "waiting_days", "waiting_since", ""),
        (red.filter(light_reason="overdue"), "overdue_days", "due_on", ""),
        (red.filter(light_reason="claimed_late"), "overdue_days", "due_on", "completed_on"),
        (red.filter(light_reason="promise_broken"), "overdue_days", "delivery_grace_on", ""),
    ):
        _write_days(rows, target, start=start, end=end, as_of=snapshot.as_of)


def _write_days(
    rows: QuerySet[ObligationLine], target: str, *, start: str, end: str, as_of: dt.date
) -> None:
    """Working days from one date column to another (to the day itself where none is named)."""
    calendar = calendars.current()
    names = [start, end] if end else [start]
    by_count: dict[int, list[int]] = defaultdict(list)
    for pk, *days in rows.order_by().values_list("pk", *names):
        by_count[calendar.count(days[0], days[1] if end else as_of)].append(pk)
    for count, ids in by_count.items():
        for chunk in chunks(ids):
            ObligationLine.objects.filter(pk__in=chunk).update(**{target: count})
