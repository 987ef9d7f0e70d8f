"""What people are reminded of: named sources, each asked once a day for everybody at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache

from django.conf import settings
from django.db.models import F, Min, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from obligations import history, lights, rounds
from obligations.kinds import kinds
from obligations.models import (
    Block,
    Exemption,
    Extension,
    Objection,
    Obligation,
    Status,
    UrgingNote,
)
from obligations.reminding import doubts, naming, standing
from obligations.reminding.people import (
    COORDINATORS,
    DEPARTMENT,
    OFFICERS,
    REVIEWERS,
    Found,
    People,
    Row,
)
from obligations.reminding.source import Find, Source


def _rows(
    found: QuerySet[Obligation], on: dt.date, *, by: str = "due_on", past: bool = True
) -> Iterable[Row]:
    """Narrow rows, those with the earliest day first; `past` counts those whose day is over."""
    ordered = found.order_by(F(by).asc(nulls_last=True), "pk")
    for pk, department_id, day in ordered.values_list("pk", "department_id", by).iterator():
        yield Row(pk, department_id, late=past and day is not None and day < on)


def _own() -> QuerySet[Obligation]:
    return Obligation.objects.filter(external=False)


def _judged(on: dt.date, lateness: str) -> QuerySet[Obligation]:
    """Rows that are so late by the facts of the day: stored lights may be older, and a rule of
    lights may show something else first."""
    open_rows = Obligation.objects.open()
    return open_rows.alias(now=lights.lateness(history.day_of(on))).filter(now=lateness)


def _overdue(people: People, on: dt.date) -> Mapping[int, Found]:
    rows = _rows(_judged(on, "overdue"), on, past=False)
    return people.share(rows, among=DEPARTMENT | COORDINATORS)


def _due_soon(people: People, on: dt.date) -> Mapping[int, Found]:
    return people.share(_rows(_judged(on, "due_soon"), on), among=OFFICERS)


def _returned(people: People, on: dt.date) -> Mapping[int, Found]:
    returned = _own().filter(status=Status.IN_PROGRESS).exclude(return_reason="")
    return people.share(_rows(returned, on, by="mend_until"), among=OFFICERS)


def _reopened(people: People, on: dt.date) -> Mapping[int, Found]:
    """What was sent back after that has a line of its own."""
    reopened = _own().filter(status=Status.IN_PROGRESS, return_reason="").exclude(reopen_reason="")
    return people.share(_rows(reopened, on), among=OFFICERS)


def _to_accept(people: People, on: dt.date) -> Mapping[int, Found]:
    """Those whose days to accept are not over: the others have a line of their own."""
    issued = _own().filter(status=Status.ISSUED).exclude(accept_by__lt=on)
    return people.share(_rows(issued, on, by="accept_by"), among=OFFICERS | COORDINATORS)


def _acceptance_overdue(people: People, on: dt.date) -> Mapping[int, Found]:
    late = Obligation.objects.filter(external=False).acceptance_overdue(on=on)
    rows = _rows(late, on, by="accept_by", past=False)
    return people.share(rows, among=OFFICERS | COORDINATORS)


def _to_endorse(people: People, on: dt.date) -> Mapping[int, Found]:
    claimed = _own().filter(status=Status.CLAIMED)
    return people.share(_rows(claimed, on), among=REVIEWERS)


def _to_verify(people: People, on: dt.date) -> Mapping[int, Found]:
    endorsed = _own().filter(status=Status.ENDORSED)
    return people.share(_rows(endorsed, on, by="decide_by"), among=COORDINATORS)


def _asked(model: type[Block | Extension | Exemption | Objection]) -> Find:
    def find(people: People, on: dt.date) -> Mapping[int, Found]:
        waiting = model.objects.filter(outcome="").order_by("asked_on", "pk")
        pairs = waiting.values_list("obligation_id", "obligation__department_id")
        rows = (Row(pk, department_id) for pk, department_id in pairs)
        return people.share(rows, among=COORDINATORS)

    return find


def _urged(people: People, on: dt.date) -> Mapping[int, Found]:
    return people.share(_notes(UrgingNote.objects.not_answered(), on), among=DEPARTMENT)


def _not_received(people: People, on: dt.date) -> Mapping[int, Found]:
    return people.share(_notes(UrgingNote.objects.not_received(), on), among=COORDINATORS)


def _notes(notes: QuerySet[UrgingNote], on: dt.date) -> Iterable[Row]:
    ordered = notes.order_by("answer_by", "pk")
    for pk, department_id, answer_by in ordered.values_list("pk", "department_id", "answer_by"):
        yield Row(pk, department_id, late=answer_by < on)


def _asked_in_round(people: People, on: dt.date) -> Mapping[int, Found]:
    """What open rounds ask and nobody has answered; after the cut-off it is late."""
    ordered = rounds.unanswered(on=on).order_by("round__cut_off_on", "pk")
    columns = ordered.values_list("pk", "department_id", "round__cut_off_on").iterator()
    rows = (Row(pk, department_id, late=on > cut_off) for pk, department_id, cut_off in columns)
    return people.share(rows, among=OFFICERS)


def _silent_in_round(people: People, on: dt.date) -> Mapping[int, Found]:
    """Departments that owe answers, those past a cut-off first."""
    owed = rounds.unanswered(on=on).values("department_id").annotate(day=Min("round__cut_off_on"))
    columns = owed.order_by("day", "department_id").values_list("department_id", "day")
    rows = (Row(pk, pk, late=on > day) for pk, day in columns)
    return people.share(rows, among=COORDINATORS)


_NOTES, _ROUNDS = "obligations:urging", "obligations:rounds"
# Whatever else waits for people is one more line here, or among the reminders of a kind.
SOURCES: tuple[Source, ...] = (
    Source("urged", _("Urging notes to receive or answer"), _urged, page=_NOTES),
    Source("overdue", _("Overdue"), _overdue, "scope=own&light=red"),
    Source("returned", _("Sent back, to mend"), _returned, "status=in_progress"),
    Source("reopened", _("Reopened, to claim again"), _reopened, "status=in_progress"),
    Source("due_soon", _("Due soon"), _due_soon, "light=blue"),
    Source(
        "acceptance_overdue", _("Acceptance overdue"), _acceptance_overdue, "waiting=acceptance"
    ),
    Source("to_accept", _("Not accepted yet"), _to_accept, "status=issued"),
    Source("round", _("Monthly round to answer"), _asked_in_round, page=_ROUNDS),
    Source("to_endorse", _("To endorse"), _to_endorse, "status=claimed"),
    Source("to_verify", _("To verify"), _to_verify, "status=endorsed"),
    Source("blocks", _("Blocks to decide on"), _asked(Block), "waiting=block"),
    Source("extensions", _("Extensions to decide on"), _asked(Extension), "waiting=extension"),
    Source("exemptions", _("Exemptions to decide on"), _asked(Exemption), "waiting=exemption"),
    Source("objections", _("Objections to rule on"), _asked(Objection), "waiting=objection"),
    Source(
        "not_received",
        _("Urging notes not received"),
        _not_received,
        page=_NOTES,
        names=naming.nothing,
    ),
    Source(
        "round_silent",
        _("Departments silent in the monthly round"),
        _silent_in_round,
        page=_ROUNDS,
        names=naming.departments,
    ),
    *doubts.SOURCES,
    *standing.SOURCES,
)


@cache
def by_name() -> Mapping[str, Source]:
    """All sources in the order in which a digest names them: our own, then those of the kinds and
    of the apps that settings name."""
    of_kinds = (one for kind in kinds().values() for one in kind.reminders)
    of_apps = (one for path in settings.REMINDER_SOURCES for one in import_string(path))
    return {source.name: source for source in (*SOURCES, *of_kinds, *of_apps)}
