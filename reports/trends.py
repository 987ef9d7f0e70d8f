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
    if scope.scene:
        # Totals of days are by department and list: none of them is of a scene alone.
        return
    days = _totals(snapshot, scope=scope)
    known = sorted(set(days.order_by().values_list("day", flat=True)))
    chosen = choose(known, until=snapshot.as_of)
    sums = {f"n_{name}": Sum(name) for name in _NAMES}
    rows: Any = days.filter(day__in=chosen).order_by("day").values("day").annotate(**sums)
    TrendPoint.objects.bulk_create(
        TrendPoint(snapshot=snapshot, day=row["day"], **{name: row[f"n_{name}"] for name in _NAMES})
        for row in rows
    )


def choose(days: Sequence[dt.date], *, until: dt.date) -> list[dt.date]:
    """The last recorded day of each month, or of each week while the record is short; `until`,
    the day of the report, stands for its own."""
    is_long = bool(days) and (until - days[0]).days > _LONG_DAYS

    def period(day: dt.date) -> tuple[int, int]:
        year, week, _weekday = day.isocalendar()
        return (day.year, day.month) if is_long else (year, week)

    last = {period(day): day for day in days if period(day) != period(until)}
    return sorted(last.values())[-POINTS:]


def _totals(snapshot: Snapshot, *, scope: Scope) -> QuerySet[DepartmentDay]:
    first = snapshot.as_of - dt.timedelta(days=_SPAN_DAYS)
    # Of the lists that the snapshot is about, which may be one, or those of a batch.
    lists = snapshot.lines.order_by().values("list_id").distinct()
    days = DepartmentDay.objects.filter(day__gte=first, day__lt=snapshot.as_of, list__in=lists)
    if scope.region:
        days = days.filter(department__region=scope.region)
    if scope.department:
        days = days.filter(department=scope.department)
    return days
