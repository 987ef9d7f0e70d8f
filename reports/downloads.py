"""Reports on their way out."""

from __future__ import annotations

import hashlib
from io import BytesIO

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from reports import receipts
from reports.models import Report


def open_report(report: Report, *, by: User) -> BytesIO:
    """The stored file, if it still is what was made; who takes it is audited.

    What is handed out are the bytes that were checked, not the file, which might change meanwhile.
    """
    path = filing.absolute(report.path)
    if not path.is_file():
        raise RuleViolation(_("The file of this report is missing. Make the report again."))
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != report.sha256:
        raise RuleViolation(
            _("The file of this report is no longer what was made. Make the report again.")
        )
    detail = {"name": report.name, "sha256": report.sha256}
    department = report.snapshot.department_id
    audit.record(report, verb="download_report", by=by, detail=detail, department_id=department)
    receipts.downloaded(report.snapshot, by)
    return BytesIO(content)
