"""What workers do for obligations; each handler finishes its job in one transaction."""

from __future__ import annotations

from django.urls import reverse

from accounts.errors import RuleViolation
from jobs.running import Run
from obligations.importing import keeping
from obligations.models import Import
from obligations.today import today


def read_list(run: Run) -> None:
    """Read an uploaded list file and keep what was understood for its preview."""
    upload = Import.objects.get(pk=run.args["import"])
    if upload.state != Import.State.READING:
        return
    run.progress(0, 1)
    try:
        reading = keeping.understand(upload, on=today())
        with run.finishing(result=_result(upload)):
            keeping.keep(upload, reading)
    except RuleViolation as refusal:
        keeping.fail(upload, reason=refusal.sentence)
        raise


def import_list(run: Run) -> None:
    """Apply a confirmed list file; what no longer reads without problems is shown again."""
    upload = Import.objects.get(pk=run.args["import"])
    if upload.state != Import.State.APPLYING:
        return
    on = today()
    run.progress(0, 2)
    try:
        reading = keeping.understand(upload, on=on)
        run.progress(1, 2)
        with run.finishing(result=_result(upload)):
            if reading.outcome == "accept":
                keeping.apply(upload, reading, by=run.by, on=on)
            else:
                keeping.keep(upload, reading)
    except RuleViolation as refusal:
        keeping.fail(upload, reason=refusal.sentence)
        raise


def _result(upload: Import) -> dict[str, object]:
    """Where the job's page leads."""
    return {"import": upload.pk, "url": reverse("obligations:import", args=[upload.pk])}
