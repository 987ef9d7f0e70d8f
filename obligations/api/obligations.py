"""Obligations: the list with its filters, and everything about one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import User
from obligations import replay
from obligations.api import past, versions
from obligations.api.filters import ObligationQuery
from obligations.api.past import DayQuery
from obligations.api.record import detail
from obligations.api.rows import obligation_rows
from obligations.api.shapes import ObligationDetailSerializer, ObligationRowSerializer
from obligations.models import Obligation
from obligations.models.judged import FACTS
from obligations.models.obligation import ObligationQuerySet
from obligations.today import is_over, past_day_of, today


class Obligations(Listing):
    """Filters may be combined; paging by cursor costs the same on every page."""

    operations = {"GET": "obligations_list"}
    tag = "obligations"
    serializer_class = ObligationRowSerializer
    filterset_class = ObligationQuery
    queryset = Obligation.objects.none()
    past: dt.date | None = None
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

    def get(self, request: Request) -> Response:
        asked = request.query_params.get("on", "")
        self.past = past_day_of(asked) if is_over(asked) else None
        if self.past:
            self.orders = {name: _of_then(one) for name, one in self.orders.items()}  # type: ignore[misc]
        return super().get(request)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return obligation_rows(keys, past=self.past)


def _of_then(order: Order) -> Order:
    beside = f"{replay.WAS}{order.column}" if order.column in FACTS else ""
    return replace(order, beside=beside)


class OneObligation(Endpoint):
    """Terms, dates with their meaning, light with its reason, evidence, requests, verbs.

    The ETag is the version that a write must name. `on`: as of the end of a past day, without
    verbs and ETag.
    """

    operations = {"GET": "obligations_retrieve"}
    tag = "obligations"
    serializer_class = ObligationDetailSerializer

    @extend_schema(parameters=[DayQuery])
    def get(self, request: Request, pk: int) -> Response:
        on = self.read_query(DayQuery).get("on")
        if on and on < today():
            return Response(past.detail(find(visible(self.user), pk), by=self.user, on=on))
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
