"""What workers do for the other forms of reports."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Department, User
from jobs.running import Run
from reports import excerpts, form_making
from reports.models import Snapshot


def make_form(run: Run) -> None:
    """Write one form of a snapshot and put it on record. Repeating it is safe."""
    form = run.args["form"]
    run.progress(0, 2, _("Gathering the figures"))
    source = snapshot = Snapshot.objects.get(pk=run.args["snapshot"])
    if run.args["department"]:
        department = Department.objects.get(pk=run.args["department"])
        snapshot = excerpts.take(source, department, by=run.by)
    run.progress(1, 2, _("Writing the document"))
    written = form_making.write(snapshot, form)
    run.progress(2, 2, _("Storing the report"))
    message = _("The report is ready: %(name)s") % {"name": written.name}
    with run.finishing(result={"url": _place(run, source), "message": message}):
        form_making.record_once(snapshot, written, by=run.by, job=run.job)


def _place(run: Run, source: Snapshot) -> str:
    """Where the asker finds it: departments do not see the report that theirs was taken from."""
    if run.by is not None and run.by.role in User.OF_A_DEPARTMENT and run.args["department"]:
        return reverse("reports:own")
    first = source.reports.order_by("pk").first()
    return reverse("reports:forms", args=[first.pk]) if first else reverse("reports:list")
