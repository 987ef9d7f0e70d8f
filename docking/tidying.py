"""What probes leave behind in time: single results for 90 days, the sums of days for ever."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Avg, OuterRef, Subquery
from django.db.models.functions import Round

from docking.models import ProbeDay, ProbeResult
from jobs.models import Job
from obligations.today import SHANGHAI

RESULT_DAYS = 90
# Rounds leave a job every five minutes; what they saw stands in the results.
JOB_DAYS = 7
_CHUNK = 5000


def close_days(*, on: dt.date) -> int:
    """Write the mean latency of the days that are over. Returns how many sums got one."""
    open_days: Any = ProbeDay.objects.filter(day__lt=on, latency_ms=None, up_count__gt=0)
    closed = 0
    for day in list(open_days.order_by("day").values_list("day", flat=True).distinct()):
        begin = _midnight(day)
        answered = ProbeResult.objects.filter(
            endpoint=OuterRef("endpoint"),
            outcome="up",
            at__gte=begin,
            at__lt=begin + dt.timedelta(days=1),
        )
        mean = answered.order_by().values("endpoint").annotate(mean=Round(Avg("latency_ms")))
        closed += open_days.filter(day=day).update(latency_ms=Subquery(mean.values("mean")))
    return closed


def thin(*, on: dt.date) -> int:
    """Remove single results of more than 90 days ago; how many. Their days' sums stay."""
    old = ProbeResult.objects.filter(at__lt=_midnight(on - dt.timedelta(days=RESULT_DAYS)))
    removed = 0
    while True:
        # In short statements, so that a round can write between them.
        keys = list(old.order_by("at").values_list("pk", flat=True)[:_CHUNK])
        if not keys:
            return removed
        for start in range(0, len(keys), 500):
            removed += ProbeResult.objects.filter(pk__in=keys[start : start + 500]).delete()[0]


def drop_jobs(kind: str, *, on: dt.date) -> int:
    """Remove done rounds of more than a week ago; failed ones stay."""
    done = Job.objects.filter(kind=kind, state=Job.State.DONE)
    old = done.filter(finished_at__lt=_midnight(on - dt.timedelta(days=JOB_DAYS)))
    return old.delete()[0]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)
