"""What the system administrator looks at: how the queue stands and what failed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q

from jobs import health
from jobs.models import Job, WorkerSeen, database_time

_FAILED_DAYS = 7
_FAILED_SHOWN = 20


@dataclass(frozen=True)
class KindLine:
    """One kind of job: how many wait, run and failed, and when one was last done."""

    label: str
    queued_count: int
    running_count: int
    failed_count: int
    done_at: dt.datetime | None


@dataclass(frozen=True)
class Picture:
    parts: dict[str, bool]
    waiting_since: dt.datetime | None
    kinds: list[KindLine]
    failed: list[Job]
    workers: list[WorkerSeen]


def picture() -> Picture:
    """The whole state in few queries."""
    waiting = Job.objects.filter(state=Job.State.QUEUED).aggregate(since=Min("created_at"))
    failed = Job.objects.filter(_failed_lately()).select_related("created_by").order_by("-pk")
    return Picture(
        parts=health.parts(),
        waiting_since=waiting["since"],
        kinds=_kinds(),
        failed=list(failed[:_FAILED_SHOWN]),
        workers=list(WorkerSeen.objects.order_by("-seen_at")),
    )


def _failed_lately() -> Q:
    since = database_time(plus_seconds=-_FAILED_DAYS * 86400)
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
