"""Forms and tables of reports in the API."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.models import Department
from accounts.parsing import JSONParser
from jobs.api import QueuedSerializer, accepted
from reports import excerpts, exports, form_making, offers
from reports.denials import Audited
from reports.export_views import attached
from reports.models import Report, Snapshot
from reports.tables import Table, tables_of


class ColumnSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    # A field called label would hide the serializer's own.
    form = serializers.CharField(help_text="text, word, light, code, number, percent, date, moment")
    group = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "label": serializers.CharField()}


class TableSerializer(serializers.Serializer[Any]):
    """A table's name and where its rows are."""

    code = serializers.CharField()
    name = serializers.CharField()
    csv = serializers.CharField()
    json = serializers.CharField()


class TableRowsSerializer(serializers.Serializer[Any]):
    """Rows are objects by the columns' keys: days in ISO's form, rates decimal strings such as
    "0.333", null where there is no value."""

    table = serializers.CharField()
    name = serializers.CharField()
    as_of = serializers.DateField()
    scope = serializers.CharField()
    state = serializers.CharField()
    rules_version = serializers.CharField()
    calendar_version = serializers.CharField()
    columns = ColumnSerializer(many=True)
    note = serializers.CharField()
    rows = serializers.ListField(child=serializers.DictField())
    total = serializers.DictField(allow_null=True)


class FormSerializer(serializers.Serializer[Any]):
    form = serializers.ChoiceField(choices=Report.Form.choices)
    name = serializers.CharField()
    report_id = serializers.IntegerField()
    department_id = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    download = serializers.CharField()


class FormOrder(StrictSerializer):
    """The form wanted; a department's workbook names the department."""

    form = serializers.ChoiceField(choices=[*form_making.MAKERS])
    department = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class OwnPartSerializer(serializers.Serializer[Any]):
    """A published report in which the department appears, and its part where it was made."""

    snapshot_id = serializers.IntegerField()
    scope = serializers.CharField()
    as_of = serializers.DateField()
    part = FormSerializer(allow_null=True)


class PartOrder(StrictSerializer):
    """The published report from which the own department's part is wanted."""

    snapshot = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ReportTables(Audited, Endpoint):
    """The tables of a report and their addresses."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_tables"}
    tag = "reports"

    @extend_schema(responses=TableSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        report = find(Report.objects.visible_to(self.user).select_related("snapshot"), pk)
        return Response([_table(report, one) for one in tables_of(report.snapshot)])


class TableCsv(Audited, Endpoint):
    """A table as CSV, streamed; who takes it is audited."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_table_csv"}
    tag = "reports"
    refusals = (409,)

    @extend_schema(
        parameters=[OpenApiParameter("encoding", enum=exports.ENCODINGS, default="utf-8")],
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR)},
    )
    def get(self, request: Request, pk: int, code: str) -> HttpResponseBase:
        encoding = request.query_params.get("encoding", exports.ENCODINGS[0])
        return _given(self, pk, code, form=exports.CSV, encoding=encoding)


class TableJson(Audited, Endpoint):
    """A table as one JSON object, streamed; who takes it is audited."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_table_json"}
    tag = "reports"

    @extend_schema(responses=TableRowsSerializer)
    def get(self, request: Request, pk: int, code: str) -> HttpResponseBase:
        return _given(self, pk, code, form=exports.JSON)


class ReportForms(Audited, Endpoint):
    """The files of a report in other forms; making one is a job."""

    verbs = {"GET": "read_reports", "POST": "make_report"}
    operations = {"GET": "reports_forms", "POST": "reports_make_form"}
    tag = "reports"
    refusals = (409,)
    parser_classes = [JSONParser]

    @extend_schema(responses=FormSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        report = find(Report.objects.visible_to(self.user).select_related("snapshot"), pk)
        made = report.snapshot.reports.select_related("snapshot").order_by("pk")
        return Response([_form(one) for one in (*made, *offers.parts_of(report.snapshot))])

    @extend_schema(request=FormOrder, responses={200: FormSerializer, 202: QueuedSerializer})
    def post(self, request: Request, pk: int) -> Response:
        report = find(Report.objects.visible_to(self.user).select_related("snapshot"), pk)
        said = self.read(FormOrder)
        department = None
        if "department" in said:
            department = find(Department.objects.visible_to(self.user), said["department"])
        found = form_making.ask(report.snapshot, said["form"], by=self.user, department=department)
        return Response(_form(found)) if isinstance(found, Report) else accepted(found)


class OwnParts(Audited, Endpoint):
    """The own department in the newest 50 published reports; making its part of any is a job."""

    refused_of = Snapshot
    # The report is named in the body.
    refused_number: int | None = None
    verbs = {"GET": "take_own_part", "POST": "take_own_part"}
    operations = {"GET": "reports_own_parts", "POST": "reports_take_own_part"}
    tag = "reports"
    refusals = (404, 409)
    parser_classes = [JSONParser]

    @extend_schema(responses=OwnPartSerializer(many=True))
    def get(self, request: Request) -> Response:
        parts = offers.own_parts(self.user, offers.own_sources(self.user)[:_NEWEST])
        return Response(
            [
                {
                    "snapshot_id": source.pk,
                    "scope": source.scope_name,
                    "as_of": source.as_of,
                    "part": _form(part) if part else None,
                }
                for source, part in parts
            ]
        )

    @extend_schema(request=PartOrder, responses={200: FormSerializer, 202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        self.refused_number = self.read(PartOrder)["snapshot"]
        source = find(excerpts.sources(self.user), self.refused_number)
        own = self.user.department
        found = form_making.ask(source, Report.Form.DEPARTMENT, by=self.user, department=own)
        return Response(_form(found)) if isinstance(found, Report) else accepted(found)


_NEWEST = 50


def _given(view: Endpoint, pk: int, code: str, *, form: str, **more: str) -> HttpResponseBase:
    report = find(Report.objects.visible_to(view.user).select_related("snapshot"), pk)
    return attached(exports.give(report.snapshot, code, by=view.user, form=form, **more))


def _table(report: Report, table: Table) -> dict[str, str]:
    at = {"pk": report.pk, "code": table.code}
    return {
        "code": table.code,
        "name": table.name,
        "csv": reverse("api:report-table-csv", kwargs=at),
        "json": reverse("api:report-table-json", kwargs=at),
    }


def _form(report: Report) -> dict[str, Any]:
    return {
        "form": report.form,
        "name": report.name,
        "report_id": report.pk,
        "department_id": report.snapshot.department_id,
        "sha256": report.sha256,
        "size": report.size,
        "download": reverse("api:report-download", args=[report.pk]),
    }


urlpatterns = [
    path("reports/own/", OwnParts.as_view()),
    path("reports/<int:pk>/forms/", ReportForms.as_view()),
    path("reports/<int:pk>/tables/", ReportTables.as_view()),
    path("reports/<int:pk>/tables/<slug:code>.csv", TableCsv.as_view(), name="report-table-csv"),
    path("reports/<int:pk>/tables/<slug:code>.json", TableJson.as_view(), name="report-table-json"),
]
