"""What workers do for obligations; each handler finishes its job in one transaction."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from jobs.running import Run
from obligations import recounting, round_rules
from obligations.importing import keeping, marked, undoing
from obligations.importing.planning import PlanChanged
from obligations.importing.reading import ListReading
from obligations.models import Edition, Import, Recount
from obligations.today import today


def read_list(run: Run) -> None:
    """Read an uploaded list file and keep what was understood for its preview."""
    upload = Import.objects.get(pk=run.args["import"])
    if upload.state != Import.State.READING:
        return
    said_by = run.by if run.args.get("said") else None
    run.progress(0, 1)
    try:
        on = today()
        reading = keeping.understand(upload, on=on)
        copy = marked.store(upload, reading)
        with run.finishing(result=_result(upload)):
            keeping.keep(upload, reading, on=on, said_by=said_by, marked=copy)
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
        copy = marked.store(upload, reading)
        with run.finishing(result=_result(upload)):
            _apply(upload, reading, copy, by=run.by, on=on)
    except RuleViolation as refusal:
        keeping.fail(upload, reason=refusal.sentence)
        raise


def undo_edition(run: Run) -> None:
    """Take an edition back, as a person asked; what stands against it by now fails the job."""
    edition = Edition.objects.select_related("list").get(pk=run.args["edition"])
    count = edition.changes.count()
    run.progress(0, 0, _("Taking back what the edition did to %(count)s items.") % {"count": count})
    address = reverse("obligations:edition", args=[edition.list_id, edition.number])
    result = {"message": _("The edition was taken back."), "url": address}
    with run.finishing(result=result):
        undoing.undo(
            edition,
            by=_person(run),
            on=today(),
            reason=run.args["reason"],
            version=run.args["version"],
        )


def _person(run: Run) -> User:
    """Who asked for it: the machine itself takes nothing back."""
    if run.by is None:
        raise RuleViolation(_("Nobody is named who asked for this."))
    return run.by


def recount(run: Run) -> None:
    """Count dates anew after a calendar or a rule changed; taken up where it was broken off."""
    row = recounting.run(
        Recount.objects.get(pk=run.args["recount"]), on=today(), progress=run.progress
    )
    promised = recounting.let_kinds_recount(on=today())
    said = _("Dates looked at: %(looked_at)s, moved: %(moved)s.") % {
        "looked_at": row.looked_at,
        "moved": row.moved + promised,
    }
    with run.finishing(result={"message": said}):
        recounting.finish(row, by=run.by)


def open_rounds(run: Run) -> None:
    """Open this month's rounds where a rule says so; asked every day, done once a month."""
    with run.finishing():
        round_rules.open_due(on=dt.date.fromisoformat(run.args["on"]))


def _apply(
    upload: Import, reading: ListReading, copy: str, *, by: User | None, on: dt.date
) -> None:
    """Apply, or show again what is no longer as the person saw it."""
    if reading.outcome != "accept":
        keeping.keep(upload, reading, on=on, marked=copy)
        return
    try:
        with transaction.atomic():
            keeping.apply(upload, reading, by=by, on=on)
    except PlanChanged:
        keeping.keep(upload, reading, on=on, changed_meanwhile=True)


def _result(upload: Import) -> dict[str, object]:
    """Where the job's page leads."""
    return {"import": upload.pk, "url": reverse("obligations:import", args=[upload.pk])}
