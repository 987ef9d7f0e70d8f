"""Requests for data and for correction: what was asked, by when it is owed, what came of it."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import Department
from accounts.parsing import JSONParser
from obligations.api import versions
from obligations.models import Obligation
from obligations.today import today
from sharing_lists import requesting
from sharing_lists.api import request_shapes as shapes
from sharing_lists.models import DataRequest
from sharing_lists.requesting import Asked, Consent

_FACTS = (
    *("obligation_id", "kind", "number", "subject", "asked_on", "waits_for", "due_on"),
    *("reply_by", "reply_by_originally", "extension_days", "extension_why", "extended_on"),
    *("demander_told_on", "answer", "reason", "replied_on", "deliver_by", "delivered_on"),
    *("correct_by", "corrected_on", "result", "taken_back_on", "taken_back_why"),
    *("recorded_at", "version"),
)


class RequestQuery(df.FilterSet):  # type: ignore[misc]
    """`state`: open ones, or those of them that are late."""

    obligation = KeyFilter(field_name="obligation_id")
    department = KeyFilter(field_name="department_id")
    kind = df.ChoiceFilter(choices=DataRequest.Kind.choices)
    state = df.ChoiceFilter(choices=[("open", "open"), ("late", "late")], method="in_state")

    class Meta:
        model = DataRequest
        fields: list[str] = []

    def in_state(self, rows: Any, _name: str, value: str) -> Any:
        return rows.late(today()) if value == "late" else rows.open()


class Requests(Listing):
    """What the user may see, newest first; a new one, which overwrites nothing."""

    verbs = {"GET": "read", "POST": "record_request"}
    operations = {"GET": "data_requests_list", "POST": "data_requests_record"}
    tag = "requests"
    refusals = (409,)
    parser_classes = [JSONParser]
    serializer_class = shapes.DataRequestSerializer
    filterset_class = RequestQuery
    queryset = DataRequest.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> QuerySet[DataRequest]:
        return DataRequest.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = _joined(DataRequest.objects.all()).in_bulk(keys)
        return [facts(found[key]) for key in keys if key in found]

    @extend_schema(request=shapes.NewRequestBody, responses={201: shapes.DataRequestSerializer})
    def post(self, request: Request) -> Response:
        said = self.read(shapes.NewRequestBody)
        row = find(requesting.askable(self.user, on=today()), said.pop("obligation"))
        demander = self._demander(said.pop("department", None), row)
        asked = Asked(department=demander, **said)
        made = requesting.record(row, asked, by=self.user, on=today())
        return _answer(made, status=201)

    def _demander(self, wanted: int | None, row: Obligation) -> Department:
        own = self.user.department
        if wanted is None and own is not None and own.pk != row.department_id:
            return own
        return find(Department.objects.existing(on=today()), wanted or 0)


class OneRequest(Endpoint):
    """One request; the ETag is the version that an act must name."""

    verbs = {"GET": "read"}
    operations = {"GET": "data_requests_retrieve"}
    tag = "requests"
    serializer_class = shapes.DataRequestSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(find(DataRequest.objects.visible_to(self.user), pk))


class _Act(Endpoint):
    """One act on one request; `act` is the process, `body` what it is told."""

    tag = "requests"
    refusals = (409, 412, 428)
    parser_classes = [JSONParser]
    act: ClassVar[Any]
    body: ClassVar[type[serializers.Serializer[Any]]]

    def carry_out(self, request: Request, pk: int) -> Response:
        one = find(DataRequest.objects.visible_to(self.user), pk)
        said = self.read(self.body)
        version = versions.required(request, field=said.pop("version", None))
        return _answer(type(self).act(one, **said, by=self.user, on=today(), version=version))


class ReplyToRequest(_Act):
    """Agree, from which day the clock of delivery runs, or refuse with reasons."""

    verbs = {"POST": "reply_request"}
    operations = {"POST": "data_requests_reply"}
    act, body = requesting.reply, shapes.ReplyBody

    @extend_schema(request=shapes.ReplyBody, responses=shapes.DataRequestSerializer)
    def post(self, request: Request, pk: int) -> Response:
        return self.carry_out(request, pk)


class ExtendRequest(_Act):
    """The coordinator consents and the demander was told: the day of the reply moves, once."""

    verbs = {"POST": "extend_request"}
    operations = {"POST": "data_requests_extend"}
    body = shapes.ExtendBody

    @staticmethod
    def act(one: DataRequest, *, by: Any, on: Any, version: int, **said: Any) -> DataRequest:
        return requesting.extend(one, Consent(**said), by=by, on=on, version=version)

    @extend_schema(request=shapes.ExtendBody, responses=shapes.DataRequestSerializer)
    def post(self, request: Request, pk: int) -> Response:
        return self.carry_out(request, pk)


class DeliverRequest(_Act):
    """The data were delivered to the demander."""

    verbs = {"POST": "deliver_request"}
    operations = {"POST": "data_requests_deliver"}
    act, body = requesting.deliver, shapes.DeliverBody

    @extend_schema(request=shapes.DeliverBody, responses=shapes.DataRequestSerializer)
    def post(self, request: Request, pk: int) -> Response:
        return self.carry_out(request, pk)


class CorrectRequest(_Act):
    """The data were checked and put right, with what came of it."""

    verbs = {"POST": "correct_request"}
    operations = {"POST": "data_requests_correct"}
    act, body = requesting.correct, shapes.CorrectBody

    @extend_schema(request=shapes.CorrectBody, responses=shapes.DataRequestSerializer)
    def post(self, request: Request, pk: int) -> Response:
        return self.carry_out(request, pk)


class TakeBackRequest(_Act):
    """What was recorded by mistake counts on no day; it stays, with the reason."""

    verbs = {"POST": "take_back_request"}
    operations = {"POST": "data_requests_take_back"}
    act, body = requesting.take_back, shapes.TakeBackRequestBody

    @extend_schema(request=shapes.TakeBackRequestBody, responses=shapes.DataRequestSerializer)
    def post(self, request: Request, pk: int) -> Response:
        return self.carry_out(request, pk)


def facts(one: DataRequest) -> dict[str, Any]:
    """A request as the API tells it."""
    provider = one.obligation.department
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in _FACTS},
        "title": one.obligation.item.title,
        "provider": {"id": provider.pk, "name": provider.name},
        "demander": {"id": one.department.pk, "name": one.department.name},
        "recorded_by": one.recorded_by.display_name,
    }


def _joined(rows: QuerySet[DataRequest]) -> QuerySet[DataRequest]:
    return rows.select_related(
        "obligation__item", "obligation__department", "department", "recorded_by"
    ).defer("obligation__item__raw")


def _answer(row: DataRequest, *, status: int = 200) -> Response:
    return Response(facts(row), status=status, headers={"ETag": versions.etag(row.version)})
