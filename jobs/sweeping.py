"""Finds what was missed: jobs that nobody was woken for, and jobs whose worker vanished."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from jobs import waking
from jobs.models import Job, database_time

logger = structlog.get_logger(__name__)

# Enough to keep every worker busy until the next sweep; more would only pile up in the broker.
_AT_ONCE = 200


@dataclass(frozen=True)
class Swept:
    woken_count: int
    failed_count: int


def sweep() -> Swept:
    """Fail what has used up its attempts, and wake workers for what has waited too long."""
    failed_count = fail_exhausted()
    woken_count = 0
    for job_id, kind in _unheard_of(overlooked()):
        if not waking.wake(job_id, kind=kind):
            break
        woken_count += 1
    if failed_count or woken_count:
        logger.info("jobs_swept", woken=woken_count, failed=failed_count)
    return Swept(woken_count=woken_count, failed_count=failed_count)


def overlooked() -> list[int]:
    """Due jobs older than one sweep: younger ones have just been woken for."""
    old = database_time(plus_seconds=-settings.JOB_SWEEP_SECONDS)
    due = Job.objects.due().first_of_their_kind().filter(created_at__lt=old)
    return list(due.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])


def _unheard_of(overlooked_ids: list[int]) -> list[tuple[int, str]]:
    """Key and kind of those whose queue is short. A long one keeps every worker busy as it is; with
    each sweep of each worker it would grow, and what is new would wait behind what is done."""
    kinds = dict(Job.objects.filter(pk__in=overlooked_ids).values_list("pk", "kind"))
    found = [(job_id, kinds.get(job_id, "")) for job_id in overlooked_ids]
    queues = {waking.queue_of(kind) for _id, kind in found}
    long = {queue for queue in queues if waking.waiting(queue) >= _AT_ONCE}
    return [(job_id, kind) for job_id, kind in found if waking.queue_of(kind) not in long]


def fail_exhausted() -> int:
    """End jobs that no worker survived; how many."""
    exhausted = Job.objects.exhausted()
    if not exhausted.exists():
        return 0
    reason = _(
        "The worker stopped %(count)s times in the middle of this work. It may need more memory "
        "than there is. Start it again, or ask for help with the job's number."
    ) % {"count": settings.JOB_CLAIMS}
    with transaction.atomic():
        return exhausted.not_being_written().update(
            state=Job.State.FAILED,
            token="",
            lease_until=None,
            error=reason,
            finished_at=database_time(),
        )
