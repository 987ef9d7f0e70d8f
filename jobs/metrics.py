"""What /metrics tells Prometheus: counted in the database, the same whichever process answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Count
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from jobs import canary, health, operations, watching
from jobs.models import Job
from jobs.punctuality import Word

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FAILED_HOURS = 24


class _Facts:
    """Collected while an answer is made. Without a database only that is told."""

    def collect(self) -> Iterator[Metric]:
        parts = health.parts()
        up = _gauge("qingdan_up", "Whether a part works.", "part")
        for name, works in parts.items():
            up.add_metric([name], works)
        yield up
        if parts["database"]:
            for name in settings.JOB_METRICS:
                yield from import_string(name)()


def exposition() -> bytes:
    """The whole answer, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Facts())
    return generate_latest(registry)


def families() -> Iterator[Metric]:
    """Jobs, queues, schedule, workers and the canary."""
    yield _jobs()
    yield from _queues()
    yield from _schedule()
    yield _failures()
    yield _workers()
    yield from _canary()


def _jobs() -> Metric:
    found = _gauge("qingdan_jobs", "Jobs on record.", "kind", "state")
    counted = Job.objects.order_by().values_list("kind", "state").annotate(Count("pk"))
    for kind, state, count in counted:
        found.add_metric([kind, state], count)
    return found


def _queues() -> Iterable[Metric]:
    waiting = _gauge("qingdan_queue_waiting", "Jobs that wait for a worker.", "queue")
    age = _gauge("qingdan_queue_age_seconds", "How long the oldest job has waited.", "queue")
    for queue in operations.queues():
        waiting.add_metric([queue.name], queue.waiting_count)
        age.add_metric([queue.name], queue.age_seconds)
    return waiting, age


def _schedule() -> Iterable[Metric]:
    done = _gauge(
        "qingdan_schedule_last_success_timestamp_seconds", "When it was last done.", "line"
    )
    late = _gauge("qingdan_schedule_late", "Whether its time and grace are over.", "line")
    failed = _gauge("qingdan_schedule_failed", "Whether its newest run failed.", "line")
    for line in watching.lines():
        if line.done_at:
            done.add_metric([line.name], line.done_at.timestamp())
        late.add_metric([line.name], line.is_late)
        failed.add_metric([line.name], line.standing.word == Word.FAILED)
    return done, late, failed


def _failures() -> Metric:
    found = _gauge("qingdan_job_failures_24h", "Jobs that failed in the last 24 hours.", "kind")
    counted = operations.failures(hours=_FAILED_HOURS)
    for kind in settings.JOB_HANDLERS:
        found.add_metric([kind], counted.get(kind, 0))
    return found


def _workers() -> Metric:
    found = _gauge(
        "qingdan_worker_last_seen_timestamp_seconds", "When it could last take a job.", "worker"
    )
    for worker in operations.workers():
        found.add_metric([worker.name], worker.seen_at.timestamp())
    return found


def _canary() -> Iterable[Metric]:
    seconds = _gauge("qingdan_canary_seconds", "From the row of the newest canary to its end.")
    at = _gauge("qingdan_canary_timestamp_seconds", "When the newest canary came through.")
    passage = canary.newest()
    if passage:
        seconds.add_metric([], passage.seconds)
        at.add_metric([], passage.done_at.timestamp())
    return seconds, at


def _gauge(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, labels=labels)
