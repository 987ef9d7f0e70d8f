"""The jobs of system docking: a round of probes, and what is tidied each night."""

from __future__ import annotations

import datetime as dt
import time

from django.utils import timezone
from django.utils.translation import gettext as _

from docking import availability, tidying
from docking.probing import asking, rounds
from docking.probing.questions import Limits
from jobs.models import Job
from jobs.running import Run


def probe(run: Run) -> None:
    """Ask every endpoint that may be asked. A worker that is killed leaves nothing half written."""
    if _is_overtaken(run.job):
        with run.finishing(result={"message": _("A newer round was due already.")}):
            return
    if run.job.attempts > 1:
        # Who asked before us may have been killed a moment ago.
        time.sleep(Limits().spacing)
    at = timezone.now()
    questions = rounds.choose(at=at)
    total = len(questions)
    answers = asking.ask_all(questions, tell=lambda done: run.progress(done, total))
    result = {"message": _("Probed: %(count)s") % {"count": len(answers)}}
    with run.finishing(result=result):
        rounds.write(answers, at=at, over_at=timezone.now())


def tidy(run: Run) -> None:
    """Close the sums of past days, thin what is old."""
    on = dt.date.fromisoformat(run.args["on"])
    removed = tidying.thin(on=on)
    with run.finishing(result={"message": _("Removed: %(count)s") % {"count": removed}}):
        tidying.close_days(on=on)
        tidying.drop_jobs(availability.JOB, on=on)


def _is_overtaken(job: Job) -> bool:
    """Rounds that nobody ran while workers were down are not made up for."""
    newer = Job.objects.live().filter(kind=job.kind, period__gt=job.period)
    return bool(job.period) and newer.exists()
