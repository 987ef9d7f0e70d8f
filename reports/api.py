"""Reports in the API: made by a job, listed, reviewed and published, and taken away as files."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import path
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
from obligations.models import ResponsibilityList
from obligations.today import today
from reports import api_acts, downloads, making
from reports import api_shapes as shapes
from reports.denials import Audited
from reports.models import Report, Snapshot
from reports.models.reports import EXCEL, WORD
from reports.scopes import Batch, Scope, scope_of

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The workbook, as an attachment.")
_TERRITORIES, _MATTERS = ("department", "region"), ("list", "batch", "scene")


class BatchOrder(shapes.BatchSerializer, StrictSerializer):
    """The lists of one kind and level that came together."""


class ReportOrder(StrictSerializer):
    """At most one of department and region; without them what is the user's own scope. Of it at
    most one of list, batch and scene; without them everything."""

    on = DayField(required=False, help_text="The day reported; today where it is left out.")
    department = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    region = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    list = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    batch = BatchOrder(required=False)
    scene = serializers.CharField(required=False, max_length=200, help_text="一件事")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if all(name in attrs for name in _TERRITORIES):
            raise serializers.ValidationError({"region": _("Name a department or a region.")})
        if sum(name in attrs for name in _MATTERS) > 1:
            raise serializers.ValidationError({"list": _("Name a list, a batch or a scene.")})
        return attrs


class ReportFilter(df.FilterSet):  # type: ignore[misc]
    as_of = df.DateFilter(field_name="snapshot__as_of")
    since = df.DateFilter("snapshot__as_of", "gte")
    until = df.DateFilter("snapshot__as_of", "lte")
    state = df.ChoiceFilter(field_name="snapshot__state", choices=Snapshot.State.choices)
    department = KeyFilter(field_name="snapshot__department_id")
    region = KeyFilter(field_name="snapshot__region_id")
    list = KeyFilter(field_name="snapshot__on_list_id")
    scene = df.CharFilter(field_name="snapshot__scene")
    snapshot = KeyFilter(field_name="snapshot_id")

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()


class Reports(Listing):
    """Reports that the user may have, newest first; making one is a job."""

    verbs = {"GET": "read_reports", "POST": "make_report"}
    operations = {"GET": "reports_list", "POST": "reports_make"}
    tag = "reports"
    refusals = (404, 409)
    parser_classes = [JSONParser]
    serializer_class = shapes.ReportSerializer
    filterset_class = ReportFilter
    queryset = Report.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> QuerySet[Report]:
        return Report.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Report.objects.select_related("snapshot", "made_by").in_bulk(keys)
        return [shapes.head(rows[key]) for key in keys if key in rows]

    @extend_schema(request=ReportOrder, responses={202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        said = self.read(ReportOrder)
        scope, on = _scope(said, by=self.user), said.get("on") or today()
        return accepted(making.ask(on=on, today=today(), by=self.user, scope=scope))


class ReportDownload(Audited, Endpoint):
    """The workbook with the watermark of whoever takes it, who is audited; Repr-Digest is that of
    the bytes handed out."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_download"}
    tag = "reports"
    refusals = (409,)

    @extend_schema(responses={(200, EXCEL): FILE, (200, WORD): FILE})
    def get(self, request: Request, pk: int) -> FileResponse:
        report = find(Report.objects.visible_to(self.user).select_related("snapshot"), pk)
        return downloads.respond(report, by=self.user)


def _scope(said: dict[str, Any], *, by: User) -> Scope:
    """What was asked for; a department or list that the user does not see is not found."""
    own = scope_of(by)
    if "department" in said:
        own = Scope(department=find(Department.objects.visible_to(by), said["department"]))
    if "region" in said:
        own = Scope(region=find(Region.objects.all(), said["region"]))
    lists = ResponsibilityList.objects.visible_to(by)
    return Scope(
        region=own.region,
        department=own.department,
        on_list=find(lists, said["list"]) if "list" in said else None,
        batch=Batch(**said["batch"]) if "batch" in said else None,
        scene=said.get("scene", ""),
    )


urlpatterns = [
    path("reports/", Reports.as_view()),
    path("reports/<int:pk>/", api_acts.OneReport.as_view()),
    path("reports/<int:pk>/rows/", api_acts.Rows.as_view()),
    path("reports/<int:pk>/review/", api_acts.Review.as_view()),
    path("reports/<int:pk>/send-back/", api_acts.SendBack.as_view()),
    path("reports/<int:pk>/publish/", api_acts.Publish.as_view()),
    path("reports/<int:pk>/withdraw/", api_acts.Withdraw.as_view()),
    path("reports/<int:pk>/tie-scores/", api_acts.TieScores.as_view()),
    path("reports/<int:pk>/untie-scores/", api_acts.UntieScores.as_view()),
    path("reports/<int:pk>/download/", ReportDownload.as_view(), name="report-download"),
]
