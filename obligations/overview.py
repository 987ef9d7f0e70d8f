"""What a home page shows: figures, lights by department, the trend, and what waits for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from accounts.models import Department, User
from obligations import replay
from obligations.indicators import Counts, Figure
from obligations.models import (
    Block,
    DepartmentCheck,
    DepartmentDay,
    Exemption,
    Extension,
    Notice,
    Objection,
    Obligation,
    ResponsibilityList,
    Status,
)
from obligations.models.obligation import ObligationQuerySet, acceptance_is_overdue
from obligations.models.records import Decision

ROWS_SHOWN = 8
BARS_SHOWN = 12
TREND_DAYS = 90


@dataclass(frozen=True)
class DepartmentLine:
    """One department's counts, with the department."""

    department: Department
    counts: Counts


@dataclass(frozen=True)
class NoticeLine:
    """A notice of issue, how many of the user's obligations it names, how many wait."""

    notice: Notice
    row_count: int
    waiting_count: int


def own_obligations(user: User) -> ObligationQuerySet:
    """What the user may see of what our own departments owe."""
    return shown(Obligation.objects.visible_to(user).filter(external=False))


def shown(rows: ObligationQuerySet) -> ObligationQuerySet:
    """With what a row of a table needs, and without the cells as they were written."""
    return rows.select_related("item__list", "department").defer("item__raw")


def by_department(
    rows: ObligationQuerySet, *, on: dt.date, today: dt.date | None = None
) -> list[DepartmentLine]:
    """Counts of each department, in the official order; of a day before today from history."""
    owed = rows.select_related(None)
    counted = replay.counts_by(owed, "department_id", on=on, today=today or on)
    departments = Department.objects.in_bulk(list(counted))
    if today and on < today:
        departments = replay.named(departments, on=on)
    lines = [DepartmentLine(departments[key], counts) for key, counts in counted.items()]
    return sorted(lines, key=lambda line: (line.department.position, line.department.pk))


def total_of(lines: list[DepartmentLine]) -> Counts:
    """The sum of numerators and denominators, never a mean of rates."""
    return sum((line.counts for line in lines), Counts())


def lights_chart(lines: list[DepartmentLine], *, words: dict[str, str]) -> dict[str, Any]:
    """Series for the chart of lights by department, those with most red lights first; `words`
    names each light, in order."""
    lines = sorted(lines, key=lambda line: (-line.counts.red, -line.counts.yellow))[:BARS_SHOWN]
    return {
        "labels": [line.department.short_name or line.department.name for line in lines],
        "series": [
            {
                "light": light,
                "name": word,
                "values": [getattr(line.counts, light) for line in lines],
            }
            for light, word in words.items()
        ],
    }


def trend(
    user: User,
    *,
    on: dt.date,
    span: int = TREND_DAYS,
    department: Department | None = None,
    on_list: ResponsibilityList | None = None,
) -> list[dict[str, Any]]:
    """Day by day: the rates and lights of all that the user may see, or of a part of it."""
    days = DepartmentDay.objects.visible_to(user).filter(
        day__gt=on - dt.timedelta(days=span), day__lte=on
    )
    if department is not None:
        days = days.filter(department=department)
    if on_list is not None:
        days = days.filter(list=on_list)
    names = ("verified", "applicable", "on_time", "fell_due", "red", "yellow")
    summed: Any = days.values("day").annotate(**{f"n_{name}": Sum(name) for name in names})
    return [
        {
            "day": row["day"],
            "completion": Figure(row["n_verified"], row["n_applicable"]),
            "on_time": Figure(row["n_on_time"], row["n_fell_due"]),
            "red": row["n_red"],
            "yellow": row["n_yellow"],
        }
        for row in summed.order_by("day")
    ]


def unchecked_days(
    user: User, *, on: dt.date, span: int = TREND_DAYS, department: Department | None = None
) -> dict[dt.date, int]:
    """Days of a trend on which departments were not checked, whose totals are missing in it: how
    many."""
    missed = DepartmentCheck.objects.filter(
        checked=False, day__gt=on - dt.timedelta(days=span), day__lte=on
    )
    if department is not None:
        missed = missed.filter(department=department)
    missed = missed.filter(department__in=Department.objects.visible_to(user))
    return dict(missed.order_by().values_list("day").annotate(Count("pk")))


def trend_chart(days: list[dict[str, Any]], *, completion: str, on_time: str) -> dict[str, Any]:
    """Series for the chart of the trend."""
    return {
        "labels": [row["day"].isoformat() for row in days],
        "series": [
            {"name": completion, "values": [_number(row["completion"].percent) for row in days]},
            {"name": on_time, "values": [_number(row["on_time"].percent) for row in days]},
        ],
    }


def coordinators_queue(user: User, *, on: dt.date) -> dict[str, Any]:
    """What waits for the coordinator: claims, requests, drafts; and what is overdue."""
    rows = own_obligations(user)
    late = rows.acceptance_overdue(on=on).select_related("notice")
    by_due = F("due_on").asc(nulls_last=True)
    return {
        "to_verify": rows.filter(status=Status.ENDORSED).order_by("decide_by", "pk")[:ROWS_SHOWN],
        "overdue": rows.overdue().order_by(by_due, "pk")[:ROWS_SHOWN],
        "asked": _asked(user),
        "not_accepted": late.order_by("accept_by", "pk")[:ROWS_SHOWN],
        **rows.select_related(None).aggregate(
            not_accepted_count=Count("pk", filter=acceptance_is_overdue(on)),
            draft_count=Count("pk", filter=Q(status=Status.DRAFT)),
            to_verify_count=Count("pk", filter=Q(status=Status.ENDORSED)),
        ),
    }


def notice_lines(user: User, *, waiting: bool, limit: int) -> list[NoticeLine]:
    """The newest notices of issue with what is the user's under each; `waiting`: only those of
    which something is not accepted."""
    counted: Any = Obligation.objects.visible_to(user).exclude(notice=None).values("notice")
    counted = counted.annotate(
        n_rows=Count("pk"), n_waiting=Count("pk", filter=Q(status=Status.ISSUED))
    )
    if waiting:
        counted = counted.filter(n_waiting__gt=0)
    found = list(counted.order_by("-notice")[:limit])
    notices = Notice.objects.select_related("issued_by").in_bulk([row["notice"] for row in found])
    return [NoticeLine(notices[row["notice"]], row["n_rows"], row["n_waiting"]) for row in found]


def _asked(user: User) -> list[Decision]:
    """Requests that wait for a decision, the oldest first."""
    visible = Obligation.objects.visible_to(user).filter(pk=OuterRef("obligation_id"))
    found: list[Decision] = []
    for model in (Block, Extension, Exemption, Objection):
        rows = model._default_manager.filter(Exists(visible), outcome="")
        rows = rows.select_related("obligation__item", "obligation__department")
        found += rows.order_by("asked_on", "pk")[:ROWS_SHOWN]
    return sorted(found, key=lambda one: one.asked_on)[:ROWS_SHOWN]


def _number(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent)
