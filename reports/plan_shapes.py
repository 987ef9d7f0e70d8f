"""What the API says and takes of plans, their periods and receipts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer
from obligations.api.bodies import DayField, Versioned
from reports import plan_book
from reports.api_scopes import BatchSerializer, ScopeBody, batch_told
from reports.models import ReportPlan, ReportReceipt
from reports.plan_book import Line
from reports.rhythm import MAX_NUMBER, PERIOD_END, Due

_SAME = (
    *("version", "rhythm", "number", "from_end", "reported", "region_id", "department_id"),
    "scene",
    *("active_from", "ended_on"),
)
_TIMES = ("sent_at", "opened_at", "downloaded_at")


class DueReportSerializer(serializers.Serializer[Any]):
    period = serializers.CharField(help_text="Such as 2026-11, 2026-Q4, 2026.")
    due_on = serializers.DateField()
    as_of = serializers.DateField(help_text="The day that will be reported.")
    is_provisional = serializers.BooleanField(help_text="暂定: the year is not announced yet.")


class ReportPlanSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    rhythm = serializers.ChoiceField(choices=ReportPlan.Rhythm.choices)
    number = serializers.IntegerField(help_text="The n-th working day after the period.")
    from_end = serializers.BooleanField(help_text="Counted back from the end of the period.")
    reported = serializers.ChoiceField(choices=ReportPlan.Reported.choices)
    region_id = serializers.IntegerField(allow_null=True)
    department_id = serializers.IntegerField(allow_null=True)
    list_id = serializers.IntegerField(allow_null=True)
    batch = BatchSerializer(allow_null=True)
    scene = serializers.CharField(allow_blank=True, help_text="一件事")
    active_from = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    recipients = serializers.ListField(child=serializers.CharField(), help_text="User names.")
    coming = DueReportSerializer(many=True, help_text="The next six.")


class ReportPlanBody(StrictSerializer):
    """When it is due, and the user names of those who receive it: all of them, each time."""

    rhythm = serializers.ChoiceField(choices=ReportPlan.Rhythm.choices)
    number = serializers.IntegerField(min_value=1, max_value=MAX_NUMBER)
    from_end = serializers.BooleanField(default=False)
    reported = serializers.ChoiceField(choices=ReportPlan.Reported.choices, default=PERIOD_END)
    recipients = serializers.ListField(
        child=serializers.CharField(max_length=150), max_length=1000, default=list
    )


class ChangeReportPlan(ReportPlanBody, Versioned):
    """All of it anew."""


class NewReportPlan(ScopeBody, ReportPlanBody):
    """At most one of region and department; without them it is about the own scope. Of it at most
    one of list, batch and scene; without them about everything."""

    active_from = DayField(required=False, help_text="Today where it is left out.")


class PlannedReportSerializer(DueReportSerializer):
    id = serializers.IntegerField(allow_null=True, help_text="null: due and not asked for yet.")
    state = serializers.ChoiceField(choices=[*plan_book.WORDS])
    planned_on = serializers.DateField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)
    was_missed = serializers.BooleanField(help_text="Asked for after its day, for its own date.")
    job_id = serializers.IntegerField(allow_null=True)
    snapshot_id = serializers.IntegerField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    sent = serializers.IntegerField()
    opened = serializers.IntegerField()
    downloaded = serializers.IntegerField()
    withheld = serializers.IntegerField()


class ReportReceiptSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField(help_text="As it was when the report was sent.")
    department = serializers.CharField(allow_blank=True)
    withheld = serializers.ChoiceField(
        choices=ReportReceipt.Withheld.choices, allow_blank=True, help_text="Why it got nothing."
    )
    sent_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    downloaded_at = serializers.DateTimeField(allow_null=True)


class OwnReportReceiptSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    plan = serializers.CharField()
    period = serializers.CharField()
    as_of = serializers.DateField()
    snapshot_id = serializers.IntegerField()
    sent_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    downloaded_at = serializers.DateTimeField(allow_null=True)
    downloads = serializers.ListField(child=serializers.CharField())


class ReportSentSerializer(serializers.Serializer[Any]):
    sent = serializers.IntegerField(help_text="To so many people it went now.")


def plan(row: ReportPlan, coming: list[Due]) -> dict[str, Any]:
    """A plan as ReportPlanSerializer describes it."""
    return {
        "id": row.pk,
        "name": str(row),
        **{name: getattr(row, name) for name in _SAME},
        "list_id": row.on_list_id,
        "batch": batch_told(row),
        "recipients": sorted(user.username for user in row.recipients.all()),
        "coming": [_due(due) for due in coming],
    }


def period(line: Line) -> dict[str, Any]:
    """A period as PlannedReportSerializer describes it."""
    row = line.row
    return {
        "id": row.pk if row else None,
        "period": line.period,
        "due_on": line.due_on,
        "as_of": line.as_of,
        "is_provisional": line.is_provisional,
        "state": line.state,
        "was_missed": line.was_missed,
        **{
            name: getattr(row, name, None)
            for name in ("planned_on", "made_at", "job_id", "snapshot_id", "delivered_at")
        },
        **{
            name: getattr(row, f"{name}_count", 0)
            for name in ("sent", "opened", "downloaded", "withheld")
        },
    }


def receipt(row: ReportReceipt) -> dict[str, Any]:
    """A receipt as ReportReceiptSerializer describes it."""
    return {
        "id": row.pk,
        "username": row.user.username,
        "name": row.name,
        "department": row.department_name,
        "withheld": row.withheld,
        **{name: getattr(row, name) for name in _TIMES},
    }


def own_receipt(row: ReportReceipt) -> dict[str, Any]:
    """One's own, as OwnReportReceiptSerializer describes it."""
    files = row.snapshot.reports.all()
    return {
        "id": row.pk,
        "plan": str(row.planned.plan),
        "period": row.planned.period,
        "as_of": row.snapshot.as_of,
        "snapshot_id": row.snapshot_id,
        **{name: getattr(row, name) for name in _TIMES},
        "downloads": [reverse("api:report-download", args=[file.pk]) for file in files],
    }


def _due(due: Due) -> dict[str, Any]:
    return {
        "period": due.period.name,
        "due_on": due.on,
        "as_of": due.as_of,
        "is_provisional": due.is_provisional,
    }
