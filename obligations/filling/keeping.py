"""What jobs do with a workbook that came back: read it, compare, keep what was found, apply."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import Department, User
from obligations import filing
from obligations.chunks import chunks
from obligations.filling import applying, columns, comparing, facts, reading
from obligations.filling.answers import Answer
from obligations.filling.applying import RowsRefused
from obligations.filling.comparing import Change, Comparison
from obligations.filling.reading import Reading
from obligations.models import Evidence, FillingUpload, Obligation, RoundAnswer
from obligations.tables.findings import Finding, Problem, Refused

FOLDER = "filling"
MAX_CLAIMS = 1_000
_State = FillingUpload.State
Progress = Callable[[int, int], None]


@dataclass
class Understood:
    """What is kept of a file: the reading, None where the file was refused as a whole."""

    reading: Reading | None
    comparison: Comparison = field(default_factory=Comparison)
    problems: list[Problem] = field(default_factory=list)


def understand(upload: FillingUpload, *, by: User, on: dt.date, progress: Progress) -> Understood:
    """Read the stored file and compare it with what stands; writes nothing."""
    try:
        found = reading.read(_bytes_of(upload), name=upload.file_name)
        _require_own(found, upload)
    except Refused as refused:
        return Understood(None, problems=[finding.said() for finding in refused.findings])
    compared = _compare(found.answers, upload, by=by, on=on)
    faulty = {one.row for one in compared.problems}
    sound = [one for one in compared.changes if one.row not in faulty]
    refused_rows = applying.rehearse(sound, by=by, on=on, progress=progress)
    problems = [*found.problems, *compared.problems, *refused_rows, *_too_many(compared)]
    return Understood(found, compared, sorted(problems, key=lambda one: one.row or 0))


def keep(upload: FillingUpload, understood: Understood) -> None:
    """Write what was understood, in the caller's transaction; the file itself is not kept."""
    row = FillingUpload.objects.select_for_update().get(pk=upload.pk)
    if row.state != _State.READING:
        return
    found = understood.reading
    if found is None:
        row.state = _State.REFUSED
    else:
        row.state = _state(understood.problems, understood.comparison)
        row.made_at = found.keys.made_at
        row.row_count = found.row_count
        row.answers = [asdict(answer) for answer in found.answers]
        row.notices = [*found.notices, *understood.comparison.notices]
        row.counts = {
            "unchanged": found.unchanged + understood.comparison.same,
            "absent": found.absent,
        }
    row.problems = [asdict(problem) for problem in understood.problems]
    _show(row, understood.comparison)
    path, row.path = row.path, ""
    row.version += 1
    row.save()
    transaction.on_commit(lambda: filing.erase(path))


def apply(upload: FillingUpload, *, by: User, on: dt.date, progress: Progress) -> None:
    """Apply what was confirmed, all or nothing, in the caller's transaction. What is no longer as
    the person saw it, or is refused, is shown again instead."""
    row = FillingUpload.objects.select_for_update().get(pk=upload.pk)
    if row.state != _State.APPLYING:
        raise RuleViolation(_("This file is not waiting to be applied: look at its page again."))
    answers = [Answer.kept(said) for said in row.answers]
    compared = _compare(answers, row, by=by, on=on, locked=True)
    row.version += 1
    if compared.digest != row.digest or compared.problems:
        _show(row, compared, changed_meanwhile=True)
        row.problems = [asdict(problem) for problem in compared.problems]
        row.state = _state(compared.problems, compared)
        row.save()
        return
    try:
        with transaction.atomic():
            count = applying.apply(compared.changes, row.choices, by=by, on=on, progress=progress)
            row.state, row.counts = _State.APPLIED, {**row.counts, "applied": count}
            row.answers = []
            detail = {"rows": count, "sha256": row.sha256, "on": on.isoformat()}
            audit.record(
                row, verb="apply_workbook", by=by, detail=detail, department_id=row.department_id
            )
    except RowsRefused as refused:
        row.state = _State.PROBLEMS
        row.problems = [asdict(problem) for problem in refused.problems]
    row.save()


def fail(upload: FillingUpload, *, reason: str) -> None:
    """The job could not do its work for a reason that a person can act on."""
    FillingUpload.objects.filter(pk=upload.pk, state__in=(_State.READING, _State.APPLYING)).update(
        state=_State.FAILED, failure=reason
    )


