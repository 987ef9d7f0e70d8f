"""What a person does with a workbook that comes back: bring it, confirm, discard.

The web process stores bytes and moves states; jobs read and write (keeping).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs.queue import enqueue
from obligations import filing, uploading
from obligations.filing import Stored
from obligations.filling import applying, keeping, reading
from obligations.filling.comparing import Change
from obligations.filling.keeping import FOLDER
from obligations.models import FillingUpload

READ_JOB = "obligations.read_filling"
APPLY_JOB = "obligations.apply_filling"
_State = FillingUpload.State


def receive(file: IO[bytes], *, name: str, by: User) -> FillingUpload:
    """Store the workbook and have it read; RuleViolation for what needs no parsing to refuse."""
    permissions.require(by, "upload_workbook")
    if by.department_id is None:
        raise RuleViolation(_("Your account belongs to no department."))
    stored = _store(file, name)
    try:
        with transaction.atomic():
            upload = FillingUpload.objects.create(
                department_id=by.department_id,
                file_name=name,
                path=stored.path,
                size=stored.size,
                sha256=stored.sha256,
                created_by=by,
            )
            detail = {"name": name, "size": stored.size, "sha256": stored.sha256}
            _record(upload, verb="upload_workbook", by=by, **detail)
            _enqueue(upload, READ_JOB, by=by)
    except BaseException:
        filing.erase(stored.path)
        raise
    return upload


def confirm(
    upload: FillingUpload,
    *,
    by: User,
    version: int | None,
    everywhere: str = "",
    choices: Mapping[str, str] | None = None,
) -> FillingUpload:
    """Have the changes applied. `choices`: whose word holds, by obligation; `everywhere`, where
    nothing is said of one. RuleViolation while a conflict is undecided."""
    permissions.require(by, "upload_workbook")
    with transaction.atomic():
        row = uploading.locked(upload, version=version)
        uploading.require_state(row, (_State.READY,))
        changes = keeping.changes_of(row)
        row.choices = _decided(changes, everywhere, choices or {})
        applying.require_decided(changes, row.choices)
        row.state = _State.APPLYING
        _enqueue(row, APPLY_JOB, by=by)
    return row


def discard(upload: FillingUpload, *, by: User, version: int | None) -> FillingUpload:
    """Put the file aside; nothing of it is applied."""
    permissions.require(by, "upload_workbook")
    with transaction.atomic():
        row = uploading.locked(upload, version=version)
        uploading.require_state(
            row, set(_State) - {_State.APPLYING, _State.APPLIED, _State.DISCARDED}
        )
        path, row.path, row.state = row.path, "", _State.DISCARDED
        row.answers, row.changes = [], []
        row.version += 1
        row.save()
        _record(row, verb="discard_workbook", by=by)
    filing.erase(path)
    return row


def _store(file: IO[bytes], name: str) -> Stored:
    if not name.lower().endswith(".xlsx"):
        raise RuleViolation(reading.save_as_xlsx(), facts={"kind": "unsupported_type"})
    return uploading.store(file, name, folder=FOLDER)


def _decided(
    changes: Iterable[Change], everywhere: str, choices: Mapping[str, str]
) -> dict[str, str]:
    known = (applying.MINE, applying.THEIRS)
    said = {str(one.pk): choices.get(str(one.pk)) or everywhere for one in changes if one.conflicts}
    return {key: choice for key, choice in said.items() if choice in known}


def _enqueue(row: FillingUpload, job: str, *, by: User) -> None:
    key = f"filling {row.pk} {row.version}"
    row.job_id = enqueue(job, key=key, args={"filling": row.pk}, by=by).pk
    row.version += 1
    row.save()


def _record(row: FillingUpload, *, verb: str, by: User, **detail: object) -> None:
    audit.record(row, verb=verb, by=by, detail=detail, department_id=row.department_id)
