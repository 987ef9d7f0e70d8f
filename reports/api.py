"""Reports in the API: made by a job, listed, and taken away as files."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import Department, Region, User
from accounts.parsing import JSONParser
from jobs.api import QueuedSerializer, accepted
from obligations.api.bodies import DayField
from obligations.today import today
from reports import downloads, making
from reports.denials import Audited
from reports.downloads import SHEET_TYPE
from reports.models import Report, Snapshot
from reports.scopes import Scope, scope_of

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The workbook, as an attachment.")
_EDITION = ("rules_version", "calendar_version", "program_version", "recorded_later_count")


class ReportSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    as_of = serializers.DateField(help_text="The day at whose end the figures were frozen.")
    scope = serializers.CharField(help_text="The province, a city or a department.")
    department_id = serializers.IntegerField(allow_null=True)
    region_id = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=Snapshot.State.choices)
    is_demo = serializers.BooleanField(help_text="【示例】: made up, not a real list.")
    sha256 = serializers.CharField(help_text="Of the file in store, before any watermark.")
    size = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField(allow_null=True, help_text="null is the schedule.")
    job_id = serializers.IntegerField(allow_null=True)
    download = serializers.CharField()


class ReportDetailSerializer(ReportSerializer):
    rules_version = serializers.CharField()
    calendar_version = serializers.CharField()
    program_version = serializers.CharField()
    recorded_later_count = serializers.IntegerField(
        help_text="Acts put on record after the day that is reported."
    )


class ReportOrder(StrictSerializer):
    """At most one of department and region; without them what is the user's own scope."""

    on = DayField(required=False, help_text="The day reported; today where it is left out.")
    department = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    region = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "department" in attrs and "region" in attrs:
            raise serializers.ValidationError({"region": _("Name a department or a region.")})
        return attrs


class ReportFilter(df.FilterSet):  # type: ignore[misc]
    as_of = df.DateFilter(field_name="snapshot__as_of")
    department = KeyFilter(field_name="snapshot__department_id")

    class Meta:
        model = Report
        fields: list[str] = []


class Reports(Listing):
    """Reports that the user may have, newest first; making one is a job."""

    verbs = {"GET": "read_reports", "POST": "make_report"}
    operations = {"GET": "reports_list", "POST": "reports_make"}
    tag = "reports"
    refusals = (404, 409)
    parser_classes = [JSONParser]
    serializer_class = ReportSerializer
    filterset_class = ReportFilter
    queryset = Report.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> QuerySet[Report]:
        return Report.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Report.objects.select_related("snapshot", "made_by").in_bulk(keys)
        return [_facts(rows[key]) for key in keys if key in rows]

    @extend_schema(request=ReportOrder, responses={202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        said = self.read(ReportOrder)
        scope, on = _scope(said, by=self.user), said.get("on") or today()
        return accepted(making.ask(on=on, today=today(), by=self.user, scope=scope))


class OneReport(Audited, Endpoint):
    """One report, and the rules, calendar and program it was made with."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_retrieve"}
    tag = "reports"
    serializer_class = ReportDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        report = find(_visible(self.user), pk)
        edition = {name: getattr(report.snapshot, name) for name in _EDITION}
        return Response({**_facts(report), **edition})


class ReportDownload(Audited, Endpoint):
    """The workbook with the watermark of whoever takes it, who is audited; Repr-Digest is that of
    the bytes handed out."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_download"}
    tag = "reports"
    refusals = (409,)

    @extend_schema(responses={(200, SHEET_TYPE): FILE})
    def get(self, request: Request, pk: int) -> FileResponse:
        report = find(_visible(self.user), pk)
        return downloads.respond(report, by=self.user)


def _visible(user: User) -> QuerySet[Report]:
    return Report.objects.visible_to(user).select_related("snapshot", "made_by")


def _scope(said: dict[str, Any], *, by: User) -> Scope:
    """What was asked for; a department outside the user's scope is not found."""
    if "department" in said:
        return Scope(department=find(Department.objects.visible_to(by), said["department"]))
    if "region" in said:
        return Scope(region=find(Region.objects.all(), said["region"]))
    return scope_of(by)


def _facts(report: Report) -> dict[str, Any]:
    snapshot = report.snapshot
    return {
        "id": report.pk,
        "name": report.name,
        "as_of": snapshot.as_of,
        "scope": snapshot.scope_name,
        "department_id": snapshot.department_id,
        "region_id": snapshot.region_id,
        "state": snapshot.state,
        "is_demo": snapshot.is_demo,
        "sha256": report.sha256,
        "size": report.size,
        "made_at": report.made_at,
        "made_by": report.made_by.username if report.made_by else None,
        "job_id": report.job_id,
        "download": reverse("api:report-download", args=[report.pk]),
    }


urlpatterns = [
    path("reports/", Reports.as_view()),
    path("reports/<int:pk>/", OneReport.as_view()),
    path("reports/<int:pk>/download/", ReportDownload.as_view(), name="report-download"),
]
