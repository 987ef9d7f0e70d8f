"""A file that somebody hands in to be checked: proved, audited, and not kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from reports.models import Snapshot
from reports.verifying import proving
from reports.verifying.verdicts import Verdict

# What one request may bring everywhere; the command takes larger ones.
FILE_BYTES = 10 * 2**20
_PATIENCE_SECONDS = 40.0
# The day is taken once more for each: one at a time leaves the others their turn.
_turn = threading.Lock()


def verify(file: IO[bytes], *, name: str, by: User, today: dt.date) -> Verdict:
    """The verdict of `proving.verify`, on what the person may read; RuleViolation where the file
    is too large, or another one is being checked."""
    permissions.require(by, "verify_report")
    if file.seek(0, 2) > FILE_BYTES:
        raise RuleViolation(
            _(
                "The file has more than %(limit)s MB. The system administrator checks it on the "
                "server, with manage.py verify_report."
            )
            % {"limit": FILE_BYTES // 2**20}
        )
    file.seek(0)
    # The child process that reads it needs a file on the disk; it vanishes with this block.
    with _one_at_a_time(), tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(file, kept)
        # The child has the file by its number, not through this object.
        kept.flush()
        kept.seek(0)
        sha256 = hashlib.file_digest(kept, "sha256").hexdigest()
        verdict = proving.verify(kept, today=today, by=by, patience=_PATIENCE_SECONDS)
    _record(verdict, name=name, sha256=sha256, by=by)
    return verdict


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(blocking=False):
        raise RuleViolation(_("Another file is being checked. Try again in a moment."))
    try:
        yield
    finally:
        _turn.release()


def _record(verdict: Verdict, *, name: str, sha256: str, by: User) -> None:
    """Who had what checked, and what it was; not what the file says."""
    detail: dict[str, Any] = {
        "name": name,
        "sha256": sha256,
        "ok": verdict.ok,
        "published": verdict.published,
        "differences": dict(Counter(one.kind for one in verdict.differences)),
    }
    snapshot = Snapshot.objects.filter(pk=verdict.snapshot or 0).first()
    if snapshot is None:
        audit.record_run("verify_report", by=by, detail=detail)
        return
    department = snapshot.department_id
    audit.record(snapshot, verb="verify_report", by=by, detail=detail, department_id=department)
