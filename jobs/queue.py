"""Puts jobs into the queue, back into it, and out of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs import waking
from jobs.models import Job, database_time

# Between a refused insert and the look for its twin, the twin may just have ended.
_TRIES = 3


def enqueue(
    kind: str,
    *,
    key: str = "",
    args: dict[str, Any] | None = None,
    by: User | None = None,
    period: str | None = None,
    delay_seconds: float = 0,
) -> Job:
    """The new job, in the caller's transaction, or its twin: one live job a key, one a period.

    With a delay nobody is woken for it: the sweeper finds it when its time has come.
    """
    if kind not in settings.JOB_HANDLERS:
        raise LookupError(f"No handler is named for jobs of kind {kind!r}")
    fresh = Job(kind=kind, key=key, period=period or "", args=args or {}, created_by=by)
    if delay_seconds > 0:
        fresh.lease_until = database_time(plus_seconds=delay_seconds)
    for _attempt in range(_TRIES):
        twin = _twin_of(fresh)
        if twin is not None:
            return twin
        try:
            with transaction.atomic():
                fresh.save(force_insert=True)
        except IntegrityError:
            continue
        if delay_seconds <= 0:
            _wake_on_commit(fresh)
        return fresh
    raise RuleViolation(_("The same job ended just now. Please try again."))


def _twin_of(job: Job) -> Job | None:
    """What already does this work: a live job with the key, or any job of the period."""
    same = Q(pk__in=())
    if job.key:
        same |= Q(key=job.key, state__in=Job.LIVE)
    if job.period:
        same |= Q(period=job.period)
    return Job.objects.filter(same, kind=job.kind).order_by("pk").first()


def requeue(job: Job, *, by: User) -> Job:
    """Let a failed or cancelled job start over, with all its attempts."""
    permissions.require(by, "requeue_job")
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job.pk, state__in=Job.REQUEUEABLE).update(
                state=Job.State.QUEUED,
                attempts=0,
                error="",
                token="",
                lease_until=None,
                started_at=None,
                finished_at=None,
                progress_done=0,
                progress_total=0,
                progress_message="",
            )
            if not changed:
                raise RuleViolation(_("Only a failed or cancelled job can be started again."))
            audit.record(job, verb="job.requeue", by=by, detail={"kind": job.kind})
            _wake_on_commit(job)
    except IntegrityError as twin:
        raise RuleViolation(_("The same job is already waiting or running.")) from twin
    job.refresh_from_db()
    return job


def cancel(job: Job, *, by: User) -> Job:
    """Stop a live job: a worker that still runs it will find its token void and write nothing."""
    if job.created_by_id != by.pk:
        permissions.require(by, "requeue_job")
    with transaction.atomic():
        changed = Job.objects.live().filter(pk=job.pk)
        if not changed.update(
            state=Job.State.CANCELLED, token="", lease_until=None, finished_at=database_time()
        ):
            raise RuleViolation(_("This job has already ended."))
        audit.record(job, verb="job.cancel", by=by, detail={"kind": job.kind})
    job.refresh_from_db()
    return job


def _wake_on_commit(job: Job) -> None:
    transaction.on_commit(partial(waking.wake, job.pk, kind=job.kind), robust=True)
