"""Makes the workbook of a department: which rows go in, and who takes it out."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, User
from obligations.filling import facts, sheets
from obligations.models import Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.today import SHANGHAI

MAX_ROWS = 5_000
OPEN, OVERDUE = "open", "overdue"


def rows_of(
    department: Department, *, by: User, which: str = OPEN, list_id: int | None = None
) -> ObligationQuerySet:
    """The department's open obligations that `by` may see, or the overdue ones, or a list's."""
    rows = Obligation.objects.visible_to(by).open().filter(department=department)
    if which == OVERDUE:
        rows = rows.overdue()
    return rows if list_id is None else rows.filter(item__list=list_id)


def make(
    department: Department,
    *,
    by: User,
    made_at: dt.datetime,
    which: str = OPEN,
    list_id: int | None = None,
) -> bytes:
    """The prefilled workbook; taking it out is audited."""
    permissions.require(by, "download_workbook")
    rows = rows_of(department, by=by, which=which, list_id=list_id)
    ordered = rows.order_by(
        "item__list__kind", "item__list__batch", "item__list_id", "item__position", "pk"
    )
    lines = facts.lines(ordered[: MAX_ROWS + 1])
    _require_fitting(len(lines))
    moment = timezone.localtime(made_at, SHANGHAI).replace(microsecond=0)
    made = sheets.workbook(lines, department=department.pk, name=department.name, made_at=moment)
    detail = {"form": "filling", "which": which, "list": list_id, "rows": len(lines)}
    audit.record(
        department, verb="download_workbook", by=by, detail=detail, department_id=department.pk
    )
    return made


def file_name(department: Department, *, on: dt.date) -> str:
    """What the file is called."""
    return f"{department.name}责任清单填报表-{on:%Y%m%d}.xlsx"


def _require_fitting(count: int) -> None:
    if not count:
        raise RuleViolation(
            _("There is nothing open in this selection: there is no workbook to fill in.")
        )
    if count > MAX_ROWS:
        raise RuleViolation(
            _("There are more than %(limit)s rows: choose one list, or the overdue ones.")
            % {"limit": MAX_ROWS}
        )


def department_for(by: User, pk: int | None) -> Department | None:
    """Whose workbook `by` may take: the own one; for coordinators any of their scope."""
    if by.role in User.OF_A_DEPARTMENT:
        return by.department if pk in (None, by.department_id) else None
    if pk is None:
        raise RuleViolation(_("Say for which department the workbook is."))
    seen = Obligation.objects.visible_to(by).filter(department=pk, external=False)
    return Department.objects.filter(pk=pk).first() if seen.exists() else None
