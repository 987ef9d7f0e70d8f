"""What a report can be had as: files that are made once, tables for programs, a page to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Department, Role, User
from jobs.models import Job
from reports import excerpts
from reports.models import FigureLine, Report, Snapshot
from reports.models.snapshots import SnapshotQuerySet
from reports.tables import tables_of

_Form = Report.Form
_MEANINGS: Mapping[str, Promise] = {
    _Form.WORKBOOK: _("All tables in office form, for Excel, WPS and LibreOffice."),
    _Form.BULLETIN: _("A Word document in the layout of official documents, ready to be signed."),
    _Form.UPWARD: _("Each list in its own columns, with status and completion of every item."),
    _Form.DEPARTMENT: _("The same sheets with this department's rows alone."),
}
JOB_KIND = "reports.make_form"


@dataclass(frozen=True)
class Offer:
    """One form: its file where it was made, else whether the reader may have it made."""

    form: str
    label: str
    meaning: Promise
    report: Report | None
    may_make: bool


def of(report: Report, *, by: User) -> dict[str, Any]:
    """The context of reports/partials/forms.html."""
    snapshot = report.snapshot
    may_make = permissions.may(by, "make_report")
    made = {one.form: one for one in snapshot.reports.order_by("-pk")}
    return {
        "report": report,
        "offers": [
            Offer(form, str(_Form(form).label), _MEANINGS[form], made.get(form), may_make)
            for form in forms_for(snapshot, by=by)
            if form in made or may_make
        ],
        "departments": departments_in(snapshot) if _may_cut(snapshot, by=by) else [],
        "parts": parts_of(snapshot),
        "tables": tables_of(snapshot),
        "jobs": jobs_of(by),
    }


def forms_for(snapshot: Snapshot, *, by: User) -> list[str]:
    """The forms that make sense for such a report and such a reader."""
    if snapshot.excerpt_of_id:
        return [_Form.DEPARTMENT, _Form.UPWARD]
    with_bulletin = snapshot.department_id is None and by.role in (Role.COORDINATOR, Role.LEADER)
    return [_Form.WORKBOOK, *([_Form.BULLETIN] if with_bulletin else []), _Form.UPWARD]


def departments_in(snapshot: Snapshot) -> QuerySet[Department]:
    """The departments that the report has lines of."""
    lines = snapshot.figures.filter(grouping=FigureLine.Grouping.DEPARTMENT)
    keys = [int(key) for key in lines.values_list("key", flat=True)]
    return Department.objects.filter(pk__in=keys).order_by("position", "pk")


def parts_of(snapshot: Snapshot) -> list[Report]:
    """Departments' workbooks that were taken from the report."""
    found = Report.objects.filter(snapshot__excerpt_of=snapshot, form=_Form.DEPARTMENT)
    return list(found.select_related("snapshot").order_by("snapshot__department__position", "pk"))


def own_sources(by: User) -> SnapshotQuerySet:
    """Published reports in which the user's department appears, the newest first."""
    return excerpts.sources(by).order_by("-as_of", "-pk")


def own_parts(by: User, sources: Iterable[Snapshot]) -> list[tuple[Snapshot, Report | None]]:
    """Each of these reports with the department's part where it was made."""
    shown = list(sources)
    found = Report.objects.filter(
        form=_Form.DEPARTMENT,
        snapshot__excerpt_of__in=shown,
        snapshot__department=by.department_id,
    )
    parts = {one.snapshot.excerpt_of_id: one for one in found.select_related("snapshot")}
    return [(source, parts.get(source.pk)) for source in shown]


def jobs_of(by: User) -> QuerySet[Job]:
    """What is under way for the reader."""
    return Job.objects.visible_to(by).live().filter(kind=JOB_KIND).order_by("-pk")[:5]


def _may_cut(snapshot: Snapshot, *, by: User) -> bool:
    return snapshot.department_id is None and by.role == Role.COORDINATOR
