"""How reports are written for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from obligations.api.score_shapes import PartSerializer
from obligations.indicators import Figure
from obligations.models import Duty, Light, Status
from reports import headlines
from reports.addresses import rows_url
from reports.api_counted_shapes import FurtherRateSerializer, further_told
from reports.api_scopes import BatchSerializer, batch_told
from reports.headlines import Parts
from reports.models import ObligationLine, Report, Snapshot
from reports.pages import Page

_EDITION = ("program_version", "recorded_later_count")
NUMBERS = list(headlines.NUMBERS)


class ReportSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    as_of = serializers.DateField(help_text="The day at whose end the figures were frozen.")
    scope = serializers.CharField(
        help_text="The province, a city or a department; of it all, a list, a batch or a scene."
    )
    department_id = serializers.IntegerField(allow_null=True)
    region_id = serializers.IntegerField(allow_null=True)
    list_id = serializers.IntegerField(allow_null=True)
    batch = BatchSerializer(allow_null=True)
    scene = serializers.CharField(allow_blank=True, help_text="一件事")
    snapshot_id = serializers.IntegerField(help_text="Files of one snapshot say the same.")
    part_of = serializers.IntegerField(
        allow_null=True, help_text="Of a department's part: the snapshot that it was taken from."
    )
    rules_version = serializers.CharField(help_text="The rule of lights.")
    calendar_version = serializers.CharField(help_text="The working-day calendar.")
    state = serializers.ChoiceField(choices=Snapshot.State.choices)
    version = serializers.IntegerField(help_text="Of the snapshot; every act carries it.")
    is_demo = serializers.BooleanField(help_text="【示例】: made up, not a real list.")
    sha256 = serializers.CharField(help_text="Of the file in store, before any watermark.")
    size = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField(allow_null=True, help_text="null is the schedule.")
    job_id = serializers.IntegerField(allow_null=True)
    download = serializers.CharField()


class SignedSerializer(serializers.Serializer[Any]):
    by = serializers.CharField(help_text="The name as it was; empty is the system.")
    at = serializers.DateTimeField()


class FrozenRateSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    percent = serializers.DecimalField(
        max_digits=5, decimal_places=1, allow_null=True, help_text="null for 0/0."
    )
    numerator_rows = serializers.CharField(help_text="The page on which exactly its rows stand.")
    denominator_rows = serializers.CharField()
    numerator_lines = serializers.CharField(help_text="The same rows in the API.")
    denominator_lines = serializers.CharField()


class FrozenDepartmentSerializer(serializers.Serializer[Any]):
    department_id = serializers.IntegerField()
    name = serializers.CharField()
    rates = FrozenRateSerializer(many=True)
    lights = serializers.DictField(child=serializers.IntegerField())


class StandingSerializer(serializers.Serializer[Any]):
    department_id = serializers.IntegerField()
    department = serializers.CharField()
    score = serializers.CharField(allow_null=True)
    place = serializers.IntegerField(allow_null=True)
    parts = PartSerializer(many=True)


class FrozenChangeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class ReportDetailSerializer(ReportSerializer):
    program_version = serializers.CharField()
    taken_at = serializers.DateTimeField()
    recorded_later_count = serializers.IntegerField(
        help_text="Acts put on record after the day that is reported, and counted."
    )
    recorded_since_count = serializers.IntegerField(
        help_text="Acts of that time put on record after the freezing: not in this report."
    )
    reviewed = SignedSerializer(allow_null=True)
    published = SignedSerializer(allow_null=True)
    withdrawn = SignedSerializer(allow_null=True)
    return_reason = serializers.CharField(allow_blank=True)
    withdraw_reason = serializers.CharField(allow_blank=True)
    rates = FrozenRateSerializer(many=True)
    further_rates = FurtherRateSerializer(
        many=True, help_text="Those that count more than obligations, where anything was counted."
    )
    lights = serializers.DictField(child=serializers.IntegerField())
    departments = FrozenDepartmentSerializer(many=True)
    previous_id = serializers.IntegerField(
        allow_null=True, help_text="The report before, from which the changes are counted."
    )
    changes = FrozenChangeSerializer(many=True, help_text="One obligation may stand under several.")
    with_scores = serializers.BooleanField()
    score_statement_id = serializers.IntegerField(
        allow_null=True, help_text="The statement that belongs to it, where you may see it."
    )
    missing = serializers.CharField(
        allow_null=True, help_text="What its scores still lack before it can be published."
    )
    scores = StandingSerializer(many=True, help_text="Once their statement is published.")
    cleaned_count = serializers.IntegerField(
        help_text="Cells of the file that no worksheet can hold as they were."
    )
    cleanings = serializers.ListField(
        child=serializers.DictField(), help_text="The first of them, 5,000 at most."
    )
    allowed = serializers.ListField(
        child=serializers.CharField(), help_text="The verbs that you may try now."
    )


class FrozenLineSerializer(serializers.Serializer[Any]):
    """One obligation as it was frozen."""

    obligation_id = serializers.IntegerField()
    item_id = serializers.IntegerField()
    list_id = serializers.IntegerField()
    list = serializers.CharField()
    title = serializers.CharField()
    department_id = serializers.IntegerField()
    department = serializers.CharField()
    duty = serializers.ChoiceField(choices=Duty.choices)
    role_in_item = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    light = serializers.ChoiceField(choices=Light.choices)
    light_reason = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    original_due_on = serializers.DateField(allow_null=True)
    completed_on = serializers.DateField(allow_null=True)
    overdue_days = serializers.IntegerField()
    decided_count = serializers.IntegerField(help_text="Its claims in 核验及时率.")
    decided_in_time_count = serializers.IntegerField()


_COPIED = (
    *("obligation_id", "item_id", "list_id", "title", "department_id", "duty", "role_in_item"),
    *("status", "light", "light_reason", "due_on", "original_due_on", "completed_on"),
    *("overdue_days", "decided_count", "decided_in_time_count"),
)


def line(row: ObligationLine) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in _COPIED}
    return {"list": row.list_title, "department": row.department_name, **facts}


def head(report: Report) -> dict[str, Any]:
    """A report as it stands in the list."""
    snapshot = report.snapshot
    return {
        "id": report.pk,
        "name": report.name,
        "as_of": snapshot.as_of,
        "scope": snapshot.scope_name,
        "department_id": snapshot.department_id,
        "region_id": snapshot.region_id,
        "list_id": snapshot.on_list_id,
        "batch": batch_told(snapshot),
        "scene": snapshot.scene,
        "snapshot_id": snapshot.pk,
        "part_of": snapshot.excerpt_of_id,
        "rules_version": snapshot.rules_version,
        "calendar_version": snapshot.calendar_version,
        "state": snapshot.state,
        "version": snapshot.version,
        "is_demo": snapshot.is_demo,
        "sha256": report.sha256,
        "size": report.size,
        "made_at": report.made_at,
        "made_by": report.made_by.username if report.made_by else None,
        "job_id": report.job_id,
        "download": reverse("api:report-download", args=[report.pk]),
    }


def whole(page: Page) -> dict[str, Any]:
    """A report with its figures, where it stands, and what may be done."""
    report, snapshot = page.report, page.snapshot
    return {
        **head(report),
        **{name: getattr(snapshot, name) for name in _EDITION},
        "taken_at": snapshot.taken_at,
        "recorded_since_count": page.recorded_since,
        **{act: _signed(snapshot, act) for act in ("reviewed", "published", "withdrawn")},
        "return_reason": snapshot.return_reason,
        "withdraw_reason": snapshot.withdraw_reason,
        "rates": [_rate(report, one.code, one.figure, one.parts) for one in page.rates],
        "further_rates": [further_told(one) for one in page.further],
        "lights": dict(page.lights),
        "departments": _departments(page),
        "previous_id": page.previous.pk if page.previous else None,
        "changes": [asdict(one) for one in page.changes],
        "with_scores": snapshot.with_scores,
        "score_statement_id": page.statement.pk if page.statement else None,
        "missing": page.missing.sentence if page.missing else None,
        "scores": [
            {
                "department_id": one.department_id,
                "department": one.department,
                "score": None if one.score is None else str(one.score),
                "place": one.place,
                "parts": one.parts,
            }
            for one in page.standings
        ],
        "cleaned_count": report.cleaned_count,
        "cleanings": report.cleanings,
        "allowed": page.allowed,
    }


def _signed(snapshot: Snapshot, act: str) -> dict[str, Any] | None:
    at = getattr(snapshot, f"{act}_at")
    return {"by": getattr(snapshot, f"{act}_by_name"), "at": at} if at else None


def _departments(page: Page) -> list[dict[str, Any]]:
    codes = ("completion", "on_time")
    return [
        {
            "department_id": one.department_id,
            "name": one.name,
            "rates": [
                _rate(page.report, code, figure, parts, department=one.department_id)
                for code, (figure, parts) in zip(codes, one.figures, strict=True)
            ],
            "lights": dict(one.lights),
        }
        for one in page.lines
    ]


def _rate(
    report: Report, code: str, figure: Figure, parts: Parts, *, department: int | None = None
) -> dict[str, Any]:
    def ways(page: str) -> list[str]:
        return [rows_url(report, one, department=department, page=page) for one in parts]

    pages, lines = ways("reports:rows"), ways("api:report-rows")
    return {
        "code": code,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "percent": None if figure.percent is None else str(figure.percent),
        **dict(zip(("numerator_rows", "denominator_rows"), pages, strict=True)),
        **dict(zip(("numerator_lines", "denominator_lines"), lines, strict=True)),
    }
