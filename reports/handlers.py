"""What workers do for reports."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from jobs.running import Run
from obligations.today import today
from reports import making, planned, snapshots
from reports.models import Snapshot
from reports.scopes import Scope


def make_report(run: Run) -> None:
    """Take the snapshot once, write its workbook, put it on record. Repeating it is safe."""
    making.sweep()
    run.progress(0, 3, _("Freezing the figures"))
    snapshot = Snapshot.objects.filter(job=run.job).first() or snapshots.take(
        as_of=_day(run), today=today(), by=run.by, scope=Scope.from_args(run.args), job=run.job
    )
    run.progress(1, 3, _("Writing the workbook"))
    written = making.write(snapshot)
    run.progress(3, 3, _("Storing the report"))
    message = _("The report is ready: %(name)s") % {"name": written.name}
    with run.finishing(result={"url": reverse("reports:list"), "message": message}):
        making.record(snapshot, written, by=run.by, job=run.job)
        planned.record(snapshot, job=run.job)


def _day(run: Run) -> dt.date:
    """The day asked for; a schedule's week or month is the one that ended the day before."""
    day = dt.date.fromisoformat(run.args["on"])
    return day - dt.timedelta(days=1) if run.args.get("every") else day
