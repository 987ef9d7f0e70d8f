"""An uploaded list file on its way: received, read by a job, confirmed, applied by a job.

The web process stores bytes and moves states; jobs parse and write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import User
from jobs.models import Job
from jobs.queue import enqueue
from obligations import filing
from obligations.importing import applying, planning
from obligations.importing.applying import Applied
from obligations.importing.planning import Target
from obligations.importing.reading import ListReading, read
from obligations.kinds import kinds
from obligations.models import Import
from obligations.tables import gate, limits
from obligations.tables.findings import Refused

READ_JOB = "obligations.read_list"
APPLY_JOB = "obligations.import"
SAMPLE_ROWS = 20
CHOICES = frozenset(
    {"sheet", "mapping", "first_leads", "allow_unresolved", "keep_missing", "replacements"}
)
_FOLDER = "imports"
# The row keeps the first ones; its plan says how many there are in all.
PROBLEMS_KEPT = 2_000
_State = Import.State
_STATE_OF = {
    "accept": _State.READY,
    "row_errors": _State.ROW_ERRORS,
    "reject": _State.REFUSED,
}


def receive(
    file: IO[bytes], *, name: str, kind: str, target: Target, by: User, sheet: str = ""
) -> Import:
    """Store the file and have it read; the returned row says READING until the job is done.

    RuleViolation, with `facts["kind"]` as for a refused file, for a bad name or too many bytes.
    """
    permissions.require(by, "import_list")
    _require_known(kind, target)
    _require_receivable(file, name)
    stored = filing.store(file, folder=_FOLDER, max_bytes=limits.FILE_BYTES)
    try:
        with transaction.atomic():
            upload = Import.objects.create(
                kind=kind,
                level=target.level,
                issuer=target.issuer,
                batch=target.batch,
                issued_on=target.issued_on,
                sheet=sheet,
                file_name=name,
                path=stored.path,
                size=stored.size,
                sha256=stored.sha256,
                created_by=by,
            )
            _enqueue(upload, READ_JOB, by=by)
    except BaseException:
        filing.erase(stored.path)
        raise
    return upload


def read_again(upload: Import, *, by: User, version: int | None, **choices: Any) -> Import:
    """Read the stored file anew with what a person chose: `sheet`, `mapping`, `first_leads`,
    `allow_unresolved`, `keep_missing`, `replacements`; the rest stays as it was."""
    permissions.require(by, "import_list")
    if choices.keys() - CHOICES:
        raise TypeError(f"not a choice of an import: {choices.keys() - CHOICES}")
    with transaction.atomic():
        row = _locked(upload, version=version)
        _require_state(row, (_State.READY, _State.ROW_ERRORS, _State.REFUSED, _State.FAILED))
        if not row.path:
            raise RuleViolation(_("The file is no longer kept. Please upload it again."))
        row.state = _State.READING
        for name, value in choices.items():
            setattr(row, name, value)
        _enqueue(row, READ_JOB, by=by)
    return row


def confirm(upload: Import, *, by: User, version: int | None) -> Import:
    """Have the file applied; only what was read without problems."""
    permissions.require(by, "import_list")
    with transaction.atomic():
        row = _locked(upload, version=version)
        _require_state(row, (_State.READY,))
        row.state = _State.APPLYING
        _enqueue(row, APPLY_JOB, by=by)
    return row


def discard(upload: Import, *, by: User, version: int | None) -> Import:
    """Give the import up and erase its file."""
    permissions.require(by, "import_list")
    with transaction.atomic():
        row = _locked(upload, version=version)
        _require_state(row, set(_State) - {_State.APPLYING, _State.APPLIED, _State.DISCARDED})
        path, row.path, row.state, row.sample = row.path, "", _State.DISCARDED, []
        row.save()
    filing.erase(path)
    return row


def understand(upload: Import, *, on: dt.date) -> ListReading:
    """Read the stored file. RuleViolation where it is gone or not what was uploaded."""
    data = _bytes_of(upload)
    return read(
        data,
        name=upload.file_name,
        kind=kinds()[upload.kind],
        on=on,
        issued_on=upload.issued_on,
        sheet=upload.sheet,
        first_leads=upload.first_leads,
        allow_unresolved=upload.allow_unresolved,
    )


def keep(upload: Import, reading: ListReading) -> None:
    """Write what was understood on the row, in the caller's transaction.

    The bytes of a secret file are erased before the row says so: should this transaction fail,
    the file is gone all the same.
    """
    row = Import.objects.select_for_update().get(pk=upload.pk)
    if row.state not in (_State.READING, _State.APPLYING):
        return
    plan: dict[str, Any] = {}
    if reading.outcome == "accept":
        plan = planning.preview(reading, target=target_of(row), by=row.created_by).as_json()
    if reading.is_secret:
        filing.erase(row.path)
        row.path = row.sha256 = ""
    row.state = _STATE_OF[reading.outcome]
    row.row_count = reading.row_count
    row.problems = as_json(reading.problems[:PROBLEMS_KEPT])
    row.warnings = as_json(reading.warnings)
    row.unresolved, row.layout = as_json(reading.unresolved), reading.layout
    row.sample = [dict(shown) for shown in reading.rows[:SAMPLE_ROWS]]
    row.plan = {**plan, "problem_count": len(reading.problems)}
    row.failure = ""
    row.version += 1
    row.save()


def sweep() -> int:
    """Remove files that no import knows, left behind by work that stopped; how many."""
    return filing.sweep(
        _FOLDER, known=Import.objects.exclude(path="").values_list("path", flat=True)
    )


def apply(upload: Import, reading: ListReading, *, by: User | None, on: dt.date) -> Applied:
    """Apply what was confirmed, in the caller's transaction."""
    row = Import.objects.select_for_update().get(pk=upload.pk)
    _require_state(row, (_State.APPLYING,))
    applied = applying.apply(
        reading,
        target=target_of(row),
        by=by,
        on=on,
        source_name=row.file_name,
        source_sha256=row.sha256,
    )
    row.state, row.applied_list = _State.APPLIED, applied.list
    row.version += 1
    row.save()
    return applied


