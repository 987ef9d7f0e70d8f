"""Obligations: the list with its filters, and everything about one."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import User
from obligations.api import versions
from obligations.api.filters import ObligationQuery
from obligations.api.record import detail
from obligations.api.rows import obligation_rows
from obligations.api.shapes import ObligationDetailSerializer, ObligationRowSerializer
from obligations.models import Obligation
from obligations.models.obligation import ObligationQuerySet


class Obligations(Listing):
    """Filters may be combined; paging by cursor costs the same on every page."""

    operations = {"GET": "obligations_list"}
    tag = "obligations"
    serializer_class = ObligationRowSerializer
    filterset_class = ObligationQuery
    queryset = Obligation.objects.none()
    orders = {
        "due_on": Order("due_on"),
        "-due_on": Order("due_on", True),
        "completed_on": Order("completed_on"),
        "-completed_on": Order("completed_on", True),
        "decide_by": Order("decide_by"),
        "id": Order("pk"),
        "-id": Order("pk", True),
    }

    def get_queryset(self) -> ObligationQuerySet:
        return Obligation.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return obligation_rows(keys)


class OneObligation(Endpoint):
    """Terms, dates with their meaning, light with its reason, evidence, requests, verbs.

    The ETag is the version that a write must name.
    """

    operations = {"GET": "obligations_retrieve"}
    tag = "obligations"
    serializer_class = ObligationDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        return answer(pk, by=self.user)


def visible(user: User) -> ObligationQuerySet:
    """What the user may see, with what its record needs."""
    people = ("claimed_by", "endorsed_by", "verified_by", "notice")
    rows = Obligation.objects.visible_to(user)
    return rows.select_related("item__list", "item__body", "department", *people)


def answer(pk: int, *, by: User) -> Response:
    """The obligation as it is now."""
    row = find(visible(by), pk)
    return Response(detail(row, by=by), headers={"ETag": versions.etag(row.version)})
