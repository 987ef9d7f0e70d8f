"""The canary: a job every minute that does nothing but go the whole way from row to worker."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from jobs.models import Job, database_time

KIND = "jobs.canary"
# What passed longer ago tells nobody anything.
_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Passage:
    """When the newest canary came through, and how long it took from the row to the end."""

    done_at: dt.datetime
    seconds: float


def newest() -> Passage | None:
    """None where none has come through lately."""
    done = Job.objects.exclude(period="").filter(kind=KIND, state=Job.State.DONE)
    job = done.order_by("-period").only("created_at", "finished_at").first()
    if job is None or job.finished_at is None:
        return None
    # A clock that was set back meanwhile must not make it less than nothing.
    seconds = max((job.finished_at - job.created_at).total_seconds(), 0.0)
    return Passage(job.finished_at, seconds)


def tidy() -> int:
    """Remove canaries that ended more than a day ago, the failed ones too; how many."""
    old = Job.objects.filter(kind=KIND).exclude(state__in=Job.LIVE)
    return old.filter(finished_at__lt=database_time(plus_seconds=-_KEPT_SECONDS)).delete()[0]
