"""Which later days were checked already: what a past day changes ends where one of them begins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Min

from obligations.models import DepartmentCheck, Obligation


def by_department(on: dt.date) -> dict[int, dt.date]:
    """Departments that were checked for a later day, with the first such day."""
    checks: Any = DepartmentCheck.objects.filter(checked=True, day__gt=on).order_by()
    return dict(checks.values_list("department_id").annotate(Min("day")))


def by_obligation(ids: Sequence[int], later: Mapping[int, dt.date]) -> dict[int, dt.date]:
    """By obligation, the first later day on which its department was checked."""
    if not later:
        return {}
    owners = Obligation.objects.filter(pk__in=ids, department__in=list(later))
    return {pk: later[key] for pk, key in owners.values_list("pk", "department_id")}
