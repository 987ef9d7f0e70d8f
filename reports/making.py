"""Makes reports: asks for the job, writes the file, puts it on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, is_no_room
from accounts.models import User
from jobs import queue
from jobs.models import Job
from jobs.running import NotNow
from obligations import filing
from obligations.changing import require_known_day
from obligations.models import ObligationState
from reports import workbooks
from reports.heeding import Heed, at_ease
from reports.models import ObligationLine, Report, Snapshot
from reports.overflow import Cleanings
from reports.scopes import Scope, require_in_scope
from reports.snapshot_states import STARTS
from reports.verifying import proofs

FOLDER = "reports"
# Forms with a sheet that proves what they say.
_PROVED = (Report.Form.WORKBOOK, Report.Form.DEPARTMENT)


@dataclass(frozen=True)
class Written:
    """A file on the disk that no row knows yet."""

    name: str
    file: filing.Stored
    cleanings: Cleanings
    fingerprints: dict[str, object]
    form: str = Report.Form.WORKBOOK

    @property
    def listed_cleanings(self) -> list[dict[str, str | int]]:
        """As a row keeps them."""
        return [asdict(found) for found in self.cleanings.listed]


def ask(*, on: dt.date, today: dt.date, by: User, scope: Scope) -> Job:
    """The job that will make the report; asking twice is one job."""
    permissions.require(by, "make_report")
    require_in_scope(scope, by=by)
    require_known_day(on)
    if on > today:
        raise RuleViolation(
            _("A report cannot be made for a day to come: choose today or earlier.")
        )
    require_lists(scope, on=on)
    args = {"on": on.isoformat(), **scope.args}
    key = f"{by.pk}:{on}:{scope.key}"
    return queue.enqueue("reports.make", key=key, args=args, by=by)


def told(job: Job) -> str:
    """What a job makes, for whoever watches several of them: the scope, and the day."""
    # A line of the schedule names no day.
    return f"{Scope.from_args(job.args).name} {job.args.get('on', '')}".rstrip()


def ask_anew(snapshot: Snapshot, *, by: User) -> Job:
    """The job that makes a report's workbook once more, in the caller's transaction."""
    return queue.enqueue(
        "reports.remake", key=str(snapshot.pk), args={"snapshot": snapshot.pk}, by=by
    )


def require_lists(scope: Scope, *, on: dt.date) -> None:
    """Raise RuleViolation for a day before the first list in scope, or a scope in which nobody
    owes anything: its report would be empty."""
    states = scope.of(ObligationState.objects.all(), prefix="obligation__")
    if states.filter(valid_from__lte=on).exists():
        return
    if states.exists():
        raise RuleViolation(
            _("There was no list yet on %(day)s: choose a later day.") % {"day": on.isoformat()}
        )
    if has_lists():
        raise RuleViolation(
            _("“%(scope)s” owes nothing: choose another scope.") % {"scope": scope.name}
        )
    raise RuleViolation(_("There is no list yet: the coordinators import one first."))


def has_lists() -> bool:
    """Whether there is anything on record of which a report could be made."""
    return ObligationState.objects.exists()


def rows_of(snapshot: Snapshot) -> int:
    """How many rows of the snapshot's workbook are streamed: every line, and some lines twice."""
    lines = ObligationLine.objects.filter(snapshot=snapshot)
    return lines.count() + lines.filter(light="red").count() + lines.to_coordinate().count()


def write(snapshot: Snapshot, *, heed: Heed = at_ease) -> Written:
    """Write the snapshot's workbook and store it whole, synced and with its digest."""
    return keep(
        lambda path: workbooks.progress(snapshot, to=path, heed=heed),
        name=workbooks.file_name(snapshot),
    )


def keep(
    write_to: Callable[[Path], Cleanings],
    *,
    name: str,
    form: str = Report.Form.WORKBOOK,
) -> Written:
    """Store what is written, whole. NotNow where the disk has no room: the work is tried again."""
    cleanings = Cleanings()

    def write(path: Path) -> None:
        nonlocal cleanings
        cleanings = write_to(path)

    try:
        stored = filing.keep(write, folder=FOLDER)
    except Exception as error:
        if not is_no_room(error):
            raise
        raise NotNow(
            _("The disk of the server is full: the report could not be stored.")
        ) from error
    fingerprints: dict[str, object] = {}
    if form in _PROVED:
        with filing.absolute(stored.path).open("rb") as file:
            fingerprints = proofs.of_file(file).fingerprints
    return Written(name, stored, cleanings, fingerprints, form)


def erase(written: Written) -> None:
    """Remove a file of which no row will ever know."""
    filing.erase(written.file.path)


def record(snapshot: Snapshot, written: Written, *, by: User | None, job: Job | None) -> Report:
    """The report's row and its audit, in the caller's transaction."""
    report = Report.objects.create(
        snapshot=snapshot,
        form=written.form,
        name=written.name,
        path=written.file.path,
        sha256=written.file.sha256,
        size=written.file.size,
        cleanings=written.listed_cleanings,
        cleaned_count=written.cleanings.count,
        fingerprints=written.fingerprints,
        made_by=by,
        job=job,
    )
    _record(report, by=by)
    return report


def replace(snapshot: Snapshot, written: Written, *, by: User | None, job: Job | None) -> Report:
    """Put another workbook in the place of the one that nobody published, in the caller's
    transaction; the old file is swept. RuleViolation where somebody published meanwhile."""
    row = Snapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)
    if row.state not in STARTS["remake_workbook"]:
        raise RuleViolation(_("A published report never changes: its workbook stays as it is."))
    report = Report.objects.select_for_update(of=("self",)).get(snapshot=row, form=written.form)
    report.path, report.sha256 = written.file.path, written.file.sha256
    report.size, report.cleanings = written.file.size, written.listed_cleanings
    report.cleaned_count = written.cleanings.count
    report.fingerprints = written.fingerprints
    report.made_at, report.made_by, report.job = timezone.now(), by, job
    report.save()
    _record(report, by=by)
    return report


def _record(report: Report, *, by: User | None) -> None:
    snapshot = report.snapshot
    detail = {"name": report.name, "sha256": report.sha256, "as_of": snapshot.as_of.isoformat()}
    audit.record(
        report, verb="make_report", by=by, detail=detail, department_id=snapshot.department_id
    )


def made_of(snapshot: Snapshot) -> Report | None:
    """The snapshot's workbook where it is on record already: a job that is repeated finds it."""
    return Report.objects.filter(snapshot=snapshot, form=Report.Form.WORKBOOK).first()


def sweep() -> int:
    """Remove files that no report knows; how many there were."""
    return filing.sweep(FOLDER, known=Report.objects.values_list("path", flat=True))
