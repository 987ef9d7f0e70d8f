"""Who may do a job: claims, leases and the fence. Every step is one conditional UPDATE."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from jobs.models import Job, JobQuerySet, database_time


class LeaseLost(Exception):
    """Another worker, or the person who cancelled, has taken the job: nothing may be written."""


def claim(job_id: int) -> Job | None:
    """Take a job that is due: the row with our token in it, or None when it is not ours to do."""
    token = secrets.token_hex(16)
    with transaction.atomic():
        taken = (
            Job.objects.due()
            .first_of_their_kind()
            .filter(pk=job_id)
            .not_being_written()
            .update(
                state=Job.State.RUNNING,
                token=token,
                attempts=F("attempts") + 1,
                lease_until=database_time(plus_seconds=settings.JOB_LEASE_SECONDS),
                started_at=Coalesce("started_at", database_time()),
            )
        )
    if not taken:
        return None
    return Job.objects.select_related("created_by").filter(pk=job_id, token=token).first()


def extend(job: Job, *, progress: dict[str, Any] | None = None) -> bool:
    """Hold the job for another lease, and show its progress. False when it is no longer ours."""
    until = database_time(plus_seconds=settings.JOB_LEASE_SECONDS)
    return bool(_held(job).update(lease_until=until, **(progress or {})))


def finish(job: Job, *, result: dict[str, Any], progress: dict[str, Any]) -> None:
    """The fence: call it first in the transaction that writes what the job leaves behind."""
    ended = _held(job).update(
        state=Job.State.DONE,
        token="",
        lease_until=None,
        error="",
        result=result,
        finished_at=database_time(),
        **progress,
    )
    if not ended:
        raise LeaseLost(f"job {job.pk}")


def hold(job: Job) -> None:
    """The fence for what is written before the end: last in a transaction, whose writes stand only
    while the job is ours."""
    if _held(job).select_for_update().values_list("pk").first() is None:
        raise LeaseLost(f"job {job.pk}")


def fail(job: Job, *, reason: str) -> bool:
    """End the job for good, with a reason that a person reads."""
    return bool(
        _held(job).update(
            state=Job.State.FAILED,
            token="",
            lease_until=None,
            error=reason,
            finished_at=database_time(),
        )
    )


def give_back(job: Job, *, reason: str) -> bool:
    """Queue the job again after a failed attempt, with a pause that grows."""
    pause = settings.JOB_SWEEP_SECONDS * job.attempts
    return bool(
        _held(job).update(
            state=Job.State.QUEUED,
            token="",
            lease_until=database_time(plus_seconds=pause),
            error=reason,
        )
    )


def _held(job: Job) -> JobQuerySet:
    return Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)
