"""What jobs do with an uploaded list file: understand it, keep what was understood, apply it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from obligations.importing import applying, mappings, planning
from obligations.importing.applying import Applied
from obligations.importing.planning import Target
from obligations.importing.reading import ListReading, read
from obligations.kinds import kinds
from obligations.models import Import

FOLDER = "imports"
SAMPLE_ROWS = 20
# The row keeps the first ones; its plan says how many there are in all.
PROBLEMS_KEPT = 2_000
_State = Import.State
_STATE_OF = {
    "accept": _State.READY,
    "row_errors": _State.ROW_ERRORS,
    "reject": _State.REFUSED,
}


def understand(upload: Import, *, on: dt.date) -> ListReading:
    """Read the stored file. RuleViolation where it is gone or not what was uploaded."""
    return read(
        bytes_of(upload),
        name=upload.file_name,
        kind=kinds()[upload.kind],
        on=on,
        issued_on=upload.issued_on,
        sheet=upload.sheet,
        mapping=upload.mapping,
        first_leads=upload.first_leads,
        allow_unresolved=upload.allow_unresolved,
    )


def keep(
    upload: Import,
    reading: ListReading,
    *,
    on: dt.date,
    said_by: User | None = None,
    marked: str = "",
    changed_meanwhile: bool = False,
) -> None:
    """Write what was understood on the row, in the caller's transaction. `marked`: the path of
    the copy whose faulty cells are marked; `said_by`: who said just now what its columns mean.

    The bytes of a secret file are erased before the row says so: should this transaction fail,
    the file is gone all the same.
    """
    row = Import.objects.select_for_update().get(pk=upload.pk)
    if row.state not in (_State.READING, _State.APPLYING):
        return
    plan = _plan(row, reading, on=on)
    if said_by is not None:
        mappings.remember(reading, file_name=row.file_name, by=said_by)
    if reading.is_secret:
        filing.erase(row.path)
        row.path = row.sha256 = ""
        row.mapping = {}
    filing.erase(row.marked_path)
    row.marked_path = marked
    _note(row, reading)
    row.plan = {**plan, "problem_count": len(reading.problems)}
    if changed_meanwhile:
        row.plan["changed_meanwhile"] = True
    row.failure = ""
    row.version += 1
    row.save()


def _plan(row: Import, reading: ListReading, *, on: dt.date) -> dict[str, Any]:
    """What applying would do; nothing where the file has problems."""
    if reading.outcome != "accept":
        return {}
    return planning.preview(
        reading,
        target=target_of(row),
        by=row.created_by,
        keep_missing=row.keep_missing,
        replacements=row.replacements,
        on=on,
    ).as_json()


def _note(row: Import, reading: ListReading) -> None:
    row.state = _STATE_OF[reading.outcome]
    row.row_count = reading.row_count
    row.problems = as_json(reading.problems[:PROBLEMS_KEPT])
    row.warnings = as_json(reading.warnings)
    row.unresolved = as_json(reading.unresolved)
    row.layout = {} if reading.is_secret else reading.layout
    row.sample = [dict(shown) for shown in reading.rows[:SAMPLE_ROWS]]


def apply(upload: Import, reading: ListReading, *, by: User | None, on: dt.date) -> Applied:
    """Apply what was confirmed, in the caller's transaction; planning.PlanChanged where the list
    is no longer what the person was shown."""
    row = Import.objects.select_for_update().get(pk=upload.pk)
    if row.state != _State.APPLYING:
        raise RuleViolation(_("This file is not waiting to be applied: look at its page again."))
    applied = applying.apply(
        reading,
        target=target_of(row),
        by=by,
        on=on,
        source_name=row.file_name,
        source_sha256=row.sha256,
        keep_missing=row.keep_missing,
        replacements=row.replacements,
        expected=str(row.plan.get("digest", "")),
    )
    row.state, row.applied_list, row.edition = _State.APPLIED, applied.list, applied.edition
    row.plan = {**row.plan, "changed_nothing": applied.changed_nothing}
    row.version += 1
    row.save()
    return applied


def fail(upload: Import, *, reason: str) -> None:
    """The job could not do its work for a reason that a person can act on."""
    Import.objects.filter(pk=upload.pk, state__in=(_State.READING, _State.APPLYING)).update(
        state=_State.FAILED, failure=reason
    )


def sweep() -> int:
    """Remove files that no import knows, left behind by work that stopped; how many."""
    paths = Import.objects.values_list("path", "marked_path")
    return filing.sweep(FOLDER, known={path for pair in paths for path in pair if path})


def target_of(upload: Import) -> Target:
    """The list that the upload belongs to."""
    return Target(upload.batch, upload.level, upload.issuer, upload.issued_on)


def as_json(findings: Iterable[Any]) -> list[dict[str, Any]]:
    """Problems or notices as JSON values."""
    return [asdict(finding) for finding in findings]


def bytes_of(upload: Import) -> bytes:
    """The stored file. RuleViolation where it is gone or was altered."""
    gone = _("The file is no longer kept. Please upload it again.")
    if not upload.path:
        raise RuleViolation(gone)
    try:
        return filing.read_whole(upload.path, sha256=upload.sha256)
    except filing.Unsound as unsound:
        altered = _("The stored file was altered. Please upload it again.")
        raise RuleViolation(altered if unsound.why == "altered" else gone) from unsound
