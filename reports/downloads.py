"""Reports on their way out."""

from __future__ import annotations

import hashlib
from typing import IO

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from reports.models import Report


def open_report(report: Report, *, by: User) -> IO[bytes]:
    """The stored file, opened, if it still is what was made; who takes it is audited."""
    path = filing.absolute(report.path)
    if not path.is_file():
        raise RuleViolation(_("The file of this report is missing. Make the report again."))
    file = path.open("rb")
    if hashlib.file_digest(file, "sha256").hexdigest() != report.sha256:
        file.close()
        raise RuleViolation(
            _("The file of this report is no longer what was made. Make the report again.")
        )
    file.seek(0)
    detail = {"name": report.name, "sha256": report.sha256}
    department = report.snapshot.department_id
    audit.record(report, verb="download_report", by=by, detail=detail, department_id=department)
    return file
