"""Plans of reports in the API: kept by coordinators; their periods and receipts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import User
from accounts.parsing import JSONParser
from obligations.api import versions
from obligations.api.bodies import Versioned
from obligations.today import today
from reports import api_scopes, plan_book, planned, plans
from reports import plan_shapes as shapes
from reports.models import PlannedReport, ReportPlan, ReportReceipt
from reports.rhythm import Rule


class Plans(Listing):
    """Plans of the own scope; a coordinator makes one."""

    verbs = {"GET": "read_report_plans", "POST": "keep_report_plans"}
    operations = {"GET": "report_plans_list", "POST": "report_plans_make"}
    tag = "reports"
    parser_classes = [JSONParser]
    refusals = (404, 409)
    serializer_class = shapes.ReportPlanSerializer
    queryset = ReportPlan.objects.none()

    def get_queryset(self) -> QuerySet[ReportPlan]:
        return ReportPlan.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return _shown(self.user, keys)

    @extend_schema(request=shapes.NewReportPlan, responses={201: shapes.ReportPlanSerializer})
    def post(self, request: Request) -> Response:
        said, on = self.read(shapes.NewReportPlan), today()
        made = plans.make(
            api_scopes.scope_of_body(said, by=self.user),
            rule=_rule(said),
            recipients=_people(said["recipients"]),
            active_from=said.get("active_from") or on,
            by=self.user,
            on=on,
        )
        return _answer(self, made.pk, status=201)


class OnePlan(Endpoint):
    """One plan; a change says all of it anew."""

    verbs = {"GET": "read_report_plans", "POST": "keep_report_plans"}
    operations = {"GET": "report_plans_retrieve", "POST": "report_plans_change"}
    tag = "reports"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = shapes.ChangeReportPlan

    @extend_schema(responses=shapes.ReportPlanSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return _answer(self, pk)

    @extend_schema(responses=shapes.ReportPlanSerializer)
    def post(self, request: Request, pk: int) -> Response:
        plan, said = find(_whole(self.user), pk), self.read(shapes.ChangeReportPlan)
        version = versions.required(request, field=said.get("version"))
        recipients = _people(said["recipients"])
        plans.change(
            plan, rule=_rule(said), recipients=recipients, by=self.user, on=today(), version=version
        )
        return _answer(self, pk)


class EndPlan(Endpoint):
    """Nothing is due any more from today on; what was made stays."""

    verbs = {"POST": "keep_report_plans"}
    operations = {"POST": "report_plans_end"}
    tag = "reports"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = Versioned

    @extend_schema(responses=shapes.ReportPlanSerializer)
    def post(self, request: Request, pk: int) -> Response:
        plan = find(_whole(self.user), pk)
        version = versions.required(request, field=self.read(Versioned).get("version"))
        plans.end(plan, by=self.user, on=today(), version=version)
        return _answer(self, pk)


class Periods(Endpoint):
    """Every period so far, the newest first, and what is due without a report."""

    verbs = {"GET": "read_report_plans"}
    operations = {"GET": "report_plans_periods"}
    tag = "reports"
    serializer_class = shapes.PlannedReportSerializer

    @extend_schema(responses=shapes.PlannedReportSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        plan = find(_whole(self.user), pk)
        return Response([shapes.period(line) for line in plan_book.periods(plan, on=today())])


class Receipts(Endpoint):
    """Who got a planned report, who opened it, who took it away, and who got nothing."""

    verbs = {"GET": "read_report_plans"}
    operations = {"GET": "planned_reports_receipts"}
    tag = "reports"
    serializer_class = shapes.ReportReceiptSerializer

    @extend_schema(responses=shapes.ReportReceiptSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        row = find(PlannedReport.objects.visible_to(self.user), pk)
        found = row.receipts.select_related("user").order_by("pk")
        return Response([shapes.receipt(receipt) for receipt in found])


class Deliver(Endpoint):
    """Send a published report to those named since; each gets it once."""

    verbs = {"POST": "keep_report_plans"}
    operations = {"POST": "planned_reports_deliver"}
    tag = "reports"
    refusals = (409,)
    serializer_class = shapes.ReportSentSerializer

    @extend_schema(request=None, responses=shapes.ReportSentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        rows = PlannedReport.objects.visible_to(self.user).select_related("snapshot")
        sent = planned.deliver_row(find(rows, pk), by=self.user, on=today())
        return Response({"sent": len(sent)})


class Received(Listing):
    """What was sent to oneself, the newest first."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "report_receipts_list"}
    tag = "reports"
    serializer_class = shapes.OwnReportReceiptSerializer
    queryset = ReportReceipt.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> QuerySet[ReportReceipt]:
        return ReportReceipt.objects.received_by(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = ReportReceipt.objects.select_related(
            "snapshot", *(f"planned__{name}" for name in planned.PLAN_SCOPE)
        ).prefetch_related("snapshot__reports")
        rows = found.in_bulk(keys)
        return [shapes.own_receipt(rows[key]) for key in keys if key in rows]


def _whole(user: User) -> QuerySet[ReportPlan]:
    found = ReportPlan.objects.visible_to(user).with_scope()
    return found.prefetch_related("recipients")


def _shown(user: User, keys: list[Any]) -> list[dict[str, Any]]:
    rows = _whole(user).in_bulk(keys)
    coming = planned.coming_of(list(rows.values()), on=today(), count=plan_book.COMING)
    return [shapes.plan(rows[key], coming[key]) for key in keys if key in rows]


def _answer(endpoint: Endpoint, pk: int, *, status: int = 200) -> Response:
    plan = find(_whole(endpoint.user), pk)
    tag = {"ETag": versions.etag(plan.version)}
    return Response(_shown(endpoint.user, [pk])[0], status=status, headers=tag)


def _rule(said: dict[str, Any]) -> Rule:
    return Rule(said["rhythm"], said["number"], said["from_end"], said["reported"])


def _people(names: list[str]) -> list[User]:
    """The people of these user names; 400 where there is no such one."""
    found = list(User.objects.filter(username__in=names))
    unknown = sorted(set(names) - {user.username for user in found})
    if unknown:
        words = _("There is nobody called: %(names)s.") % {"names": "、".join(unknown)}
        raise serializers.ValidationError({"recipients": words})
    return found


urlpatterns = [
    path("report-plans/", Plans.as_view()),
    path("report-plans/<int:pk>/", OnePlan.as_view()),
    path("report-plans/<int:pk>/end/", EndPlan.as_view()),
    path("report-plans/<int:pk>/periods/", Periods.as_view()),
    path("planned-reports/<int:pk>/receipts/", Receipts.as_view()),
    path("planned-reports/<int:pk>/deliver/", Deliver.as_view()),
    path("report-receipts/", Received.as_view()),
]
