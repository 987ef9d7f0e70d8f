"""Writes each department's totals of a day under each list, for trends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.models import Department
from obligations import indicators
from obligations.models import DepartmentDay, Obligation, ObligationState

_KEPT = tuple(
    field.name
    for field in DepartmentDay._meta.local_fields
    if field.name not in ("id", "department", "list", "day")
)


def record(
    *, as_of: dt.date, today: dt.date, departments: Sequence[Department] | None = None
) -> None:
    """Count the day anew and store it; the same facts give the same rows."""
    rows, prefix = _facts(as_of=as_of, today=today)
    if departments is not None:
        rows = rows.filter(**{f"{prefix}department__in": departments})
    keys = (f"{prefix}department_id", f"{prefix}item__list_id")
    counted = indicators.count_by(rows, *keys, on=as_of, prefix=prefix)
    DepartmentDay.objects.bulk_create(
        [
            DepartmentDay(department_id=department_id, list_id=list_id, day=as_of, **_kept(counts))
            for (department_id, list_id), counts in counted.items()
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["day", "department", "list"],
        update_fields=_KEPT,
    )


def _facts(*, as_of: dt.date, today: dt.date) -> tuple[QuerySet[Any], str]:
    if as_of >= today:
        return Obligation.objects.all(), ""
    return ObligationState.objects.at(as_of), "obligation__"


def _kept(counts: indicators.Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in _KEPT}
