"""One report in the API: whole, with the rows of its numbers, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.filters import KeyFilter
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from obligations.api import versions
from obligations.api.bodies import Reasoned, Versioned
from obligations.today import today
from reports import api_shapes as shapes
from reports import headlines, publishing
from reports.denials import Audited
from reports.models import ObligationLine, Report
from reports.models.lines import ObligationLineQuerySet
from reports.pages import Page


class OneReport(Audited, Endpoint):
    """One report whole: where it stands, its figures with their rows, its scores."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_retrieve"}
    tag = "reports"
    serializer_class = shapes.ReportDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(self, pk)


class RowsFilter(df.FilterSet):  # type: ignore[misc]
    number = df.ChoiceFilter(method="of_number", choices=[(one, one) for one in shapes.NUMBERS])
    department = KeyFilter(method="of_department")

    class Meta:
        model = ObligationLine
        fields: tuple[str, ...] = ()

    def of_number(self, rows: ObligationLineQuerySet, name: str, value: str) -> Any:
        view = self.request.parser_context["view"]
        return rows.filter(headlines.condition(view.report.snapshot, value))

    def of_department(self, rows: ObligationLineQuerySet, name: str, value: Any) -> Any:
        return rows.filter(headlines.of_department(int(value)))


class Rows(Audited, Listing):
    """Exactly the frozen rows that a number of the report counts; without a number, all."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_rows"}
    tag = "reports"
    refusals = (404,)
    serializer_class = shapes.FrozenLineSerializer
    filterset_class = RowsFilter
    queryset = ObligationLine.objects.none()

    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        self.report = find(visible(self), pk)
        return super().get(request)

    def get_queryset(self) -> ObligationLineQuerySet:
        return ObligationLine.objects.filter(snapshot=self.report.snapshot)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = ObligationLine.objects.defer("terms").in_bulk(keys)
        return [shapes.line(rows[key]) for key in keys if key in rows]


class Act(Audited, Endpoint):
    """What people do with a report; the version is the snapshot's."""

    tag = "reports"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class: type[StrictSerializer] = Versioned
    deed: ClassVar[Callable[..., None]] = staticmethod(publishing.review)

    @extend_schema(responses=shapes.ReportDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        report = find(visible(self), pk)
        said = self.read(self.serializer_class)
        version = versions.required(request, field=said.pop("version", None))
        self.deed(report.snapshot, by=self.user, on=today(), version=version, **said)
        return _answer(self, pk)


class Review(Act):
    """A coordinator has looked through it."""

    verbs = {"POST": "review_report"}
    operations = {"POST": "reports_review"}
    deed = staticmethod(publishing.review)


class SendBack(Act):
    """A draft again, with the reason."""

    verbs = {"POST": "send_back_report"}
    operations = {"POST": "reports_send_back"}
    serializer_class = Reasoned
    deed = staticmethod(publishing.send_back)


class Publish(Act):
    """By another than who reviewed it; from then on it never changes."""

    verbs = {"POST": "publish_report"}
    operations = {"POST": "reports_publish"}
    deed = staticmethod(publishing.publish)


class Withdraw(Act):
    """It stays readable, marked, with the reason."""

    verbs = {"POST": "withdraw_report"}
    operations = {"POST": "reports_withdraw"}
    serializer_class = Reasoned
    deed = staticmethod(publishing.withdraw)


class TieScores(Act):
    """It is published with the statement of scores of its scope and day, and not before it."""

    verbs = {"POST": "tie_scores"}
    operations = {"POST": "reports_tie_scores"}
    deed = staticmethod(publishing.tie_scores)


class UntieScores(Act):
    """It is published without scores."""

    verbs = {"POST": "untie_scores"}
    operations = {"POST": "reports_untie_scores"}
    deed = staticmethod(publishing.untie_scores)


class RemakeWorkbook(Act):
    """A job makes the workbook anew with the scores that are out; `allowed` names it until then."""

    verbs = {"POST": "remake_workbook"}
    operations = {"POST": "reports_remake"}
    deed = staticmethod(publishing.remake_workbook)


def visible(endpoint: Endpoint) -> QuerySet[Report]:
    return Report.objects.visible_to(endpoint.user).with_what_it_is_of()


def _answer(endpoint: Endpoint, pk: int) -> Response:
    report = find(visible(endpoint), pk)
    shown = shapes.whole(Page(report, endpoint.user, today()))
    return Response(shown, headers={"ETag": versions.etag(report.snapshot.version)})
