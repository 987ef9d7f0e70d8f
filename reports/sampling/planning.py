"""The demonstration's report plans: the shipped one with recipients, and a quarterly bulletin."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from reports import planned, plans, rhythm
from reports.models import ReportPlan
from reports.rhythm import Rule
from reports.sampling.staff import Staff
from reports.scopes import Scope

_RECIPIENTS = ("leader", "coordinator", "coordinator2")
# So long ago the bulletin was planned: at least one quarter has ended since and was missed.
_AGO = dt.timedelta(days=115)


def plan(people: Staff, *, today: dt.date) -> None:
    """The bulletin of the last quarter is made up for, for its own day."""
    recipients = list(User.objects.filter(username__in=_RECIPIENTS))
    shipped = plans.seed(on=today) or ReportPlan.objects.order_by("pk")[0]
    by = people.coordinator
    plans.change(
        shipped, rule=shipped.rule, recipients=recipients, by=by, on=today, version=shipped.version
    )
    plans.make(
        Scope(),
        rule=Rule(rhythm.QUARTER, 5),
        recipients=recipients,
        active_from=today - _AGO,
        by=by,
        on=today - _AGO,
    )
    planned.settle(on=today)
