"""A day's check in parts: departments are shared among as many workers as there are."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Sequence

import structlog
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Department
from jobs import queue, running, sweeping
from jobs.models import Job
from jobs.running import Run
from obligations import fulfilment
from obligations.fulfilment import Checked
from obligations.models import DepartmentCheck, Obligation

log = structlog.get_logger(__name__)

PART = "obligations.check_part"
# A part is one set-based pass over whole departments with about so many obligations together:
# fewer would cost more than other workers save.
OBLIGATIONS_A_PART = 250_000
_DAY = dt.timedelta(days=1)
# How often it is looked whether the parts that others do are done.
_LOOK_SECONDS = 0.2


def check(run: Run, *, on: dt.date, today: dt.date) -> Checked:
    """Do the day as one job, or share it in parts and end when all of them have ended."""
    jobs = share_out(run)
    if not jobs:
        return check_share(run, None, on=on, today=today)
    _work_off(run, [job.pk for job in jobs])
    return _sum(jobs, on=on)


@transaction.atomic
def share_out(run: Run) -> list[Job]:
    """A job for each share, none where one would do. Those of an earlier attempt go on, what
    failed in it is made anew."""
    shares = _shares()
    if len(shares) < 2:
        return []
    prefix = f"{run.job.pk}:"
    made = list(Job.objects.filter(kind=PART, key__startswith=prefix).order_by("pk"))
    kept = [job for job in made if job.is_live or job.state == Job.State.DONE]
    there = {pk for job in kept for pk in job.args["departments"]}
    for share in shares:
        departments = [pk for pk in share if pk not in there]
        if departments:
            args = {**run.args, "check": run.job.pk, "departments": departments}
            kept.append(queue.enqueue(PART, key=f"{prefix}{departments[0]}", args=args))
    return kept


def check_share(
    run: Run, departments: Sequence[Department] | None, *, on: dt.date, today: dt.date
) -> Checked:
    """The departments' day. The nightly run comes early in its day, so it first closes the day
    before: lights, findings and totals of a day are those of its end."""

    def passed(as_of: dt.date) -> Checked:
        return fulfilment.check(
            as_of=as_of, today=today, departments=departments, fence=run.require_held
        )

    if run.args.get("every"):
        passed(on - _DAY)
    return passed(on)


def is_called_off(run: Run) -> bool:
    """Whether the check that a part belongs to has ended without it."""
    return not Job.objects.is_live(run.args["check"])


def _shares() -> list[list[int]]:
    """Departments that owe something, in order, in shares of about the same weight."""
    owed = Obligation.objects.order_by("department_id").values_list("department_id")
    counted = list(owed.annotate(Count("pk")))
    total = sum(count for _pk, count in counted)
    wanted = -(-total // OBLIGATIONS_A_PART)
    shares: dict[int, list[int]] = defaultdict(list)
    before = 0
    for pk, count in counted:
        # The share in which the middle of the department lies.
        shares[(before + count // 2) * wanted // total].append(pk)
        before += count
    return list(shares.values())


def _work_off(run: Run, keys: Sequence[int]) -> None:
    """Take a part like any worker, as long as there is one; then wait for those of others."""
    parts = Job.objects.filter(pk__in=keys)
    while live := parts.live().count():
        run.progress(len(keys) - live, len(keys), _("Checking fulfilment…"))
        due = list(parts.due().order_by("pk").values_list("pk", flat=True))
        if any(running.perform(pk) for pk in due):
            continue
        with transaction.atomic():
            run.require_held()
        sweeping.fail_exhausted()
        time.sleep(_LOOK_SECONDS)


def _sum(jobs: Sequence[Job], *, on: dt.date) -> Checked:
    """What all parts found; the departments of a part that did not end well were not checked."""
    result = Checked(on=on)
    for job in Job.objects.filter(pk__in=[job.pk for job in jobs]).order_by("pk"):
        found = job.outcome.get("found", {})
        result.changed += found.get("changed", 0)
        result.opened += found.get("opened", 0)
        result.resolved += found.get("resolved", 0)
        result.not_checked += found.get("not_checked", [])
        if job.state != Job.State.DONE:
            result.not_checked += _left_out(job, on=on)
    return fulfilment.totals(result)


def _left_out(job: Job, *, on: dt.date) -> list[str]:
    """Name the departments of a part that was not done, where no pass had done them before."""
    log.error("part_of_check_not_done", part=job.pk, state=job.state)
    checked = DepartmentCheck.objects.filter(day=on, checked=True, recorded_at__gte=job.created_at)
    left = Department.objects.filter(pk__in=job.args["departments"]).order_by("pk")
    named = []
    for department in left.exclude(pk__in=checked.values("department")):
        fulfilment.mark_not_checked(department, job.error or job.state, on=on)
        named.append(department.name)
    return named


def told(result: Checked) -> dict[str, object]:
    """What a part leaves for the sum; figures stay in the day's totals."""
    return {
        "changed": result.changed,
        "opened": result.opened,
        "resolved": result.resolved,
        "not_checked": result.not_checked,
    }
