"""Reports on their way out: as stored, with the watermark of whoever takes them away."""

from __future__ import annotations

import base64
import hashlib
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
from reports.models import Report

_BLOCK = 2**18


@dataclass
class Handed:
    """A file as it is handed out; whoever opens it closes it."""

    file: IO[bytes]
    sha256: str


def open_report(report: Report, *, by: User) -> Handed:
    """The stored file, if it still is what was made, with its watermark; audited.

    What is handed out comes from the bytes that were checked, not from the file, which might
    change meanwhile. OSError where the copies have no room, which is told in a sentence.
    """
    mark = watermarks.mark_of(report.snapshot, by=by, at=timezone.now())
    try:
        stored = filing.open_whole(report.path, sha256=report.sha256)
    except filing.Unsound as unsound:
        _audit_unsound(report, unsound, by=by)
        raise RuleViolation(_sentence(unsound)) from unsound
    with stored:
        handed = _marked(stored, mark)
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


def _audit_unsound(report: Report, unsound: filing.Unsound, *, by: User) -> None:
    detail: dict[str, Any] = {
        "name": report.name,
        "form": report.form,
        "why": unsound.why,
        "stored_sha256": report.sha256,
        "found_sha256": unsound.found,
    }
    department = report.snapshot.department_id
    audit.record(report, verb="miss_report", by=by, detail=detail, department_id=department)


def _sentence(unsound: filing.Unsound) -> str:
    sentences = {
        "missing": _("The file of this report is missing. Make the report again."),
        "altered": _("The file of this report is no longer what was made. Make the report again."),
    }
    unreadable = _("The file of this report cannot be read. Tell the system administrator.")
    return sentences.get(unsound.why, unreadable)


def _marked(stored: IO[bytes], mark: watermarks.Mark) -> Handed:
    sha256 = hashlib.sha256()
    with filing.nameless() as marked:
        watermarks.fill_in(stored, marked, mark=mark)
        marked.seek(0)
        while block := marked.read(_BLOCK):
            sha256.update(block)
        marked.seek(0)
    return Handed(marked, sha256.hexdigest())
