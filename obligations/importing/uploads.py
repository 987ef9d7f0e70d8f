"""What a person does with an uploaded list file: bring it, choose, replace, confirm, discard.

The web process stores bytes and moves states; jobs parse and write (keeping).
"""

from __future__ import annotations

from functools import partial
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs.queue import enqueue
from obligations import filing, uploading
from obligations.importing import mappings, planning
from obligations.importing.keeping import FOLDER
from obligations.importing.planning import Target
from obligations.kinds import kinds
from obligations.models import Import

READ_JOB = "obligations.read_list"
APPLY_JOB = "obligations.import"
CHOICES = frozenset(
    {"sheet", "mapping", "first_leads", "allow_unresolved", "keep_missing", "replacements"}
)
_State = Import.State
_READABLE = (_State.READY, _State.ROW_ERRORS, _State.REFUSED, _State.FAILED)


def receive(
    file: IO[bytes], *, name: str, kind: str, target: Target, by: User, **choices: Any
) -> Import:
    """Store the file and have it read; the returned row says READING until the job is done.

    `choices` as for `read_again`. RuleViolation, with `facts["kind"]` as for a refused file, for
    a bad name or too many bytes.
    """
    permissions.require(by, "import_list")
    _require_choices(choices)
    _require_known(kind, target)
    mappings.require_possible(choices.get("mapping", {}), kind=kind)
    stored = uploading.store(file, name, folder=FOLDER)
    try:
        with transaction.atomic():
            upload = Import.objects.create(
                kind=kind,
                level=target.level,
                issuer=target.issuer,
                batch=target.batch,
                issued_on=target.issued_on,
                file_name=name,
                path=stored.path,
                size=stored.size,
                sha256=stored.sha256,
                created_by=by,
                **choices,
            )
            _enqueue(upload, READ_JOB, by=by, said=bool(choices.get("mapping")))
    except BaseException:
        filing.erase(stored.path)
        raise
    return upload


def replace(upload: Import, file: IO[bytes], *, name: str, by: User, version: int | None) -> Import:
    """Put a corrected file in the place of the one that had problems, and have it read."""
    permissions.require(by, "import_list")
    stored = uploading.store(file, name, folder=FOLDER)
    try:
        with transaction.atomic():
            row = uploading.locked(upload, version=version)
            uploading.require_state(row, _READABLE)
            before = (row.path, row.marked_path)
            row.path, row.size, row.sha256 = stored.path, stored.size, stored.sha256
            row.file_name, row.marked_path = name, ""
            # What a person said of the columns is remembered by the header, not by the file.
            row.mapping, row.replacements = {}, {}
            row.state = _State.READING
            _enqueue(row, READ_JOB, by=by)
            for path in before:
                transaction.on_commit(partial(filing.erase, path))
    except BaseException:
        filing.erase(stored.path)
        raise
    return row


def read_again(upload: Import, *, by: User, version: int | None, **choices: Any) -> Import:
    """Read the stored file anew with what a person chose: `sheet`, `mapping`, `first_leads`,
    `allow_unresolved`, `keep_missing`, `replacements`; the rest stays as it was, but that what was
    said of the columns of one sheet is not said of another."""
    permissions.require(by, "import_list")
    _require_choices(choices)
    mappings.require_possible(choices.get("mapping", {}), kind=upload.kind)
    if choices.get("sheet", upload.sheet) != upload.sheet:
        choices = {"mapping": {}, **choices}
    with transaction.atomic():
        row = uploading.locked(upload, version=version)
        uploading.require_state(row, _READABLE)
        if not row.path:
            raise RuleViolation(_("The file is no longer kept. Please upload it again."))
        row.state = _State.READING
        for name, value in choices.items():
            setattr(row, name, value)
        _enqueue(row, READ_JOB, by=by, said=bool(choices.get("mapping")))
    return row


def forget_columns(upload: Import, *, by: User, version: int | None) -> Import:
    """Forget what earlier files taught of this header, and read the file without it."""
    with transaction.atomic():
        row = read_again(upload, by=by, version=version, mapping={})
        mappings.forget(row.kind, row.layout, by=by)
    return row


def confirm(upload: Import, *, by: User, version: int | None) -> Import:
    """Have the file applied; only what was read without problems."""
    permissions.require(by, "import_list")
    with transaction.atomic():
        row = uploading.locked(upload, version=version)
        uploading.require_state(row, (_State.READY,))
        row.state = _State.APPLYING
        _enqueue(row, APPLY_JOB, by=by)
    return row


def discard(upload: Import, *, by: User, version: int | None) -> Import:
    """Give the import up and erase its files."""
    permissions.require(by, "import_list")
    with transaction.atomic():
        row = uploading.locked(upload, version=version)
        uploading.require_state(
            row, set(_State) - {_State.APPLYING, _State.APPLIED, _State.DISCARDED}
        )
        paths = (row.path, row.marked_path)
        row.path, row.marked_path, row.state, row.sample = "", "", _State.DISCARDED, []
        row.layout, row.unresolved = {}, []
        row.save()
    for path in paths:
        filing.erase(path)
    return row


def _require_choices(choices: dict[str, Any]) -> None:
    unknown = choices.keys() - CHOICES
    if unknown:
        raise TypeError(f"not a choice of an import: {', '.join(sorted(unknown))}")


def _require_known(kind: str, target: Target) -> None:
    if kind not in kinds():
        raise RuleViolation(_("Choose which kind of list the file holds."))
    planning.require_possible(target)


def _enqueue(row: Import, job: str, *, by: User, said: bool = False) -> None:
    """`said`: a person said just now what columns mean, which is remembered if it holds."""
    key = f"import {row.pk} {row.version}"
    args = {"import": row.pk} | ({"said": True} if said else {})
    row.job_id = enqueue(job, key=key, args=args, by=by).pk
    row.version += 1
    row.save()
