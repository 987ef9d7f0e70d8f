"""The check of every department's fulfilment: lights, findings, each department's day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet, Sum

from accounts.models import Department
from jobs.claiming import LeaseLost
from obligations import contradicting, day_rows, department_days, findings, history, lights
from obligations.day_rows import Rows
from obligations.models import DepartmentCheck, DepartmentDay, Light

log = structlog.get_logger(__name__)

# Asked within a transaction whether what it wrote may stand; raises LeaseLost where not.
Fence = Callable[[], None]
# The database is gone or locked, or another worker goes on: no department is to blame.
_NOBODYS_FAULT = (OperationalError, InterfaceError, LeaseLost)


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

    def __post_init__(self) -> None:
        self.by_light = dict.fromkeys(Light.values, 0) | self.by_light

    def add(
        self,
        changed: int,
        settled: contradicting.Settled,
        counted: Mapping[int, department_days.Counted],
    ) -> None:
        """What one pass did."""
        self.changed += changed
        self.opened += settled.opened
        self.resolved += settled.resolved
        for one in counted.values():
            self.judged += one.totals["total"]
            for light in self.by_light:
                self.by_light[light] += one.totals[light]

    def as_json(self) -> dict[str, object]:
        return {
            "on": self.on.isoformat(),
            "judged": self.judged,
            "changed": self.changed,
            "by_light": self.by_light,
            "not_checked": self.not_checked,
            "contradictions": {"opened": self.opened, "resolved": self.resolved},
        }


def check(
    *,
    as_of: dt.date,
    today: dt.date,
    departments: Sequence[Department] | None = None,
    fence: Fence | None = None,
) -> Checked:
    """Check departments (None: all) for a day. A past day's run never touches what a later day
    has judged: neither its lights nor its findings.

    One pass for all; when it fails it is repeated department by department, so that one
    department's fault stays its own and is named as not checked. `fence` is asked at the end of
    each transaction: it raises LeaseLost where another has taken over.
    """
    result = Checked(on=as_of)
    try:
        _pass(result, departments, today=today, fence=fence)
    except _NOBODYS_FAULT:
        raise
    except Exception:
        log.exception("check_failed_as_a_whole", on=as_of.isoformat())
        _one_by_one(result, departments, today=today, fence=fence)
    return result


def judge(
    *, as_of: dt.date, today: dt.date, departments: Sequence[Department] | None = None
) -> int:
    """Set what time alone changed by `as_of`; returns how many lights changed.

    For today the changed rows are locked and read once, and history and lights are written from
    that list; for a past day only its history is completed.
    """
    days = day_rows.of(as_of, today=today, departments=departments)
    return sum(_judge(rows) for rows in days)


def _judge(rows: Rows) -> int:
    as_of = rows.facts.as_of
    judged = rows.rows.annotate(now=lights.reason(history.day_of(as_of)))
    turned = judged.exclude(now=F("light_reason")).order_by(rows.facts.key)
    if rows.are_obligations:
        turned = turned.select_for_update(of=("self",))
    with transaction.atomic():
        changed = dict(turned.values_list(rows.facts.key, "now"))
        history.shift_many(changed, on=as_of)
        if rows.are_obligations:
            history.write_lights(changed)
    return len(changed)


def _pass(
    result: Checked,
    departments: Sequence[Department] | None,
    *,
    today: dt.date,
    fence: Fence | None,
) -> None:
    """One set-based pass over departments (None: all), in one transaction."""
    on = result.on
    with transaction.atomic():
        _hold(departments)
        changed = judge(as_of=on, today=today, departments=departments)
        for rows in day_rows.of(on, today=today, departments=departments):
            findings.record(rows)
        settled = contradicting.look(as_of=on, today=today, departments=departments)
        counted = department_days.record(as_of=on, today=today, departments=departments)
        _mark_checked(counted, on=on)
        if fence is not None:
            fence()
    result.add(changed, settled, counted)


def _hold(departments: Sequence[Department] | None) -> None:
    """Two passes over one department follow each other; people's acts do not wait for them."""
    held = Department.objects.order_by("pk").select_for_update(no_key=True)
    if departments is not None:
        held = held.filter(pk__in=[one.pk for one in departments])
    list(held.values_list("pk", flat=True))


def _one_by_one(
    result: Checked,
    departments: Sequence[Department] | None,
    *,
    today: dt.date,
    fence: Fence | None,
) -> None:
    for department in owing() if departments is None else departments:
        try:
            _pass(result, [department], today=today, fence=fence)
        except _NOBODYS_FAULT:
            raise
        except Exception as error:
            log.exception("department_not_checked", department=department.name)
            result.not_checked.append(department.name)
            mark_not_checked(department, str(error), on=result.on)


def totals(result: Checked) -> Checked:
    """With the day's totals of all departments that were checked, whoever checked them."""
    checks = DepartmentCheck.objects.filter(day=result.on, checked=True)
    days = DepartmentDay.objects.filter(day=result.on, department__in=checks.values("department"))
    summed = days.aggregate(judged=Sum("total"), **{light: Sum(light) for light in Light.values})
    result.judged = summed["judged"] or 0
    result.by_light = {light: summed[light] or 0 for light in Light.values}
    return result


def owing() -> QuerySet[Department]:
    """The departments that there is something to check of."""
    return Department.objects.filter(obligations__isnull=False).distinct().order_by("pk")


def _mark_checked(counted: Mapping[int, department_days.Counted], *, on: dt.date) -> None:
    DepartmentCheck.objects.bulk_create(
        (
            DepartmentCheck(
                department_id=pk,
                day=on,
                checked=True,
                counted=one.totals["applicable"],
                failed=one.failed,
                error="",
            )
            for pk, one in counted.items()
        ),
        update_conflicts=True,
        unique_fields=["department", "day"],
        update_fields=["checked", "counted", "failed", "error", "recorded_at"],
    )


def mark_not_checked(department: Department, error: str, *, on: dt.date) -> None:
    """“Not checked”: neither passed nor failed."""
    DepartmentCheck.objects.update_or_create(
        department=department,
        day=on,
        defaults={"checked": False, "counted": 0, "failed": 0, "error": error[:300]},
    )
