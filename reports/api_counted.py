"""What the further rates of a report count, in the API."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import find
from accounts.api.filters import KeyFilter
from accounts.api.paging import Listing
from obligations import rates
from reports import api_counted_shapes as shapes
from reports import counted
from reports.api_acts import visible
from reports.denials import Audited
from reports.models import CountedLine


class CountedFilter(df.FilterSet):  # type: ignore[misc]
    rate = df.ChoiceFilter(
        field_name="code", choices=lambda: [(code, code) for code in counted.codes()]
    )
    part = df.ChoiceFilter(
        method="of_part", choices=[(one, one) for one in (rates.NUMERATOR, rates.DENOMINATOR)]
    )
    department = KeyFilter(field_name="department_id")

    class Meta:
        model = CountedLine
        fields: tuple[str, ...] = ()

    def of_part(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(numerator__gt=0) if value == rates.NUMERATOR else rows


class Counted(Audited, Listing):
    """What the further rates count, one by one as it was frozen; the sums of a rate's rows are its
    numerator and denominator. Snapshots from before this was frozen have no rows."""

    verbs = {"GET": "read_reports"}
    operations = {"GET": "reports_counted"}
    tag = "reports"
    refusals = (404,)
    serializer_class = shapes.CountedLineSerializer
    filterset_class = CountedFilter
    queryset = CountedLine.objects.none()

    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        self.report = find(visible(self), pk)
        return super().get(request)

    def get_queryset(self) -> QuerySet[CountedLine]:
        return CountedLine.objects.filter(snapshot=self.report.snapshot)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = CountedLine.objects.in_bulk(keys)
        found = [rows[key] for key in keys if key in rows]
        return [shapes.counted_line(one) for one in counted.with_lines(self.report.snapshot, found)]


urlpatterns = [
    path("reports/<int:pk>/counted/", Counted.as_view(), name="report-counted"),
]
