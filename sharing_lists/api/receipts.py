"""Signed receipts of departments' systems: verified before anything of them is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint
from accounts.problems import ProblemResponse, problem
from sharing_lists import receipts
from sharing_lists.api import shapes
from sharing_lists.models import PushKey
from sharing_lists.receipts import ReceiptRefused

_HEADER = OpenApiParameter(
    "Authorization",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="QD-HMAC-SHA256 key=…, timestamp=…, nonce=…, signature=… (docs/deliveries.md)",
)


# One for all: building the fields anew costs more than reading a receipt.
_SHAPE = shapes.ReceiptBody()


class Receipts(Endpoint):
    """A receipt of a delivery, signed with a key of the department. Sent again it changes nothing.

    Refused with a sentence: unsigned, expired, future, replayed, too large, unknown.
    """

    operations = {"POST": "receipts_push"}
    tag = "deliveries"
    refusals = (401, 409, 413, 422)
    authentication_classes = []
    permission_classes = [AllowAny]
    http_method_names = ["post"]

    @extend_schema(
        auth=[],
        parameters=[_HEADER],
        request=shapes.ReceiptBody,
        responses={200: shapes.ReceiptTakenSerializer, 201: shapes.ReceiptTakenSerializer},
    )
    def post(self, request: Request) -> Response:
        at, http = timezone.now(), request._request
        try:
            said = receipts.signature_of(http.headers.get("Authorization", ""))
            body = _body(http)
            key = receipts.verified(said, body, at=at)
            read = _read(body, key)
            taken = receipts.take(read, key=key, nonce=said.nonce, body=body, at=at)
        except ReceiptRefused as refused:
            receipts.count(refused, at=at)
            return _answer(refused, http)
        answer = {"deliveries": taken.ids, "outcome": taken.outcome, "new": taken.is_new}
        return Response(answer, status=201 if taken.is_new else 200)


def _body(request: HttpRequest) -> bytes:
    """No more than a receipt can have is read."""
    body = request.read(receipts.MOST_BYTES + 1)
    if len(body) > receipts.MOST_BYTES:
        raise ReceiptRefused(
            "too_large",
            413,
            _("A receipt has at most %(limit)s kB: it tells of data, it does not carry them.")
            % {"limit": receipts.MOST_BYTES // 1024},
        )
    return body


def _read(body: bytes, key: PushKey) -> Mapping[str, Any]:
    """What the signed body says; its errors in one sentence."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ReceiptRefused(
            "malformed", 400, _("The receipt is no JSON."), key_code=key.code
        ) from error
    if not isinstance(given, dict):
        raise ReceiptRefused(
            "malformed",
            400,
            _("The receipt is no JSON object: it begins with { and names its fields."),
            key_code=key.code,
        )
    try:
        found: Mapping[str, Any] = _SHAPE.run_validation(given)
    except exceptions.ValidationError as error:
        said = _sentence(error.detail)
        raise ReceiptRefused("malformed", 400, said, key_code=key.code) from error
    return found


def _sentence(detail: Any) -> str:
    """Each field with what is wrong with it; of the members of a list the first that is wrong."""
    if isinstance(detail, Mapping):
        return " ".join(f"{name}: {_sentence(said)}" for name, said in detail.items())
    if isinstance(detail, list):
        return " ".join(map(_sentence, detail))
    return str(detail)


def _answer(refused: ReceiptRefused, request: HttpRequest) -> Response:
    said = problem(refused.status, request=request, detail=refused.sentence)
    said |= {"code": refused.reason, "facts": {}}
    headers = {"WWW-Authenticate": receipts.SCHEME} if refused.status == 401 else {}
    return ProblemResponse(said, status=refused.status, headers=headers)
