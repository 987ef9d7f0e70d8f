"""The metronome: for every period that has come due, is there a row?"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.utils import timezone
from django.utils.module_loading import import_string

from jobs import periods, queue
from jobs.models import Job
from jobs.periods import Beat, Period


class _Installation:
    at: dt.datetime | None = None


def tick(*, now: dt.datetime | None = None, since: dt.datetime | None = None) -> list[Job]:
    """Enqueue every period that has come due since the installation and has no job yet."""
    local_now = timezone.localtime(now)
    local_since = timezone.localtime(since or installed_at())
    made: list[Job] = []
    for line in settings.JOB_SCHEDULE.values():
        beat = Beat.from_settings(line)
        missing = _missing(beat, periods.due(beat, since=local_since, now=local_now))
        if missing and _has_work(beat):
            made += [_enqueue(beat, period) for period in missing]
    return made


def _has_work(beat: Beat) -> bool:
    return not beat.only_if or bool(import_string(beat.only_if)())


def _enqueue(beat: Beat, period: Period) -> Job:
    args = {"on": period.on.isoformat(), "every": beat.every}
    return queue.enqueue(beat.kind, key=beat.key, period=period.name, args=args)


def installed_at() -> dt.datetime:
    """When the first table was made: nothing was due before. Asked once; it never changes."""
    if _Installation.at is None:
        applied = MigrationRecorder(connection).migration_qs.aggregate(first=Min("applied"))
        _Installation.at = applied["first"]
    return _Installation.at or timezone.now()


def _missing(beat: Beat, due: list[Period]) -> list[Period]:
    names = [period.name for period in due]
    there = set(
        Job.objects.filter(kind=beat.kind, period__in=names).values_list("period", flat=True)
    )
    return [period for period in due if period.name not in there]
