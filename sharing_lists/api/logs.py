"""Logs of the exchange platform or gateway: brought, read, taken over or put aside."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from obligations.api import versions
from obligations.api.bodies import Versioned
from sharing_lists import logs
from sharing_lists.api import shapes
from sharing_lists.models import DeliveryLog

_VERB = "import_deliveries"
_FACTS = (
    *("file_name", "state", "sha256", "counts", "problems", "failure", "created_at", "job_id"),
    "version",
)


class Logs(Listing):
    """Logs that were brought, newest first; a job reads a new one."""

    verbs = {"GET": _VERB, "POST": _VERB}
    operations = {"GET": "delivery_logs_list", "POST": "delivery_logs_upload"}
    tag = "deliveries"
    refusals = (409,)
    parser_classes = [MultiPartParser]
    serializer_class = shapes.DeliveryLogSerializer
    queryset = DeliveryLog.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> QuerySet[DeliveryLog]:
        return DeliveryLog.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = DeliveryLog.objects.defer("sample", "layout").in_bulk(keys)
        return [_facts(found[key]) for key in keys if key in found]

    @extend_schema(
        request={"multipart/form-data": shapes.LogFile},
        responses={202: shapes.DeliveryLogSerializer},
    )
    def post(self, request: Request) -> Response:
        file = self.read(shapes.LogFile)["file"]
        return _answer(logs.receive(file, name=file.name, by=self.user), status=202)


class OneLog(Endpoint):
    """Where a log stands; the ETag is the version that a decision must name."""

    verbs = {"GET": _VERB}
    operations = {"GET": "delivery_logs_retrieve"}
    tag = "deliveries"
    serializer_class = shapes.DeliveryLogSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(find(DeliveryLog.objects.visible_to(self.user), pk))


class ReadLog(Endpoint):
    """Read the log anew with what its columns mean."""

    verbs = {"POST": _VERB}
    operations = {"POST": "delivery_logs_read"}
    tag = "deliveries"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(request=shapes.ReadLogBody, responses={202: shapes.DeliveryLogSerializer})
    def post(self, request: Request, pk: int) -> Response:
        row = find(DeliveryLog.objects.visible_to(self.user), pk)
        said = self.read(shapes.ReadLogBody)
        version = versions.required(request, field=said.pop("version", None))
        columns = {k: v for k, v in said["columns"].items() if k.isascii() and k.isdecimal()}
        mapping = {**said, "columns": columns}
        return _answer(logs.say_columns(row, mapping, by=self.user, version=version), status=202)


class ApplyLog(Endpoint):
    """Confirm: a job takes the log over, or nothing of it."""

    verbs = {"POST": _VERB}
    operations = {"POST": "delivery_logs_apply"}
    tag = "deliveries"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(request=Versioned, responses={202: shapes.DeliveryLogSerializer})
    def post(self, request: Request, pk: int) -> Response:
        row, version = _decided(self, request, pk)
        return _answer(logs.confirm(row, by=self.user, version=version), status=202)


class DiscardLog(Endpoint):
    """Put the log aside; nothing of it is taken over."""

    verbs = {"POST": _VERB}
    operations = {"POST": "delivery_logs_discard"}
    tag = "deliveries"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(request=Versioned, responses=shapes.DeliveryLogSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row, version = _decided(self, request, pk)
        return _answer(logs.discard(row, by=self.user, version=version))


def _decided(view: Endpoint, request: Request, pk: int) -> tuple[DeliveryLog, int]:
    row, said = find(DeliveryLog.objects.visible_to(view.user), pk), view.read(Versioned)
    return row, versions.required(request, field=said.get("version"))


def _facts(row: DeliveryLog) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in _FACTS}}


def _answer(row: DeliveryLog, *, status: int = 200) -> Response:
    return Response(_facts(row), status=status, headers={"ETag": versions.etag(row.version)})
