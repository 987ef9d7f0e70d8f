"""What the system administrator looks at: how the queue stands and what failed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from jobs import canary, health, watching
from jobs.canary import Passage
from jobs.models import Job, WorkerSeen, database_time
from jobs.watching import Line

_FAILED_DAYS = 7
_FAILED_SHOWN = 20
_QUEUE_LABELS = {
    "celery": pgettext_lazy("queue", "common"),
    "probes": pgettext_lazy("queue", "probes"),
}


@dataclass(frozen=True)
class KindLine:
    """One kind of job: how many wait, run and failed, and when one was last done."""

    label: str
    queued_count: int
    running_count: int
    failed_count: int
    done_at: dt.datetime | None


@dataclass(frozen=True)
class QueueLine:
    """One queue: how many jobs wait for a worker, since when the oldest, how many are at work."""

    name: str
    waiting_count: int
    running_count: int
    waiting_since: dt.datetime | None

    @property
    def label(self) -> str:
        """What a person calls it."""
        return str(_QUEUE_LABELS.get(self.name, self.name))

    @property
    def age_seconds(self) -> float:
        """How long the oldest job has waited; 0 where none waits."""
        if self.waiting_since is None:
            return 0.0
        return max((timezone.now() - self.waiting_since).total_seconds(), 0.0)


@dataclass(frozen=True)
class WorkerLine:
    name: str
    seen_at: dt.datetime
    is_here: bool


@dataclass(frozen=True)
class Picture:
    at: dt.datetime
    parts: dict[str, bool]
    last_seen: dt.datetime | None
    canary: Passage | None
    queues: list[QueueLine]
    schedule: list[Line]
    kinds: list[KindLine]
    failed: list[Job]
    workers: list[WorkerLine]

    @property
    def waiting_since(self) -> dt.datetime | None:
        return min((one.waiting_since for one in self.queues if one.waiting_since), default=None)

    @property
    def behind(self) -> list[Line]:
        """Lines of the schedule that are late or failed."""
        return [line for line in self.schedule if line.needs_a_look]

    @property
    def canary_late_since(self) -> dt.datetime | None:
        """Since when the newest passage says nothing of now."""
        lines = [line for line in self.schedule if line.beat.kind == canary.KIND]
        return lines[0].standing.late_since if lines else None

    @property
    def is_well(self) -> bool:
        return all(self.parts.values()) and not self.behind


def picture() -> Picture:
    """The whole state in few queries."""
    failed = Job.objects.filter(_failed_lately()).select_related("created_by").order_by("-pk")
    seen = workers()
    return Picture(
        at=timezone.now(),
        parts=health.parts(),
        last_seen=max((one.seen_at for one in seen), default=None),
        canary=canary.newest(),
        queues=queues(),
        schedule=watching.lines(),
        kinds=_kinds(),
        failed=list(failed[:_FAILED_SHOWN]),
        workers=seen,
    )


def queues() -> list[QueueLine]:
    """Every queue that workers take from. A job whose time has not come does not wait."""
    names = [queue.name for queue in settings.CELERY_TASK_QUEUES]
    common = names[0]
    rows: Any = Job.objects.live().annotate(ready_at=Coalesce("lease_until", "created_at"))
    waiting = Q(state=Job.State.QUEUED) & (
        Q(lease_until=None) | Q(lease_until__lte=database_time())
    )
    counted = (
        rows.order_by()
        .values("kind")
        .annotate(
            waiting=Count("pk", filter=waiting),
            running=Count("pk", filter=Q(state=Job.State.RUNNING)),
            since=Min("ready_at", filter=waiting),
        )
    )
    found: dict[str, list[Any]] = {name: [] for name in names}
    for row in counted:
        found.setdefault(settings.JOB_QUEUES.get(row["kind"], common), []).append(row)
    return [
        QueueLine(
            name,
            sum(row["waiting"] for row in lines),
            sum(row["running"] for row in lines),
            min((row["since"] for row in lines if row["since"]), default=None),
        )
        for name, lines in found.items()
    ]


def workers() -> list[WorkerLine]:
    """Those seen lately first; `is_here` by the database's clock."""
    here = set(WorkerSeen.objects.recent().values_list("name", flat=True))
    rows = WorkerSeen.objects.order_by("-seen_at").values_list("name", "seen_at")
    return [WorkerLine(name, seen_at, name in here) for name, seen_at in rows]


def failures(*, hours: int) -> dict[str, int]:
    """How many jobs of each kind failed in the last hours."""
    lately = Job.objects.filter(_failed_since(hours * 3600)).order_by()
    return dict(lately.values_list("kind").annotate(Count("pk")))


def _failed_lately() -> Q:
    return _failed_since(_FAILED_DAYS * 86400)


def _failed_since(seconds: float) -> Q:
    since = database_time(plus_seconds=-seconds)
    return Q(state=Job.State.FAILED, finished_at__gt=since)


def _kinds() -> list[KindLine]:
    rows: Any = Job.objects.values("kind").annotate(
        queued=Count("pk", filter=Q(state=Job.State.QUEUED)),
        running=Count("pk", filter=Q(state=Job.State.RUNNING)),
        failed=Count("pk", filter=_failed_lately()),
        done_at=Max("finished_at", filter=Q(state=Job.State.DONE)),
    )
    return [
        KindLine(
            label=str(settings.JOB_LABELS.get(row["kind"], row["kind"])),
            queued_count=row["queued"],
            running_count=row["running"],
            failed_count=row["failed"],
            done_at=row["done_at"],
        )
        for row in rows.order_by("kind")
    ]
