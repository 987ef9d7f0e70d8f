"""Reports in the API: made by a job, listed, reviewed and published, and taken away as files."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from jobs.api import QueuedSerializer, accepted
from obligations.api.bodies import DayField
from obligations.today import today
from reports import api_acts, downloads, making
from reports import api_shapes as shapes
from reports.api_scopes import ScopeBody, scope_of_body
from reports.denials import Audited
from reports.models import Report, Snapshot
from reports.models.reports import EXCEL, WORD

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The workbook, as an attachment.")


class ReportOrder(ScopeBody):
    """At most one of department and region; without them what is the user's own scope. Of it at
    most one of list, batch and scene; without them everything."""

    on = DayField(required=False, help_text="The day reported; today where it is left out.")


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
    part = df.ChoiceFilter(
        method="of_part",
        choices=[("no", "no"), ("only", "only"), ("any", "any")],
        help_text="Departments' parts of reports about many (`part_of` is set): without them, them "
        "alone, or both. Where it is left out: `no` for coordinators and leaders, as on the page; "
        "`any` for a department's people.",
    )

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Report]) -> QuerySet[Report]:
        found: QuerySet[Report] = super().filter_queryset(queryset)
        user = self.request.user
        if not self.form.cleaned_data.get("part") and user.role in user.SCOPED:
            return self.of_part(found, "part", "no")
        return found

    def of_part(self, rows: QuerySet[Report], name: str, value: str) -> QuerySet[Report]:
        if value == "any":
            return rows
        return rows.filter(snapshot__excerpt_of__isnull=value == "no")


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
        scope, on = scope_of_body(said, by=self.user), said.get("on") or today()
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


urlpatterns = [
    path("reports/", Reports.as_view()),
    path("reports/<int:pk>/", api_acts.OneReport.as_view()),
    path("reports/<int:pk>/rows/", api_acts.Rows.as_view(), name="report-rows"),
    path("reports/<int:pk>/review/", api_acts.Review.as_view()),
    path("reports/<int:pk>/send-back/", api_acts.SendBack.as_view()),
    path("reports/<int:pk>/publish/", api_acts.Publish.as_view()),
    path("reports/<int:pk>/withdraw/", api_acts.Withdraw.as_view()),
    path("reports/<int:pk>/tie-scores/", api_acts.TieScores.as_view()),
    path("reports/<int:pk>/untie-scores/", api_acts.UntieScores.as_view()),
    path("reports/<int:pk>/remake/", api_acts.RemakeWorkbook.as_view()),
    path("reports/<int:pk>/download/", ReportDownload.as_view(), name="report-download"),
]
