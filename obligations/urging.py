"""催办单: a coordinator urges a department about chosen rows; it signs for it and answers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import Department, User
from obligations import calendars, history, lights
from obligations.changing import require_in_reach, require_known_day
from obligations.models import Obligation, Status, UrgedRow, UrgingNote
from obligations.models.obligation import ObligationQuerySet
from obligations.today import moment

# A policy figure: working days that a department is given to answer.
ANSWER_DAYS = 3
MOST_ROWS = 200
_LONGEST = 4000
_TRIES = 5


@dataclass(frozen=True)
class Urgeable:
    """One row that may be urged about today, and why."""

    obligation: Obligation
    why: str
    days_late: int


def urgeable(rows: ObligationQuerySet, *, by: User, on: dt.date) -> ObligationQuerySet:
    """Of these rows the overdue and the unaccepted that nobody was urged about on this day."""
    open_rows = rows.filter(pk__in=Obligation.objects.visible_to(by)).open()
    judged = open_rows.alias(now=lights.lateness(history.day_of(on)))
    late = Q(now="overdue") | Q(status=Status.ISSUED)
    urged = UrgedRow.objects.filter(obligation=OuterRef("pk"), on=on)
    return judged.filter(late).exclude(Exists(urged))


def look_at(rows: ObligationQuerySet, *, on: dt.date) -> list[Urgeable]:
    """The rows with why each is urged about; the longest overdue first."""
    calendar = calendars.current()
    found = rows.select_related("item__list", "department").defer("item__raw")
    told = []
    for row in found.order_by(F("due_on").asc(nulls_last=True), "pk")[:MOST_ROWS]:
        if row.due_on is not None and row.due_on < on and row.completed_on is None:
            days = calendar.count(row.due_on, on)
            told.append(Urgeable(row, UrgedRow.Why.OVERDUE, days))
        else:
            told.append(Urgeable(row, UrgedRow.Why.NOT_ACCEPTED, 0))
    return told


def draft(department: Department, rows: Sequence[Urgeable], *, on: dt.date) -> str:
    """The text to begin with, as an office would write it; always in the language of the papers."""
    reasons = Counter(row.why for row in rows)
    said = {
        "department": department.name,
        "day": _written(on),
        "overdue": reasons[UrgedRow.Why.OVERDUE],
        "unaccepted": reasons[UrgedRow.Why.NOT_ACCEPTED],
        "answer_by": _written(answer_day(on)),
    }
    with translation.override("zh-hans"):
        parts = []
        if said["overdue"]:
            parts.append(_("%(overdue)s items are overdue") % said)
        if said["unaccepted"]:
            parts.append(_("%(unaccepted)s items have not been accepted") % said)
        said["state"] = _(", ").join(parts)
        return (
            _(
                "As of %(day)s, of the responsibility list items of your department %(state)s (see "
                "the table below). Please look into them without delay, say what stands in the way "
                "and what will be done by when, and answer by %(answer_by)s."
            )
            % said
        )


def answer_day(on: dt.date) -> dt.date:
    return calendars.current().add(on, ANSWER_DAYS)


def send(
    department: Department,
    rows: ObligationQuerySet,
    *,
    text: str,
    answer_by: dt.date,
    by: User,
    on: dt.date,
) -> UrgingNote:
    """Number and send a note about these rows: all of them may be urged about, or none is."""
    permissions.require(by, "urge")
    _require_text(text)
    require_known_day(answer_by)
    if answer_by < on:
        raise RuleViolation(_("The day for the answer lies in the past: choose today or later."))
    for _attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _send(department, rows, text=text, answer_by=answer_by, by=by, on=on)
        except IntegrityError:
            # Another note took the number, or one of the rows, a moment ago: look again.
            continue
    raise RuleViolation(_("Several notes were sent at the same moment. Please try again."))


def receive(note: UrgingNote, *, by: User, on: dt.date, version: int | None = None) -> None:
    """签收: somebody of the department signs for it."""
    permissions.require(by, "receive_urging")
    with transaction.atomic():
        row = _locked(note, by=by, version=version)
        if row.received_at is not None:
            raise RuleViolation(_("It is signed for already."))
        row.received_at, row.received_by = moment(on), by
        _save(row, verb="receive_urging", by=by, on=on)
    note.refresh_from_db()


def answer(
    note: UrgingNote, *, text: str, by: User, on: dt.date, version: int | None = None
) -> None:
    """The department's answer; it signs for the note at once where nobody has."""
    permissions.require(by, "receive_urging")
    _require_text(text)
    with transaction.atomic():
        row = _locked(note, by=by, version=version)
        if row.answered_at is not None:
            raise RuleViolation(_("It is answered already; an answer stays as it was given."))
        if row.received_at is None:
            row.received_at, row.received_by = moment(on), by
        row.answer, row.answered_at, row.answered_by = text.strip(), moment(on), by
        _save(row, verb="answer_urging", by=by, on=on)
    note.refresh_from_db()


