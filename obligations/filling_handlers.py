"""What workers do with workbooks that departments hand in."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from jobs.running import Run
from obligations.filling import keeping
from obligations.models import FillingUpload
from obligations.today import today


def read_filling(run: Run) -> None:
    """Read a workbook and keep what it would change, for its preview."""
    upload = _upload(run)
    if upload.state != FillingUpload.State.READING:
        return
    run.progress(0, 1)
    try:
        by = _person(run)
        understood = keeping.understand(upload, by=by, on=today(), progress=run.progress)
        with run.finishing(result=_result(upload)):
            keeping.keep(upload, understood)
    except (RuleViolation, PermissionDenied) as refusal:
        keeping.fail(upload, reason=str(refusal))
        raise
    keeping.sweep()


def apply_filling(run: Run) -> None:
    """Apply a confirmed workbook, all or nothing."""
    upload = _upload(run)
    if upload.state != FillingUpload.State.APPLYING:
        return
    run.progress(0, 1)
    try:
        by = _person(run)
        with run.finishing(result=_result(upload)):
            keeping.apply(upload, by=by, on=today(), progress=run.progress)
    except (RuleViolation, PermissionDenied) as refusal:
        keeping.fail(upload, reason=str(refusal))
        raise


def _upload(run: Run) -> FillingUpload:
    return FillingUpload.objects.select_related("department").get(pk=run.args["filling"])


def _person(run: Run) -> User:
    """Whoever confirmed; their department is what counts, as it is now."""
    if run.by is None:
        raise RuleViolation(_("Nobody is named in whose name this is done: upload it again."))
    return run.by


def _result(upload: FillingUpload) -> dict[str, object]:
    """Where the job's page leads."""
    return {"filling": upload.pk, "url": reverse("obligations:filling-upload", args=[upload.pk])}
