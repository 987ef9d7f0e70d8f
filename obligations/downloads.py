"""Files of evidence on their way out."""

from __future__ import annotations

from typing import IO

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from obligations.models import Evidence


def open_evidence(piece: Evidence, *, by: User) -> IO[bytes]:
    """The stored file, opened; who takes it is audited. RuleViolation where it is lost."""
    try:
        file = filing.absolute(piece.path).open("rb")
    except FileNotFoundError as lost:
        raise RuleViolation(
            _("The file of this evidence is missing. Tell the system administrator.")
        ) from lost
    detail = {"evidence": piece.pk, "name": piece.name, "sha256": piece.sha256}
    audit.record(piece.obligation, verb="download_evidence", by=by, detail=detail)
    return file
