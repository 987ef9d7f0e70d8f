"""The jobs behind reminders: one makes a day's digests, one sends what waits."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts import audit
from jobs import queue
from jobs.models import Job
from jobs.running import Run
from obligations.reminding import digests, sending
from obligations.today import today

SEND = "obligations.send_reminders"


def remind(run: Run) -> None:
    """Make the digests of `args["on"]`, on that day alone.

    A day that was missed is not made up for: what waits is told, as it then stands, on the next
    working day, by that day's own job.
    """
    on = dt.date.fromisoformat(run.args["on"]) if run.args.get("on") else today()
    if on != today():
        _end(run, _("%(day)s was missed: the next working day's reminders stand for it."), on)
        return
    run.progress(0, 1, _("Gathering what waits for whom…"))
    content = digests.gather(on)
    if not content.is_working_day:
        _end(run, _("%(day)s is a rest day: nobody is reminded."), on)
        return
    told = {"message": _("Reminders of %(day)s were made.") % {"day": on}}
    with run.finishing(result=told):
        count = digests.write(content)
        digests.forget(on=on)
        audit.record_run("remind", by=run.by, detail={"on": on.isoformat(), "digests": count})
        queue.enqueue(SEND, key=on.isoformat())


def send_reminders(run: Run) -> None:
    """Send what is due; what has to wait gets a job of its own, in its time."""
    told = sending.send_due(progress=run.progress)
    words = _("Sent: %(sent)s. Not delivered: %(failed)s.")
    result = {"message": words % {"sent": told.sent, "failed": told.failed}}
    with run.finishing(result=result):
        # A job that still waits will look at everything when its turn comes.
        if told.again_in is not None and not _another_waits():
            queue.enqueue(SEND, delay_seconds=told.again_in)


def _another_waits() -> bool:
    return Job.objects.filter(kind=SEND, state=Job.State.QUEUED).exists()


def _end(run: Run, words: str, on: dt.date) -> None:
    with run.finishing(result={"message": words % {"day": on}}):
        pass
