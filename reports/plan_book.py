"""What pages and the API show of plans: a rule in words, each period and how it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jobs.models import Job
from obligations.today import date_of
from reports import planned
from reports.models import PlannedReport, ReportPlan
from reports.models.plans import PlannedReportQuerySet
from reports.rhythm import Due, Rule

SHOWN = 60
COMING = 6
# How a period stands -> its word, and the shape and colour beside it.
WORDS = {
    "not_asked": gettext_lazy("due, not asked for yet"),
    "nothing": gettext_lazy("no list yet: nothing to report"),
    "waiting": gettext_lazy("being made"),
    "failed": gettext_lazy("failed"),
    "made": gettext_lazy("made, not published"),
    "published": gettext_lazy("published"),
    "withdrawn": pgettext_lazy("report", "withdrawn"),
}
LIGHTS = {
    "not_asked": "red",
    "nothing": "grey",
    "waiting": "blue",
    "failed": "red",
    "made": "yellow",
    "published": "green",
    "withdrawn": "grey",
}


@dataclass(frozen=True)
class Line:
    """One period of a plan; without a row it is due and nobody has asked for it yet."""

    period: str
    due_on: dt.date
    as_of: dt.date
    is_provisional: bool
    row: PlannedReport | None = None

    @property
    def state(self) -> str:
        return state_of(self.row) if self.row else "not_asked"

    @property
    def word(self) -> str:
        return str(WORDS[self.state])

    @property
    def light(self) -> str:
        return LIGHTS[self.state]

    @property
    def made_on(self) -> dt.date | None:
        return date_of(self.row.made_at) if self.row and self.row.made_at else None

    @property
    def was_missed(self) -> bool:
        """Asked for after its day: it was made up for, for its own date."""
        return self.row is not None and self.row.planned_on > self.due_on

    @property
    def is_late(self) -> bool:
        return self.made_on is not None and self.made_on > self.due_on


def state_of(row: PlannedReport) -> str:
    """One of WORDS; the report's own state once it is made."""
    if row.snapshot is not None:
        ended = ("published", "withdrawn")
        return row.snapshot.state if row.snapshot.state in ended else "made"
    if row.job is None:
        return "nothing"
    return "failed" if row.job.state in Job.REQUEUEABLE else "waiting"


def rule_words(rule: Rule) -> str:
    """Such as “on working day 3 after the period”."""
    if rule.from_end:
        words = _("on working day %(number)s from the end of the period")
        return words % {"number": rule.number}
    return _("on working day %(number)s after the period") % {"number": rule.number}


def with_counts(rows: PlannedReportQuerySet) -> PlannedReportQuerySet:
    """With how many recipients it was sent to, opened and taken away by, and withheld from."""
    sent = Q(receipts__withheld="")
    return rows.select_related("job", "snapshot").annotate(
        sent_count=Count("receipts", filter=sent),
        opened_count=Count("receipts", filter=Q(receipts__opened_at__isnull=False)),
        downloaded_count=Count("receipts", filter=Q(receipts__downloaded_at__isnull=False)),
        withheld_count=Count("receipts", filter=Q(receipts__withheld__gt="")),
    )


def periods(plan: ReportPlan, *, on: dt.date) -> list[Line]:
    """The newest first; what is due and has no row yet stands above."""
    rows = with_counts(PlannedReport.objects.filter(plan=plan))
    known = [line_of(row) for row in rows.order_by("-due_on", "-pk")[:SHOWN]]
    missing = planned.owed(plan, until=on) if plan.ended_on is None else []
    return [*_lines(missing)[::-1], *known]


def line_of(row: PlannedReport) -> Line:
    return Line(row.period, row.due_on, row.as_of, row.is_provisional, row)


def newest(plans: Iterable[ReportPlan]) -> dict[int, Line]:
    """The newest period of each plan that has one, by the plan's key."""
    keys = [plan.pk for plan in plans]
    rows = PlannedReport.objects.filter(plan__in=keys).select_related("job", "snapshot")
    # The last one of each plan stays.
    return {row.plan_id: line_of(row) for row in rows.order_by("due_on", "pk")}


def _lines(dues: Iterable[Due]) -> list[Line]:
    return [Line(due.period.name, due.on, due.as_of, due.is_provisional) for due in dues]
