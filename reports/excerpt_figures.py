"""What an excerpt has beside its lines and their totals, from what its source has frozen."""

from __future__ import annotations

from collections import Counter

from django.db.models import F, Q, Value

from accounts.models import Department
from obligations.kinds import kinds
from reports.freezing import insert_select
from reports.models import (
    ContradictionLine,
    CountedLine,
    FigureLine,
    LateLine,
    ObligationLine,
    Snapshot,
)

_WHOLE, _KIND = FigureLine.Grouping.WHOLE, FigureLine.Grouping.KIND
_DEPARTMENT = FigureLine.Grouping.DEPARTMENT


def copy(source: Snapshot, excerpt: Snapshot, department: Department) -> None:
    """The department's rates and its open contradictions, as they stood in the source."""
    _copy_rates(source, excerpt, department)
    _copy_counted(source, excerpt, department)
    _copy_contradictions(source, excerpt)


def _copy_counted(source: Snapshot, excerpt: Snapshot, department: Department) -> None:
    fields = [field for field in CountedLine._meta.concrete_fields if not field.primary_key]
    columns: dict[str, object] = {field.attname: F(field.attname) for field in fields}
    columns["snapshot_id"] = Value(excerpt.pk)
    own = CountedLine.objects.filter(snapshot=source, department_id=department.pk)
    insert_select(CountedLine, own, columns)


def _copy_rates(source: Snapshot, excerpt: Snapshot, department: Department) -> None:
    line = source.figures.filter(grouping=_DEPARTMENT, key=str(department.pk)).first()
    rates = line.rates if line else {}
    excerpt.figures.filter(grouping__in=[_WHOLE, _DEPARTMENT]).update(rates=rates)
    of_how_many = Counter(one.code for kind in kinds().values() for one in kind.indicators)
    for kind in kinds().values():
        # What several kinds count together is not known apart.
        own = {one.code for one in kind.indicators if of_how_many[one.code] == 1}
        known = {code: figure for code, figure in rates.items() if code in own}
        excerpt.figures.filter(grouping=_KIND, key=kind.code).update(rates=known)


def _copy_contradictions(source: Snapshot, excerpt: Snapshot) -> None:
    own = ObligationLine.objects.filter(snapshot=excerpt)
    line_of = dict(own.values_list("obligation_id", "pk"))
    found = ContradictionLine.objects.filter(
        snapshot=source, line__obligation_id__in=own.values("obligation_id")
    ).select_related("line")
    copies = []
    for one in found.order_by("pk"):
        line_id = line_of[one.line.obligation_id]
        one.pk, one.snapshot, one.line_id = None, excerpt, line_id
        one._state.adding = True
        copies.append(one)
    ContradictionLine.objects.bulk_create(copies, batch_size=500)


def copy_late(source: Snapshot, excerpt: Snapshot, department: Department) -> int:
    """What was recorded late of the department's lines, and of its own name; how many acts."""
    own = ObligationLine.objects.filter(snapshot=excerpt).values("obligation_id")
    about_it = Q(obligation_id=None, department_id=department.pk) | Q(obligation_id__in=own)
    copies = list(LateLine.objects.filter(about_it, snapshot=source).order_by("entry_id"))
    for one in copies:
        one.pk, one.snapshot = None, excerpt
        one._state.adding = True
    LateLine.objects.bulk_create(copies, batch_size=500)
    return len(copies)