def _send(
    department: Department,
    rows: ObligationQuerySet,
    *,
    text: str,
    answer_by: dt.date,
    by: User,
    on: dt.date,
) -> UrgingNote:
    chosen = list(rows.select_for_update(of=("self",)).select_related("department"))
    may = look_at(
        urgeable(Obligation.objects.filter(pk__in=[row.pk for row in chosen]), by=by, on=on), on=on
    )
    _require_rows(chosen, may, department=department, by=by)
    last = UrgingNote.objects.filter(region=by.region, year=on.year).aggregate(last=Max("number"))
    note = UrgingNote.objects.create(
        region=by.region,
        year=on.year,
        number=(last["last"] or 0) + 1,
        department=department,
        text=text.strip(),
        answer_by=answer_by,
        sent_on=on,
        sent_at=moment(on),
        sent_by=by,
    )
    UrgedRow.objects.bulk_create(_urged(note, may, on=on))
    said = {"on": on.isoformat(), "note": note.title, "rows": [row.pk for row in chosen]}
    audit.record(note, verb="urge", by=by, detail=said, department_id=department.pk)
    return note


def _urged(note: UrgingNote, rows: Iterable[Urgeable], *, on: dt.date) -> Iterable[UrgedRow]:
    for row in rows:
        yield UrgedRow(
            note=note,
            obligation=row.obligation,
            on=on,
            why=row.why,
            due_on=row.obligation.due_on,
            days_late=row.days_late,
        )


def _require_rows(
    chosen: Sequence[Obligation], may: Sequence[Urgeable], *, department: Department, by: User
) -> None:
    if not chosen:
        raise RuleViolation(_("Choose at least one row to urge about."))
    if len(chosen) > MOST_ROWS:
        raise RuleViolation(_("One note holds at most %(most)s rows.") % {"most": MOST_ROWS})
    for row in chosen:
        require_in_reach(row, by=by)
    if {row.department_id for row in chosen} != {department.pk}:
        raise RuleViolation(_("A note goes to one department: choose rows of that one only."))
    refused = len(chosen) - len(may)
    if refused:
        raise RuleViolation(
            _(
                "Nothing was sent: %(count)s of the chosen rows are neither overdue nor "
                "unaccepted, or were urged about today already."
            )
            % {"count": refused}
        )


def _locked(note: UrgingNote, *, by: User, version: int | None) -> UrgingNote:
    row = UrgingNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if by.department_id != row.department_id:
        raise PermissionDenied(_("This belongs to another department."))
    if version is not None and version != row.version:
        raise StaleVersion(
            _("Somebody of your department signed or answered meanwhile: look at it first."),
            facts={"version": row.version, "seen": version},
        )
    return row


def _save(row: UrgingNote, *, verb: str, by: User, on: dt.date) -> None:
    row.version += 1
    row.save()
    said = {"on": on.isoformat(), "note": row.title, "version": row.version}
    audit.record(row, verb=verb, by=by, detail=said, department_id=row.department_id)


def _require_text(text: str) -> None:
    if not text.strip():
        raise RuleViolation(_("Please write what you want to say."))
    if len(text) > _LONGEST:
        raise RuleViolation(_("A text has at most %(most)s characters.") % {"most": _LONGEST})


def _written(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
