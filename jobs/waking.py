"""Wakes a worker through the broker; a broker that is down costs a job nothing but time."""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from prometheus_client import Counter

logger = structlog.get_logger(__name__)

WAKE_FAILURES = Counter(
    "qingdan_job_wake_failures_total", "Wake-ups that the broker did not take; the sweeper repeats."
)
# A hung broker costs a second a try: a request that makes many jobs must not pay it for each.
_REST_SECONDS = 5.0


class _Broker:
    down_until = 0.0


def wake(job_id: int, *, kind: str = "") -> bool:
    """Tell the workers that a job waits. False when the broker did not take the message.

    `kind` leads to the workers that are there for it; without one any worker may be told.
    """
    if time.monotonic() < _Broker.down_until:
        WAKE_FAILURES.inc()
        return False
    try:
        current_app.send_task(
            "jobs.run",
            args=[job_id],
            queue=queue_of(kind),
            retry=False,
            ignore_result=True,
        )
    except (OperationalError, OSError) as problem:
        _Broker.down_until = time.monotonic() + _REST_SECONDS
        WAKE_FAILURES.inc()
        logger.warning("job_not_woken", job=job_id, problem=str(problem))
        return False
    return True


def queue_of(kind: str) -> str:
    return str(settings.JOB_QUEUES.get(kind, current_app.conf.task_default_queue))


def waiting(queue: str) -> int:
    """How many messages wait in a queue; none where it is empty, or the broker does not say."""
    with current_app.connection_for_write() as broker:
        known: Any = broker  # whose kinds of errors the types do not tell
        broken = (*known.connection_errors, *known.channel_errors)
        try:
            known.ensure_connection(max_retries=0, timeout=1)
            told = known.default_channel.queue_declare(queue, passive=True)
        except (OperationalError, *broken):
            return 0
        return int(told.message_count)
