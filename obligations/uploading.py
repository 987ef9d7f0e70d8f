"""What uploaded files have in common: stored unparsed, then decided on by a person, once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TypeVar

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from jobs.models import Job
from obligations import filing
from obligations.filing import Stored
from obligations.models import FillingUpload, Import
from obligations.tables import gate, limits
from obligations.tables.findings import Refused

_Upload = TypeVar("_Upload", Import, FillingUpload)


def store(file: IO[bytes], name: str, *, folder: str) -> Stored:
    """What needs no parsing is refused at once."""
    try:
        gate.check_name(name)
        gate.check_size(file.seek(0, 2))
    except Refused as refused:
        raise RuleViolation(refused.message, facts={"kind": refused.kind}) from refused
    return filing.store(file, folder=folder, max_bytes=limits.FILE_BYTES)


def locked(upload: _Upload, *, version: int | None) -> _Upload:
    """As it is now, for one decision; what a vanished job left behind has failed."""
    row = type(upload)._default_manager.select_for_update().get(pk=upload.pk)
    if version is None:
        raise VersionMissing(_("Say which version of the file this decision is about."))
    if row.version != version:
        raise StaleVersion(
            _("The file has moved on since you looked at it: look again, then decide."),
            facts={"version": row.version},
        )
    states = type(upload).State
    if row.state in (states.READING, states.APPLYING) and not Job.objects.is_live(row.job_id):
        row.state = states.FAILED
    return row


def require_state(row: Import | FillingUpload, states: Iterable[str]) -> None:
    if row.state not in states:
        raise RuleViolation(
            _("This cannot be done while the file is “%(state)s”.")
            % {"state": row.get_state_display()}
        )
