"""What workers do for reports."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from jobs.claiming import LeaseLost
from jobs.running import Run
from obligations.today import today
from reports import making, planned, snapshots
from reports.models import Snapshot
from reports.scopes import Scope

# Of a hundred parts of the bar, so many are for freezing; the rest go by rows that are written.
_FREEZING = 30
_STEPS = 5


def make_report(run: Run) -> None:
    """Take the snapshot once, write its workbook, put it on record. Repeating it is safe, and of
    what is cancelled nothing is left behind."""
    making.sweep()
    snapshots.discard_cancelled()
    try:
        _make(run)
    except LeaseLost:
        snapshots.discard_cancelled()
        raise


def _make(run: Run) -> None:
    watch = _Watch(run)
    snapshot = Snapshot.objects.filter(job=run.job).first() or snapshots.take(
        as_of=_day(run),
        today=today(),
        by=run.by,
        scope=Scope.from_args(run.args),
        job=run.job,
        heed=watch,
    )
    made = making.made_of(snapshot)
    if made is not None:
        with run.finishing(result=_result(made.name)):
            planned.record(snapshot, job=run.job)
        return
    watch.expect(making.rows_of(snapshot))
    written = making.write(snapshot, heed=watch)
    run.progress(100, 100, _("Storing the report"))
    try:
        with run.finishing(result=_result(written.name)):
            making.record(snapshot, written, by=run.by, job=run.job)
            planned.record(snapshot, job=run.job)
    except LeaseLost:
        making.erase(written)
        raise


def remake_workbook(run: Run) -> None:
    """Write the workbook of a snapshot that is not published once more, in the old one's place."""
    making.sweep()
    watch = _Watch(run)
    snapshot = Snapshot.objects.get(pk=run.args["snapshot"])
    watch.expect(making.rows_of(snapshot))
    written = making.write(snapshot, heed=watch)
    try:
        with run.finishing(result=_result(written.name)):
            making.replace(snapshot, written, by=run.by, job=run.job)
    except (LeaseLost, RuleViolation):
        making.erase(written)
        raise


def _result(name: str) -> dict[str, str]:
    message = _("The report is ready: %(name)s") % {"name": name}
    return {"url": reverse("reports:list"), "message": message}


class _Watch:
    """Shows how far a report is, and gives it up where its job was cancelled."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._steps = self._rows = self._expected = 0

    def expect(self, rows: int) -> None:
        """From now on rows are written, so many in all."""
        self._expected = rows
        self(_("Writing the workbook"))

    def __call__(self, step: str = "", *, rows: int = 0) -> None:
        self._run.go_on()
        self._rows += rows
        if self._expected:
            part = min(self._rows / self._expected, 1)
            said = {"done": f"{self._rows:,}", "all": f"{self._expected:,}"}
            message = _("Writing the workbook: row %(done)s of %(all)s") % said
            self._run.progress(_FREEZING + int(part * (99 - _FREEZING)), 100, message)
        elif step:
            self._steps += 1
            self._run.progress(self._steps * _FREEZING // _STEPS, 100, step)


def _day(run: Run) -> dt.date:
    """The day asked for; a schedule's week or month is the one that ended the day before."""
    day = dt.date.fromisoformat(run.args["on"])
    return day - dt.timedelta(days=1) if run.args.get("every") else day
