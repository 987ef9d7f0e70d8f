"""The demonstration's docking: the stages of its systems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from docking import stages
from docking.models import Milestone
from docking.models.milestones import ORDER
from docking.steps import docked
from obligations import calendars, history
from obligations.models import Obligation, Status
from obligations.today import date_of
from obligations.workdays import Calendar

# One of so many systems is behind its plan.
_BEHIND_ONE_IN = 6


def show(*, today: dt.date) -> list[Obligation]:
    """Stages for what is under way or done; the obligations that have them."""
    rows = docked(Obligation.objects.exclude(status__in=["draft", "issued", "withdrawn"]))
    own = list(rows.filter(item__list__is_demo=True).order_by("pk").defer("item__raw"))
    _pass_stages(own, today=today)
    return own


def _pass_stages(rows: Sequence[Obligation], *, today: dt.date) -> None:
    calendar = calendars.current()
    made: list[Milestone] = []
    for number, row in enumerate(rows):
        steps = _steps(row, calendar, today=today, is_behind=number % _BEHIND_ONE_IN == 0)
        made.extend(steps)
        first = stages.next_on(steps)
        Obligation.objects.filter(pk=row.pk).update(next_milestone_on=first)
    Milestone.objects.bulk_create(made, batch_size=500)
    history.record_many([row.pk for row in rows], on=today)


def _steps(
    row: Obligation, calendar: Calendar, *, today: dt.date, is_behind: bool
) -> list[Milestone]:
    """Spread from the issue to the due date; reached as planned, less one where it is behind."""
    issued_at = row.issued_at or row.created_at
    start = date_of(issued_at)
    end = row.due_on or today + dt.timedelta(days=90)
    days = stages.spread(start, max(start, end), count=len(ORDER), calendar=calendar)
    reached = sum(day < today for day in days[:-1])
    if row.status in (Status.VERIFIED, Status.ENDORSED):
        reached = len(ORDER)
    elif is_behind:
        reached = max(0, reached - 1)
    last = min(row.completed_on or today, today)
    return [
        Milestone(
            obligation=row,
            stage=stage,
            planned_on=day,
            reached_on=min(day, last) if number < reached else None,
        )
        for number, (stage, day) in enumerate(zip(ORDER, days, strict=True))
    ]
