"""Stored files on their way out: evidence, and marked copies of list files."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO

from django.http import FileResponse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from obligations.models import Evidence, Import

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(file: IO[bytes], *, name: str) -> FileResponse:
    """A stored file that no browser shows or runs, under its own name (RFC 5987)."""
    response = FileResponse(
        file, as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def open_evidence(piece: Evidence, *, by: User) -> IO[bytes]:
    """The stored file, if it still is what was handed in; who takes it is audited, and so is that
    it is lost, which is a RuleViolation."""
    detail = {"evidence": piece.pk, "name": piece.name, "sha256": piece.sha256}
    try:
        file = filing.open_whole(piece.path, sha256=piece.sha256)
    except filing.Unsound as unsound:
        lost = {**detail, "why": unsound.why, "found_sha256": unsound.found}
        audit.record(piece.obligation, verb="miss_evidence", by=by, detail=lost)
        raise RuleViolation(_sentence(unsound)) from unsound
    audit.record(piece.obligation, verb="download_evidence", by=by, detail=detail)
    return file


def _sentence(unsound: filing.Unsound) -> str:
    sentences = {
        "missing": _("The file of this evidence is missing. Tell the system administrator."),
        "altered": _(
            "The file of this evidence is no longer what was handed in. Tell the system "
            "administrator."
        ),
    }
    unreadable = _("The file of this evidence cannot be read. Tell the system administrator.")
    return sentences.get(unsound.why, unreadable)


def open_marked(upload: Import, *, by: User) -> IO[bytes]:
    """The marked copy, opened; who takes it is audited. RuleViolation where it is lost."""
    try:
        file = filing.absolute(upload.marked_path).open("rb")
    except OSError as lost:
        raise RuleViolation(
            _("The marked copy is no longer kept. Read the file again to make a new one.")
        ) from lost
    audit.record(by, verb="export", by=by, detail={"form": "marked", "import": upload.pk})
    return file


def marked_name(upload: Import) -> str:
    """What the marked copy is called: the file's own name, and what it is."""
    return f"{PurePath(upload.file_name).stem}-问题标注.xlsx"