def changes_of(upload: FillingUpload) -> list[Change]:
    """What the person was shown."""
    return [Change(**said) for said in upload.changes]


def sweep() -> int:
    """Remove files that no upload knows, left behind by work that stopped; how many."""
    known = FillingUpload.objects.exclude(path="").values_list("path", flat=True)
    return filing.sweep(FOLDER, known=known)


def _state(problems: Sequence[Problem], compared: Comparison) -> str:
    if problems:
        return _State.PROBLEMS
    return _State.READY if compared.changes else _State.UNCHANGED


def _show(row: FillingUpload, compared: Comparison, *, changed_meanwhile: bool = False) -> None:
    row.changes = [asdict(change) for change in compared.changes]
    row.digest = compared.digest
    row.choices = {}
    row.counts = {**row.counts, "changed_meanwhile": changed_meanwhile}


def _compare(
    answers: Sequence[Answer],
    upload: FillingUpload,
    *,
    by: User,
    on: dt.date,
    locked: bool = False,
) -> Comparison:
    rows = Obligation.objects.visible_to(by).filter(department=upload.department_id)
    pks = [answer.pk for answer in answers]
    if locked:
        _lock(pks)
    present = facts.present(pks, rows)
    asked = _asked(answers, upload, locked=locked)
    return comparing.compare(answers, present, _proofs(answers), asked, by=by, on=on)


def _asked(
    answers: Sequence[Answer], upload: FillingUpload, *, locked: bool
) -> dict[int, RoundAnswer]:
    """The questions of the workbook, as far as their rounds are open and they are its own."""
    wanted = [answer.asked for answer in answers if answer.said and answer.asked]
    found: dict[int, RoundAnswer] = {}
    for chunk in chunks(wanted):
        rows = RoundAnswer.objects.filter(pk__in=chunk)
        own = rows.filter(round__closed_on=None, department=upload.department_id)
        if locked:
            own = own.select_for_update(of=("self",))
        found |= {row.pk: row for row in own.order_by("pk")}
    return found


def _too_many(compared: Comparison) -> list[Problem]:
    """Claims are written one by one, in one transaction: others must not wait long for it."""
    count = sum(1 for change in compared.changes if change.claims)
    if count <= MAX_CLAIMS:
        return []
    text = _(
        "%(count)s claims are too many for one file; at most %(limit)s: hand in the others next."
    )
    said = text % {"count": count, "limit": MAX_CLAIMS}
    return [Problem(None, columns.DONE, "too_many_claims", said)]


def _lock(pks: Sequence[int]) -> None:
    """So that nobody changes a row between comparing and writing."""
    for part in chunks(pks):
        rows = Obligation.objects.select_for_update().filter(pk__in=part)
        list(rows.order_by("pk").values_list("pk", flat=True))


def _proofs(answers: Sequence[Answer]) -> dict[int, set[tuple[str, ...]]]:
    """Evidence on record of the rows that speak of a claim or of evidence; files by name."""
    found: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    wanted = [answer.pk for answer in answers if answer.evidence or answer.claims_now]
    for part in chunks(wanted):
        pieces = Evidence.objects.filter(obligation__in=part)
        columns_read = ("obligation_id", "kind", "text", "name", "period_from", "period_to")
        for pk, kind, text, name, *days in pieces.values_list(*columns_read):
            found[pk].add((kind, text or name, *(str(day) if day else "" for day in days)))
    return found


def _require_own(found: Reading, upload: FillingUpload) -> None:
    if found.keys.department == upload.department_id:
        return
    other = Department.objects.filter(pk=found.keys.department).first()
    message = _(
        "This is the workbook of %(other)s; yours is that of %(own)s. Only the own department's "
        "workbook can be handed in."
    ) % {"other": other.name if other else "—", "own": upload.department.name}
    raise Refused(Finding("other_department", message=message))


def _bytes_of(upload: FillingUpload) -> bytes:
    """The stored file. RuleViolation where it is gone or was altered."""
    gone = _("The file is no longer kept. Please upload it again.")
    if not upload.path:
        raise RuleViolation(gone)
    try:
        return filing.read_whole(upload.path, sha256=upload.sha256)
    except filing.Unsound as unsound:
        altered = _("The stored file was altered. Please upload it again.")
        raise RuleViolation(altered if unsound.why == "altered" else gone) from unsound
