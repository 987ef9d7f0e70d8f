"""A department's part of a report about many: a snapshot of its own, with its lines alone.

The lines of others are not filtered away when something is shown: they are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, User
from obligations.models import Status
from reports import excerpt_figures, trends, watermarks
from reports.freezing import insert_select
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.models.snapshots import SnapshotQuerySet
from reports.scopes import Scope
from reports.totalling import total

# What people decide on a report: an excerpt is drafted, and goes with its source from then on.
_DECIDED = (
    *("state", "return_reason", "withdraw_reason"),
    *(
        f"{act}_{what}"
        for act in ("reviewed", "published", "withdrawn")
        for what in ("by_id", "at", "by_name")
    ),
)
# What is an excerpt's own; all else it has from the report that it is taken from.
_OWN = frozenset(
    {
        *("id", "job_id", "region_id", "department_id", "scope_name"),
        *("excerpt_of_id", "previous_id", "with_scores", "recorded_later_count", "is_internal"),
    }
)


def sources(user: User) -> SnapshotQuerySet:
    """The reports about many from which the user may take a department's part."""
    about_many = Snapshot.objects.filter(department=None)
    if user.role in User.OF_A_DEPARTMENT:
        return about_many.published().filter(
            figures__grouping=FigureLine.Grouping.DEPARTMENT,
            figures__key=str(user.department_id),
        )
    return about_many & Snapshot.objects.visible_to(user)


def require_may_take(source: Snapshot, department: Department, *, by: User) -> None:
    """Raise PermissionDenied for another department's part, RuleViolation where there is none."""
    permissions.require(by, "make_report")
    if by.role in User.OF_A_DEPARTMENT and by.department_id != department.pk:
        raise PermissionDenied(_("This scope is not yours to report on."))
    if not sources(by).filter(pk=source.pk).exists():
        raise PermissionDenied(_("This scope is not yours to report on."))
    if not _lines(source, department).exists():
        raise RuleViolation(
            _("Nothing in this report is about %(department)s.") % {"department": department.name}
        )


@transaction.atomic
def take(source: Snapshot, department: Department, *, by: User | None) -> Snapshot:
    """The department's excerpt, taken once: asking again gives the same one.

    It is compared with the department's part of the report before, which is taken as well; the
    one before that only where it is there already.
    """
    found = _taken(source, department)
    if found is not None:
        return found
    before = source.previous
    if before is not None and _lines(before, department).exists():
        _take(before, department, by=by)
    return _take(source, department, by=by)


def _taken(source: Snapshot, department: Department) -> Snapshot | None:
    return Snapshot.objects.filter(excerpt_of=source, department=department).first()


def _take(source: Snapshot, department: Department, *, by: User | None) -> Snapshot:
    source = Snapshot.objects.select_for_update(of=("self",)).get(pk=source.pk)
    found = _taken(source, department)
    if found is not None:
        return found
    scope = _scope(source, department)
    excerpt = Snapshot(
        **_copied(source),
        department=department,
        scope_name=_name(source, department, scope),
        excerpt_of=source,
        previous=_taken(source.previous, department) if source.previous else None,
    )
    excerpt.save(force_insert=True)
    _copy_lines(source, excerpt, department)
    total(excerpt, scope=scope)
    excerpt_figures.copy(source, excerpt, department)
    excerpt.recorded_later_count = excerpt_figures.copy_late(source, excerpt, department)
    excerpt.is_internal = watermarks.is_internal(excerpt)
    excerpt.save(update_fields=["recorded_later_count", "is_internal"])
    trends.freeze(excerpt, scope=scope)
    follow(source)
    excerpt.refresh_from_db()
    audit.record(
        excerpt,
        verb="take_excerpt",
        by=by,
        detail={"of": source.pk, "as_of": source.as_of.isoformat()},
        department_id=department.pk,
    )
    return excerpt


def _lines(source: Snapshot, department: Department) -> models.QuerySet[ObligationLine]:
    """What the department may see of itself: what has been issued to it."""
    reached = Q(issued_at=None, status=Status.WITHDRAWN) | Q(status=Status.DRAFT)
    own = ObligationLine.objects.filter(snapshot=source, department_id=department.pk)
    return own.filter(external=False).exclude(reached)


def follow(source: Snapshot) -> None:
    """Excerpts stand where their source stands, in the transaction of what was decided on it."""
    source.excerpts.update(**{name: getattr(source, name) for name in _DECIDED})


def _copied(source: Snapshot) -> Mapping[str, object]:
    fields = [field.attname for field in Snapshot._meta.concrete_fields]
    return {
        name: getattr(source, name) for name in fields if name not in _OWN and name not in _DECIDED
    }


def _scope(source: Snapshot, department: Department) -> Scope:
    """Of the same list, batch or scene, but of one department."""
    return replace(Scope.of_row(source), region=None, department=department)


def _name(source: Snapshot, department: Department, scope: Scope) -> str:
    """With the department as it was called when the report was made."""
    line = ObligationLine.objects.filter(snapshot=source, department_id=department.pk).first()
    called = line.department_name if line else department.name
    return f"{called}{scope.name.removeprefix(department.name)}"


def _copy_lines(source: Snapshot, excerpt: Snapshot, department: Department) -> None:
    fields = [field for field in ObligationLine._meta.concrete_fields if not field.primary_key]
    columns: dict[str, object] = {field.attname: F(field.attname) for field in fields}
    columns["snapshot_id"] = Value(excerpt.pk)
    insert_select(ObligationLine, _lines(source, department), columns)
