"""What workers do with deliveries: read and take over logs, look into the folder, keep promises."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from jobs.running import Run
from obligations.today import today
from sharing_lists import deliveries, following, inbox, log_keeping
from sharing_lists.models import DeliveryLog


def read_log(run: Run) -> None:
    """Read a log and keep what was understood for its preview."""
    log = DeliveryLog.objects.get(pk=run.args["log"])
    if log.state != DeliveryLog.State.READING:
        return
    run.progress(0, 1)
    try:
        reading = log_keeping.understand(log, now=timezone.now())
    except RuleViolation as refusal:
        log_keeping.fail(log, reason=str(refusal))
        raise
    said_by = run.by if run.args.get("said") else None
    with run.finishing(result=_result(log)):
        log_keeping.keep(log, reading, said_by=said_by, on=today())


def apply_log(run: Run) -> None:
    """Take over a confirmed log; what no longer reads without problems is shown again."""
    log = DeliveryLog.objects.get(pk=run.args["log"])
    if log.state != DeliveryLog.State.APPLYING:
        return
    run.progress(0, 1)
    try:
        reading = log_keeping.understand(log, now=timezone.now())
        if reading.outcome != "accept":
            raise RuleViolation(_("The file no longer reads without problems: upload it again."))
        with run.finishing(result=_result(log)):
            log_keeping.apply(log, reading, by=run.by, on=today())
    except (RuleViolation, PermissionDenied) as refusal:
        log_keeping.fail(log, reason=str(refusal))
        raise


def take_from_inbox(run: Run) -> None:
    """Take over what lies in the watched folder; each file is a transaction of its own."""
    taken = inbox.take(by=run.by, now=timezone.now(), on=today())
    said = _("Files taken over: %(done)s, refused: %(refused)s; new deliveries: %(new)s.") % {
        "done": len(taken.done),
        "refused": len(taken.refused),
        "new": taken.new,
    }
    with run.finishing(result={"message": said, "url": reverse("sharing_lists:logs")}):
        pass


def settle_receipts(run: Run) -> None:
    """Write the dates that receipts moved; whatever was kept meanwhile is done as well."""
    looked_at = deliveries.settle_kept(on=today())
    said = _("Obligations with new receipts: %(count)s.") % {"count": looked_at}
    with run.finishing(result={"message": said}):
        pass


def keep_promises(run: Run) -> None:
    """Count every promise anew, as after a rule or a list changed."""
    deliveries.settle_kept(on=today())
    moved = following.recount(today())
    said = _("Dates of promises that moved: %(moved)s.") % {"moved": moved}
    with run.finishing(result={"message": said}):
        pass


def _result(log: DeliveryLog) -> dict[str, object]:
    """Where the job's page leads."""
    return {"log": log.pk, "url": reverse("sharing_lists:log", args=[log.pk])}
