"""The check of every department's fulfilment: lights, findings, each department's day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, F, QuerySet

from accounts.models import Department
from obligations import contradicting, department_days, findings, history, lights
from obligations.models import DepartmentCheck, Light, Obligation, ObligationState
from obligations.models.obligation import applicable

log = structlog.get_logger(__name__)


@dataclass
class Checked:
    """What one run found: how many obligations it judged, how many lights it changed."""

    on: dt.date
    judged: int = 0
    changed: int = 0
    by_light: dict[str, int] = field(default_factory=dict)
    not_checked: list[str] = field(default_factory=list)
    # Contradictions that were opened, and that the facts settled.
    opened: int = 0
    resolved: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "on": self.on.isoformat(),
            "judged": self.judged,
            "changed": self.changed,
            "by_light": self.by_light,
            "not_checked": self.not_checked,
            "contradictions": {"opened": self.opened, "resolved": self.resolved},
        }


def check(*, as_of: dt.date, today: dt.date) -> Checked:
    """Check every department for a day. A past day's run never touches the current lights.

    One pass for all; when it fails it is repeated department by department, so that one
    department's fault stays its own and is named as not checked.
    """
    result = Checked(on=as_of)
    try:
        _pass(result, None, today=today)
    except (OperationalError, InterfaceError):
        # The database is gone or locked: the run is repeated, no department is to blame.
        raise
    except Exception:
        log.exception("check_failed_as_a_whole", on=as_of.isoformat())
        _one_by_one(result, today=today)
    _count(result, today=today)
    return result


def judge(
    *, as_of: dt.date, today: dt.date, departments: Sequence[Department] | None = None
) -> int:
    """Set what time alone changed by `as_of`; returns how many lights changed.

    For today the changed rows are locked and read once, and history and lights are written from
    that list; for a past day only its history is completed.
    """
    if as_of >= today:
        return _judge_now(as_of, departments)
    return _judge_past(as_of, departments)


def _judge_now(as_of: dt.date, departments: Sequence[Department] | None) -> int:
    rows = Obligation.objects.all()
    if departments is not None:
        rows = rows.filter(department__in=departments)
    now = lights.reason(history.day_of(as_of))
    with transaction.atomic():
        changed = dict(
            rows.annotate(now=now)
            .exclude(now=F("light_reason"))
            .select_for_update(of=("self",))
            .values_list("pk", "now")
        )
        history.shift_many(changed, on=as_of)
        history.write_lights(changed)
    return len(changed)


def _judge_past(as_of: dt.date, departments: Sequence[Department] | None) -> int:
    rows = ObligationState.objects.at(as_of)
    if departments is not None:
        rows = rows.filter(obligation__department__in=departments)
    now = lights.reason(history.day_of(as_of))
    with transaction.atomic():
        changed = dict(
            rows.annotate(now=now)
            .exclude(now=F("light_reason"))
            .values_list("obligation_id", "now")
        )
        history.shift_many(changed, on=as_of)
    return len(changed)


def _pass(result: Checked, departments: Sequence[Department] | None, *, today: dt.date) -> None:
    """One set-based pass over departments (None: all), in one transaction."""
    on = result.on
    with transaction.atomic():
        changed = judge(as_of=on, today=today, departments=departments)
        findings.record(as_of=on, today=today, departments=departments)
        settled = contradicting.look(as_of=on, today=today, departments=departments)
        department_days.record(as_of=on, today=today, departments=departments)
        _mark_checked(departments, as_of=on, today=today)
    result.changed += changed
    result.opened += settled.opened
    result.resolved += settled.resolved


def _one_by_one(result: Checked, *, today: dt.date) -> None:
    for department in _owing().order_by("pk"):
        try:
            _pass(result, [department], today=today)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("department_not_checked", department=department.name)
            result.not_checked.append(department.name)
            _mark_not_checked(department, error, on=result.on)


def _owing() -> QuerySet[Department]:
    return Department.objects.filter(obligations__isnull=False).distinct()


def _mark_checked(
    departments: Sequence[Department] | None, *, as_of: dt.date, today: dt.date
) -> None:
    rows, key = _judged_rows(as_of, today=today)
    if departments is not None:
        rows = rows.filter(**{f"{key}__in": departments})
    owed = rows.order_by().values_list(key).annotate(n=Count("pk", filter=applicable(as_of)))
    failed = findings.failing(departments, as_of=as_of)
    DepartmentCheck.objects.bulk_create(
        (
            DepartmentCheck(
                department_id=pk,
                day=as_of,
                checked=True,
                counted=count,
                failed=failed.get(pk, 0),
                error="",
            )
            for pk, count in owed
        ),
        update_conflicts=True,
        unique_fields=["department", "day"],
        update_fields=["checked", "counted", "failed", "error", "recorded_at"],
    )


def _judged_rows(as_of: dt.date, *, today: dt.date) -> tuple[QuerySet[Any], str]:
    """The rows that a day is judged on, and their way to the department."""
    if as_of >= today:
        return Obligation.objects.all(), "department"
    return ObligationState.objects.at(as_of), "obligation__department"


def _mark_not_checked(department: Department, error: Exception, *, on: dt.date) -> None:
    DepartmentCheck.objects.update_or_create(
        department=department,
        day=on,
        defaults={"checked": False, "counted": 0, "failed": 0, "error": str(error)[:300]},
    )


def _count(result: Checked, *, today: dt.date) -> None:
    rows, key = _judged_rows(result.on, today=today)
    if result.not_checked:
        rows = rows.exclude(**{f"{key}__name__in": result.not_checked})
    counts: Counter[str] = Counter()
    for light, count in rows.order_by().values_list("light").annotate(Count("pk")):
        counts[light] += count
    result.judged = counts.total()
    result.by_light = {light: counts[light] for light in Light.values}
