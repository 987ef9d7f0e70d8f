"""Reminders of reports: planned ones that wait to be published, sent ones that were not opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from obligations.reminding import naming
from obligations.reminding.people import COORDINATORS, Found, People, Row
from obligations.reminding.source import Source
from reports import planned
from reports.models import PlannedReport, ReportReceipt


def _to_publish(people: People, on: dt.date) -> Mapping[int, Found]:
    """To the coordinators of the plan's own scope."""
    region = Coalesce("plan__department__region", "plan__region")
    found = PlannedReport.objects.to_publish().order_by("due_on", "pk")
    pairs = found.values_list(region, "pk")
    return people.in_scope(((place, Row(pk, 0)) for place, pk in pairs), among=COORDINATORS)


def _received(people: People, on: dt.date) -> Mapping[int, Found]:
    """To everybody what was sent to them, until they open it; not what they may no longer."""
    found = ReportReceipt.objects.unopened().readable().order_by("sent_at", "pk")
    return people.hand((user, Row(pk, 0)) for user, pk in found.values_list("user_id", "pk"))


def _planned(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    found = PlannedReport.objects.filter(pk__in=keys).select_related(*planned.PLAN_SCOPE)
    return {row.pk: naming.row(f"{row.plan} {row.period}") for row in found}


def _sent(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    found = ReportReceipt.objects.filter(pk__in=keys).select_related(
        *(f"planned__{name}" for name in planned.PLAN_SCOPE)
    )
    return {row.pk: naming.row(f"{row.planned.plan} {row.planned.period}") for row in found}


REMINDERS = (
    Source(
        "reports_to_publish",
        _("Planned reports that wait to be reviewed or published"),
        _to_publish,
        page="reports:plans",
        names=_planned,
    ),
    Source(
        "reports_received",
        _("Reports sent to you that you have not opened"),
        _received,
        page="reports:received",
        names=_sent,
    ),
)
