"""Endpoints, what probes saw of them, and their change."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint as Address
from accounts.api.endpoints import find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import User
from accounts.parsing import JSONParser
from docking import endpoints
from docking.api import shapes
from docking.api.obligations import present
from docking.models import Endpoint, EndpointQuerySet, ProbeResult
from obligations.api import versions
from obligations.api.bodies import Versioned

_CHANGES, _DAYS = 50, 30


class EndpointFilter(df.FilterSet):  # type: ignore[misc]
    obligation = KeyFilter(field_name="obligation_id")
    state = df.ChoiceFilter(choices=Endpoint.State.choices)
    retired = df.BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Endpoint
        fields: list[str] = []


class Endpoints(Listing):
    """All endpoints of the obligations that the user may see."""

    operations = {"GET": "endpoints_list"}
    tag = "docking"
    serializer_class = shapes.EndpointSerializer
    filterset_class = EndpointFilter
    queryset = Endpoint.objects.none()
    orders = {"id": Order("pk"), "-id": Order("pk", True)}

    def get_queryset(self) -> EndpointQuerySet:
        return Endpoint.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return present(self.user, keys)


class OneEndpoint(Address):
    """One endpoint with its state history and the sums of its days; its officer changes it."""

    verbs = {"GET": "read", "POST": "keep_endpoints"}
    operations = {"GET": "endpoints_retrieve", "POST": "endpoints_change"}
    tag = "docking"
    refusals = (409, 412, 428)
    parser_classes = [JSONParser]
    serializer_class = shapes.OneEndpointSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(self.user, pk)

    @extend_schema(request=shapes.ChangedEndpoint)
    def post(self, request: Request, pk: int) -> Response:
        row = find(Endpoint.objects.visible_to(self.user), pk)
        said = self.read(shapes.ChangedEndpoint)
        version = versions.required(request, field=said.pop("version", None))
        endpoints.change(row, by=self.user, version=version, **said)
        return _answer(self.user, pk)


class RetireEndpoint(Address):
    """It is probed no more; what was seen stays."""

    verbs = {"POST": "keep_endpoints"}
    operations = {"POST": "endpoints_retire"}
    tag = "docking"
    refusals = (409, 412, 428)
    parser_classes = [JSONParser]
    serializer_class = Versioned

    @extend_schema(responses=shapes.OneEndpointSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = find(Endpoint.objects.visible_to(self.user), pk)
        said = self.read(Versioned)
        version = versions.required(request, field=said.get("version"))
        endpoints.retire(row, by=self.user, version=version)
        return _answer(self.user, pk)


class Results(Listing):
    """What probes saw, newest first; kept for 90 days."""

    operations = {"GET": "endpoints_results"}
    tag = "docking"
    serializer_class = shapes.ResultSerializer
    queryset = ProbeResult.objects.none()
    orders = {"-at": Order("at", True), "at": Order("at")}

    def get_queryset(self) -> QuerySet[ProbeResult]:
        if "pk" not in self.kwargs:  # the description asks without an address
            return ProbeResult.objects.none()
        visible = Endpoint.objects.visible_to(self.user)
        return get_object_or_404(visible, pk=self.kwargs["pk"]).results.all()

    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        return super().get(request)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        names = ("id", "at", "outcome", "status", "latency_ms", "error")
        rows = {row["id"]: row for row in ProbeResult.objects.filter(pk__in=keys).values(*names)}
        return [rows[key] for key in keys if key in rows]


def _answer(user: User, pk: int) -> Response:
    row = find(Endpoint.objects.visible_to(user), pk)
    [body] = present(user, [pk])
    changes = row.changes.order_by("-at", "-pk").values("state", "at", "why")
    names = ("day", "up_count", "down_count", "unclear_count", "latency_ms")
    body["changes"] = list(changes[:_CHANGES])
    body["days"] = list(row.days.order_by("-day").values(*names)[:_DAYS])
    return Response(body, headers={"ETag": versions.etag(row.version)})