def fail(upload: Import, *, reason: str) -> None:
    """The job could not do its work for a reason that a person can act on."""
    Import.objects.filter(pk=upload.pk, state__in=(_State.READING, _State.APPLYING)).update(
        state=_State.FAILED, failure=reason
    )


def target_of(upload: Import) -> Target:
    """The list that the upload belongs to."""
    return Target(upload.batch, upload.level, upload.issuer, upload.issued_on)


def as_json(findings: Iterable[Any]) -> list[dict[str, Any]]:
    """Problems or notices as JSON values."""
    return [asdict(finding) for finding in findings]


def _require_known(kind: str, target: Target) -> None:
    if kind not in kinds():
        raise RuleViolation(_("Choose which kind of list the file holds."))
    planning.require_possible(target)


def _require_receivable(file: IO[bytes], name: str) -> None:
    """What needs no parsing is refused at once."""
    try:
        gate.check_name(name)
        gate.check_size(file.seek(0, 2))
    except Refused as refused:
        raise RuleViolation(refused.message, facts={"kind": refused.kind}) from refused


def _enqueue(row: Import, job: str, *, by: User) -> None:
    key = f"import {row.pk} {row.version}"
    row.job_id = enqueue(job, key=key, args={"import": row.pk}, by=by).pk
    row.version += 1
    row.save()


def _locked(upload: Import, *, version: int | None) -> Import:
    row = Import.objects.select_for_update().get(pk=upload.pk)
    if version is None:
        raise VersionMissing(_("Say which version of the import this decision is about."))
    if row.version != version:
        raise StaleVersion(
            _("The import has changed since you looked at it: look again, then decide."),
            facts={"version": row.version},
        )
    if row.state in (_State.READING, _State.APPLYING) and not _is_at_work(row):
        row.state = _State.FAILED
    return row


def _is_at_work(row: Import) -> bool:
    """Whether the import's job can still change it."""
    return row.job_id is not None and Job.objects.live().filter(pk=row.job_id).exists()


def _require_state(row: Import, states: Iterable[str]) -> None:
    if row.state not in states:
        raise RuleViolation(
            _("This cannot be done while the import is “%(state)s”.")
            % {"state": row.get_state_display()}
        )


def _bytes_of(upload: Import) -> bytes:
    gone = _("The file is no longer kept. Please upload it again.")
    if not upload.path:
        raise RuleViolation(gone)
    try:
        data = filing.absolute(upload.path).read_bytes()
    except FileNotFoundError as error:
        raise RuleViolation(gone) from error
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        raise RuleViolation(_("The stored file was altered. Please upload it again."))
    return data
