"""Reminders of what is not agreed on: contradictions, and consumers' words that are missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from obligations import confirmation_rules, confirmations, contradicting
from obligations.models import ContradictionCase, Status
from obligations.reminding import naming
from obligations.reminding.people import COORDINATORS, DEPARTMENT, OFFICERS, Found, People, Row
from obligations.reminding.source import Source

_PAGE = "obligations:contradictions"
# Whoever a case was handed to and who can no longer decide on it leaves it to the coordinators.
_OWNER_IS_ABLE = Q(owner__is_active=True, owner__role=Role.COORDINATOR) & (
    Q(owner__region=None) | Q(owner__region=F("obligation__department__region"))
)


def _cases() -> Iterator[tuple[int | None, Row]]:
    """Open cases with the one person in whose hands each lies, if any; in the queue's order."""
    known = [one.code for _kind, one in contradicting.listed()]
    found = ContradictionCase.objects.open().filter(code__in=known, obligation__external=False)
    found = found.exclude(obligation__status__in=[Status.DRAFT, Status.WITHDRAWN])
    held = found.annotate(held_by=Case(When(_OWNER_IS_ABLE, then=F("owner_id")), default=None))
    ordered = held.order_by("-weight", "-recurrence", "pk")
    columns = ordered.values_list("pk", "obligation__department_id", "held_by")
    for pk, department_id, held_by in columns.iterator():
        yield held_by, Row(pk, department_id)


def _handed_over(people: People, on: dt.date) -> Mapping[int, Found]:
    return people.hand((held_by, row) for held_by, row in _cases() if held_by is not None)


def _to_decide(people: People, on: dt.date) -> Mapping[int, Found]:
    rows = (row for held_by, row in _cases() if held_by is None)
    return people.share(rows, among=COORDINATORS)


def _to_clear_up(people: People, on: dt.date) -> Mapping[int, Found]:
    """Every contradiction says what it expects of the department, whoever decides on it."""
    return people.share((row for _held_by, row in _cases()), among=OFFICERS)


def _unanswered(people: People, on: dt.date) -> Mapping[int, Found]:
    """What consumers are asked; late from the day after the answers are due."""
    heard = confirmation_rules.hearing(on)
    rows = (
        Row(
            one.obligation_id,
            one.department_id,
            late=heard.is_past and one.since_on <= heard.due_on,
            until=None if heard.is_past else heard.due_on,
        )
        for one in confirmations.open_questions(heard)
    )
    return people.share(rows, among=DEPARTMENT)


SOURCES = (
    Source(
        "contradictions_owned",
        _("Contradictions handed to you"),
        _handed_over,
        "owner=me",
        page=_PAGE,
        names=naming.cases,
    ),
    Source(
        "contradictions",
        _("Contradictions to decide on"),
        _to_decide,
        page=_PAGE,
        names=naming.cases,
    ),
    Source(
        "contradicted",
        _("Contradictions to clear up"),
        _to_clear_up,
        page=_PAGE,
        names=naming.cases,
    ),
    Source(
        "voices",
        _("“Usable or not” to answer"),
        _unanswered,
        "only=open",
        page="obligations:voices",
        names=naming.of_others,
    ),
)
