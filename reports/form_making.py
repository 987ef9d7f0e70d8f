"""Other forms of a report: asked for, written by the job, put on record once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.errors import RuleViolation
from accounts.models import Department, Role, User
from jobs import queue
from jobs.models import Job
from reports import bulletin, excerpts, making, upward, workbooks
from reports.making import Written
from reports.models import Report, Snapshot
from reports.overflow import Cleanings

_Form = Report.Form


@dataclass(frozen=True)
class Maker:
    """How a form is written and what its file is called."""

    write: Callable[..., Cleanings]
    file_name: Callable[[Snapshot], str]


MAKERS: Mapping[str, Maker] = {
    _Form.BULLETIN: Maker(bulletin.write, bulletin.file_name),
    _Form.UPWARD: Maker(upward.write, upward.file_name),
    _Form.DEPARTMENT: Maker(workbooks.progress, workbooks.file_name),
}


def ask(
    snapshot: Snapshot, form: str, *, by: User, department: Department | None = None
) -> Report | Job:
    """The form's file where there is one already, else the job that will make it."""
    permissions.require(by, "make_report")
    if form not in MAKERS:
        raise RuleViolation(_("There is no such form of a report."))
    if form == _Form.DEPARTMENT:
        if department is None:
            raise RuleViolation(_("Choose the department whose part you want."))
        excerpts.require_may_take(snapshot, department, by=by)
    else:
        require_may_make(snapshot, form, by=by)
    made = existing(snapshot, form, department=department)
    if made is not None:
        return made
    key = f"{by.pk}:{snapshot.pk}:{form}:{department.pk if department else ''}"
    args = {
        "snapshot": snapshot.pk,
        "form": form,
        "department": department.pk if department else None,
    }
    return queue.enqueue("reports.make_form", key=key, args=args, by=by)


def require_may_make(snapshot: Snapshot, form: str, *, by: User) -> None:
    """Raise PermissionDenied or RuleViolation where this form is not for this report or person."""
    if not Snapshot.objects.visible_to(by).filter(pk=snapshot.pk).exists():
        raise PermissionDenied(_("This scope is not yours to report on."))
    if form == _Form.BULLETIN and by.role != Role.COORDINATOR:
        raise PermissionDenied(_("Bulletins are issued by the coordinator."))
    if form == _Form.BULLETIN and snapshot.department_id:
        raise RuleViolation(
            _("A bulletin compares departments: this report is about one department.")
        )


def existing(
    snapshot: Snapshot, form: str, *, department: Department | None = None
) -> Report | None:
    """The file of the form that was made already."""
    found = Report.objects.filter(form=form)
    if department is not None:
        found = found.filter(snapshot__excerpt_of=snapshot, snapshot__department=department)
    else:
        found = found.filter(snapshot=snapshot)
    return found.select_related("snapshot").first()


def write(snapshot: Snapshot, form: str) -> Written:
    """Write the form of a snapshot, or of an excerpt, and store it whole with its digest."""
    maker = MAKERS[form]
    return making.keep(
        lambda path: maker.write(snapshot, to=path), name=maker.file_name(snapshot), form=form
    )


def record_once(snapshot: Snapshot, written: Written, *, by: User | None, job: Job) -> Report:
    """The form's row, or the one that somebody else's job has written meanwhile."""
    Snapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)
    made = existing(snapshot, written.form)
    return made or making.record(snapshot, written, by=by, job=job)
