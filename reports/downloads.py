"""Reports on their way out: as stored, with the watermark of whoever takes them away."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from reports import receipts, watermarks
from reports.making import NO_ROOM
from reports.models import Report

_BLOCK = 2**18
# Smaller files never reach the disk.
_IN_MEMORY = 2**20


@dataclass
class Handed:
    """A file as it is handed out; whoever opens it closes it."""

    file: IO[bytes]
    sha256: str


def open_report(report: Report, *, by: User) -> Handed:
    """The stored file, if it still is what was made, with its watermark; audited.

    What is handed out comes from the bytes that were checked, not from the file, which might
    change meanwhile.
    """
    mark = watermarks.mark_of(report.snapshot, by=by, at=timezone.now())
    try:
        with _checked(report) as stored:
            handed = _marked(stored, mark)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise RuleViolation(
            _("The disk of the server is full: tell the system administrator, then try again.")
        ) from error
    audit_download(report, by=by, sha256=handed.sha256)
    receipts.downloaded(report.snapshot, by)
    return handed


def respond(report: Report, *, by: User) -> FileResponse:
    """The file as an attachment with its Chinese name, and with the digest of these very bytes."""
    handed = open_report(report, by=by)
    answer = FileResponse(
        handed.file, as_attachment=True, filename=report.name, content_type=report.media_type
    )
    digest = base64.b64encode(bytes.fromhex(handed.sha256)).decode()
    answer["Repr-Digest"] = f"sha-256=:{digest}:"
    return answer


def audit_download(report: Report, *, by: User, sha256: str) -> None:
    """Who, when and which: its state, its form, and the digest of what went out."""
    detail: dict[str, Any] = {
        "name": report.name,
        "form": report.form,
        "state": report.snapshot.state,
        "as_of": report.snapshot.as_of.isoformat(),
        "sha256": sha256,
        "stored_sha256": report.sha256,
    }
    department = report.snapshot.department_id
    audit.record(report, verb="download_report", by=by, detail=detail, department_id=department)


def _checked(report: Report) -> IO[bytes]:
    """A copy of the stored file whose bytes are those that were made."""
    path = filing.absolute(report.path)
    copied = _temporary()
    try:
        with path.open("rb") as stored:
            digest = _pass_on(stored, copied)
    except FileNotFoundError as gone:
        copied.close()
        raise RuleViolation(
            _("The file of this report is missing. Make the report again.")
        ) from gone
    if digest != report.sha256:
        copied.close()
        raise RuleViolation(
            _("The file of this report is no longer what was made. Make the report again.")
        )
    return copied


def _temporary() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


def _marked(stored: IO[bytes], mark: watermarks.Mark) -> Handed:
    marked = _temporary()
    watermarks.fill_in(stored, marked, mark=mark)
    marked.seek(0)
    sha256 = hashlib.sha256()
    while block := marked.read(_BLOCK):
        sha256.update(block)
    marked.seek(0)
    return Handed(marked, sha256.hexdigest())


def _pass_on(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()
