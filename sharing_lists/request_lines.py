"""Requests as pages show them: what is owed next, how many days are left, what may be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from accounts import permissions
from accounts.models import User
from obligations import calendars
from obligations.models import Obligation
from sharing_lists import requesting
from sharing_lists.models import DataRequest

_ACTS = {
    "reply": (("reply", "reply_request"), ("extend", "extend_request")),
    "delivery": (("deliver", "deliver_request"),),
    "correction": (("correct", "correct_request"),),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One request; `days` are the working days that are left, or since the day."""

    request: DataRequest
    due_on: dt.date | None
    days: int
    is_late: bool
    provisional: bool
    verbs: tuple[str, ...]
    is_linked: bool


def of_obligation(row: Obligation, user: User, *, on: dt.date, most: int) -> list[Line]:
    """The newest requests under one obligation: open ones first, the most urgent first."""
    found = DataRequest.objects.filter(obligation=row).select_related("department", "recorded_by")
    rows = list(found.order_by("-asked_on", "-pk")[:most])
    for one in rows:
        one.obligation = row
    urgent = sorted((one for one in rows if one.due_on), key=lambda one: (one.due_on or on, one.pk))
    return lines([*urgent, *(one for one in rows if not one.due_on)], user, on=on, linked={row.pk})


def lines(rows: Iterable[DataRequest], user: User, *, on: dt.date, linked: set[int]) -> list[Line]:
    """`linked`: the obligations that the user may open."""
    calendar_of = cache(calendars.in_region)

    def line(one: DataRequest) -> Line:
        due = one.due_on
        calendar = calendar_of(one.obligation.department.region_id)
        late = due is not None and due < on
        return Line(
            request=one,
            due_on=due,
            days=calendar.count(min(due, on), max(due, on)) if due else 0,
            is_late=late,
            provisional=due is not None and calendar.is_provisional(one.counted_from, due),
            verbs=_verbs(one, user),
            is_linked=one.obligation_id in linked,
        )

    return [line(one) for one in rows]


def _verbs(one: DataRequest, user: User) -> tuple[str, ...]:
    found = []
    if requesting.may_answer(one, user):
        for verb, right in _ACTS.get(one.waits_for, ()):
            extended = verb == "extend" and one.extension_days
            if permissions.may(user, right) and not extended:
                found.append(verb)
    if requesting.may_take_back(one, user):
        found.append("take_back")
    return tuple(found)
