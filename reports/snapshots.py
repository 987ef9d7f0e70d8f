"""Takes a snapshot: everything a report will say, frozen in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import CharField, F, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, User
from jobs.models import Job
from obligations import calendars, history
from obligations.chunks import chunks
from obligations.models import Obligation, ResponsibilityList
from reports import beside, changes, editions
from reports.freezing import freeze
from reports.models import ObligationLine, Snapshot
from reports.rows import OFFICE_ZONE
from reports.scopes import Scope, require_in_scope
from reports.totalling import total


@transaction.atomic
def take(
    *,
    as_of: dt.date,
    today: dt.date,
    by: User | None,
    scope: Scope | None = None,
    job: Job | None = None,
) -> Snapshot:
    """Freeze a scope as of the end of a day; `by=None` is the machine, for the whole province."""
    scope = scope or Scope()
    if by is not None:
        permissions.require(by, "make_report")
        require_in_scope(scope, by=by)
    if as_of > today:
        raise RuleViolation(
            _("A report cannot be made for a day to come: choose today or earlier.")
        )
    snapshot = _head(as_of=as_of, by=by, scope=scope, job=job)
    freeze(snapshot, scope=scope, today=today)
    _count_days(snapshot)
    total(snapshot, scope=scope)
    beside.freeze(snapshot, scope=scope, today=today)
    lists = ObligationLine.objects.filter(snapshot=snapshot).order_by().values("list_id")
    snapshot.is_demo = ResponsibilityList.objects.filter(pk__in=lists, is_demo=True).exists()
    snapshot.previous = changes.newest_before(snapshot)
    snapshot.save(update_fields=["is_demo", "previous"])
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
        scope_name=scope.name,
        taken_by_name=by.display_name if by else "",
        reporting_body=by.department.name if by and by.department else "",
        phone=by.phone if by else "",
        rules_version=editions.rules_version(as_of=as_of),
        calendar_version=editions.calendar_version(as_of=as_of),
        program_version=editions.program_version(),
        due_soon_days=history.due_soon_days(as_of),
        recorded_later_count=_recorded_later(as_of=as_of, scope=scope),
    )


def recorded_since(snapshot: Snapshot) -> int:
    """Acts that took effect by the day and were put on record when it was frozen already: they
    are in the next report."""
    scope = Scope.of_snapshot(snapshot)
    return _recorded_later(as_of=snapshot.as_of, scope=scope, since=snapshot.taken_at)


def _recorded_later(*, as_of: dt.date, scope: Scope, since: dt.datetime | None = None) -> int:
    """Acts of people that took effect by the day and were put on record after it."""
    end = dt.datetime.combine(as_of + dt.timedelta(1), dt.time(), tzinfo=OFFICE_ZONE)
    late = {"at__gte": end} if since is None else {"at__gt": since}
    acts = AuditEntry.objects.filter(object_type=Obligation._meta.label_lower, **late)
    if scope.department:
        acts = acts.filter(department_id=scope.department.pk)
    if scope.region:
        inside = Obligation.objects.filter(department__region=scope.region)
        acts = acts.filter(department_id__in=inside.order_by().values("department_id"))
    if scope.has_matter:
        matter = scope.of_matter(Obligation.objects.all(), item="item__")
        acts = acts.filter(object_id__in=matter.order_by().values(key=Cast("pk", CharField())))
    on = Cast(KeyTextTransform("on", "detail"), CharField())
    return acts.annotate(effective_on=on).filter(effective_on__lte=as_of.isoformat()).count()


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
