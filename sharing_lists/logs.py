"""What a person does with a log: bring it, say what its columns mean, take it over, discard it.

The web process stores bytes and moves states; jobs read and write (log_keeping).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import User
from jobs.models import Job
from jobs.queue import enqueue
from obligations import filing
from obligations.filing import Stored
from obligations.importing import mappings
from obligations.tables import gate, limits, vocabulary
from obligations.tables.findings import Refused
from sharing_lists.log_columns import LOG
from sharing_lists.log_keeping import FOLDER
from sharing_lists.models import DeliveryLog

READ_JOB = "sharing_lists.read_log"
APPLY_JOB = "sharing_lists.apply_log"
_State = DeliveryLog.State
_READABLE = (_State.READY, _State.PROBLEMS, _State.REFUSED, _State.FAILED)


def receive(file: IO[bytes], *, name: str, by: User) -> DeliveryLog:
    """Store the file and have it read; RuleViolation for what needs no parsing to refuse."""
    permissions.require(by, "import_deliveries")
    stored = _store(file, name)
    try:
        with transaction.atomic():
            log = new(stored, name=name, by=by)
            _enqueue(log, READ_JOB, by=by)
    except BaseException:
        filing.erase(stored.path)
        raise
    return log


def say_columns(
    log: DeliveryLog, mapping: Mapping[str, Any], *, by: User, version: int | None
) -> DeliveryLog:
    """Read the file anew with what a person said of its columns; remembered once it holds."""
    permissions.require(by, "import_deliveries")
    _require_possible(mapping)
    with transaction.atomic():
        row = _locked(log, version=version)
        _require_state(row, _READABLE)
        if not row.path:
            raise RuleViolation(_("The file is no longer kept. Please upload it again."))
        row.mapping, row.state = dict(mapping), _State.READING
        _enqueue(row, READ_JOB, by=by, said=True)
    return row


def confirm(log: DeliveryLog, *, by: User, version: int | None) -> DeliveryLog:
    """Have the log taken over; only one that was read without problems."""
    permissions.require(by, "import_deliveries")
    with transaction.atomic():
        row = _locked(log, version=version)
        _require_state(row, (_State.READY,))
        row.state = _State.APPLYING
        _enqueue(row, APPLY_JOB, by=by)
    return row


def discard(log: DeliveryLog, *, by: User, version: int | None) -> DeliveryLog:
    """Put the file aside; nothing of it is taken over."""
    permissions.require(by, "import_deliveries")
    with transaction.atomic():
        row = _locked(log, version=version)
        _require_state(row, set(_State) - {_State.APPLYING, _State.APPLIED, _State.DISCARDED})
        path, row.path, row.state, row.sample = row.path, "", _State.DISCARDED, []
        row.version += 1
        row.save()
        transaction.on_commit(partial(filing.erase, path))
    return row


def new(stored: Stored, *, name: str, by: User | None) -> DeliveryLog:
    return DeliveryLog.objects.create(
        file_name=name,
        path=stored.path,
        size=stored.size,
        sha256=stored.sha256,
        created_by=by,
    )


def _store(file: IO[bytes], name: str) -> Stored:
    """What needs no parsing is refused at once."""
    try:
        gate.check_name(name)
        gate.check_size(file.seek(0, 2))
    except Refused as refused:
        raise RuleViolation(refused.message, facts={"kind": refused.kind}) from refused
    return filing.store(file, folder=FOLDER, max_bytes=limits.FILE_BYTES)


def _require_possible(mapping: Mapping[str, Any]) -> None:
    try:
        vocabulary.said(mapping, sheet="", known=mappings.known_of(LOG))
    except Refused as refused:
        raise RuleViolation(refused.message, facts={"kind": refused.kind}) from refused


def _enqueue(row: DeliveryLog, job: str, *, by: User, said: bool = False) -> None:
    """`said`: a person said just now what columns mean, which is remembered if it holds."""
    key = f"delivery log {row.pk} {row.version}"
    args = {"log": row.pk} | ({"said": True} if said else {})
    row.job_id = enqueue(job, key=key, args=args, by=by).pk
    row.version += 1
    row.save()


def _locked(log: DeliveryLog, *, version: int | None) -> DeliveryLog:
    row = DeliveryLog.objects.select_for_update().get(pk=log.pk)
    if version is None:
        raise VersionMissing(_("Say which version of the log this decision is about."))
    if row.version != version:
        raise StaleVersion(
            _("The log has changed since you looked at it: look again, then decide."),
            facts={"version": row.version},
        )
    if row.state in (_State.READING, _State.APPLYING) and not Job.objects.is_live(row.job_id):
        row.state = _State.FAILED
    return row


def _require_state(row: DeliveryLog, states: Iterable[str]) -> None:
    if row.state not in states:
        raise RuleViolation(
            _("This cannot be done while the log is “%(state)s”.")
            % {"state": row.get_state_display()}
        )
