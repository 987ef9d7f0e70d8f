"""Files of evidence on their way out."""

from __future__ import annotations

from typing import IO

from accounts import audit
from accounts.models import User
from obligations import filing
from obligations.models import Evidence


def open_evidence(piece: Evidence, *, by: User) -> IO[bytes]:
    """The stored file, opened; who takes it is audited."""
    file = filing.absolute(piece.path).open("rb")
    detail = {"evidence": piece.pk, "name": piece.name, "sha256": piece.sha256}
    audit.record(piece.obligation, verb="download_evidence", by=by, detail=detail)
    return file
