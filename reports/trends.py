"""Freezes how the scope came to where it stands: the sums of chosen earlier days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Sum

from obligations.models import DepartmentDay
from reports.models import Snapshot, TrendPoint
from reports.scopes import Scope

_NAMES = ("applicable", "verified", "fell_due", "on_time")
# A line of more points is not read on paper.
POINTS = 12
_SPAN_DAYS = 366
# From so many days on it goes month by month, before that week by week.
_LONG_DAYS = 120


def freeze(snapshot: Snapshot, *, scope: Scope) -> None:
    """Keep the points before the day; the day itself is in the snapshot's own figures."""
    days = _totals(snapshot, scope=scope)
    chosen = choose(sorted(set(days.order_by().values_list("day", flat=True))))
    sums = {f"n_{name}": Sum(name) for name in _NAMES}
    rows: Any = days.filter(day__in=chosen).order_by("day").values("day").annotate(**sums)
    TrendPoint.objects.bulk_create(
        TrendPoint(snapshot=snapshot, day=row["day"], **{name: row[f"n_{name}"] for name in _NAMES})
        for row in rows
    )


def choose(days: Sequence[dt.date]) -> list[dt.date]:
    """The last recorded day of each month, or of each week while the record is short."""
    if not days:
        return []
    is_long = (days[-1] - days[0]).days > _LONG_DAYS
    last = {(day.year, day.month) if is_long else tuple(day.isocalendar())[:2]: day for day in days}
    return sorted(last.values())[-POINTS:]


def _totals(snapshot: Snapshot, *, scope: Scope) -> QuerySet[DepartmentDay]:
    first = snapshot.as_of - dt.timedelta(days=_SPAN_DAYS)
    days = DepartmentDay.objects.filter(day__gte=first, day__lt=snapshot.as_of)
    if scope.region:
        days = days.filter(department__region=scope.region)
    if scope.department:
        days = days.filter(department=scope.department)
    return days
