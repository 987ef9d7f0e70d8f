"""What arrived for an obligation, what it promises, and a delivery that a person records."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.parsing import JSONParser
from obligations.models import Obligation
from obligations.today import today
from sharing_lists import outlook, recording
from sharing_lists.api import shapes
from sharing_lists.models import Delivery
from sharing_lists.outlook import Outlook
from sharing_lists.recording import Said

_MOST = 500


class DeliveriesOfObligation(Endpoint):
    """The newest 500 deliveries; a new one that a person records, marked as such.

    A version is not needed, for nothing is overwritten.
    """

    verbs = {"GET": "read", "POST": "record_delivery"}
    operations = {"GET": "deliveries_list", "POST": "deliveries_record"}
    tag = "deliveries"
    refusals = (409,)
    parser_classes = [JSONParser]

    @extend_schema(responses=shapes.DataDeliverySerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        row = find(Obligation.objects.visible_to(self.user), pk)
        found = Delivery.objects.filter(obligation=row).with_reporters()
        return Response([facts(one) for one in found.order_by("-arrived_at", "-pk")[:_MOST]])

    @extend_schema(request=shapes.NewDeliveryBody, responses={201: shapes.DataDeliverySerializer})
    def post(self, request: Request, pk: int) -> Response:
        row = find(Obligation.objects.visible_to(self.user), pk)
        said = Said(**self.read(shapes.NewDeliveryBody))
        made = recording.record(row, said, by=self.user, on=today())
        return Response(facts(made), status=201)


class TakeBackDelivery(Endpoint):
    """What was recorded by mistake counts no longer; it stays, with the reason.

    A version is not needed: once taken back it stays so, and a second time is refused.
    """

    verbs = {"POST": "record_delivery"}
    operations = {"POST": "deliveries_take_back"}
    tag = "deliveries"
    refusals = (409,)
    parser_classes = [JSONParser]

    @extend_schema(request=shapes.TakeBackBody, responses=shapes.DataDeliverySerializer)
    def post(self, request: Request, pk: int) -> Response:
        one = find(Delivery.objects.visible_to(self.user), pk)
        why = self.read(shapes.TakeBackBody)["why"]
        recording.take_back(one, why=why, by=self.user, on=today())
        return Response(facts(one))


class PromiseOfObligation(Endpoint):
    """What the update cycle promises, what is owed next and why, how the last periods were kept."""

    verbs = {"GET": "read"}
    operations = {"GET": "promise_retrieve"}
    tag = "deliveries"
    serializer_class = shapes.PromiseSerializer

    def get(self, request: Request, pk: int) -> Response:
        rows = Obligation.objects.visible_to(self.user)
        wanted = rows.select_related("item__sharing_terms", "item__promise", "department")
        found = outlook.of(find(wanted, pk), on=today())
        if found is None:
            raise Http404
        return Response(_promise(found))


def facts(one: Delivery) -> dict[str, Any]:
    """A delivery as the API tells it."""
    names = ("obligation_id", "source", "arrived_at", "covers_from", "covers_to", "newest_data_at")
    counted = ("rows", "calls", "failures", "sha256", "outcome", "counts_from", "counts_to")
    words = ("taken_back_why", "note", "raw")
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in (*names, *counted, *words)},
        "reported_by": reporter(one),
    }


def reporter(one: Delivery) -> str:
    """Who or what said so."""
    if one.key is not None:
        return one.key.system
    if one.recorded_by is not None:
        return one.recorded_by.display_name
    return one.log.file_name if one.log else _("the platform's log")


def _promise(found: Outlook) -> dict[str, Any]:
    owed = found.next
    return {
        "cycle": found.terms.cycle,
        "cycle_label": found.cycle,
        "mode": found.terms.mode,
        "evaluable": found.is_evaluable,
        "min_rows": found.terms.min_rows,
        "required_fields": list(found.terms.required_fields),
        "next": None
        if owed is None
        else {
            "period_from": owed.period.first,
            "period_to": owed.period.last,
            **{k: v for k, v in asdict(owed).items() if k != "period"},
        },
        "explanation": found.sentence,
        "periods": [
            {**one.period._asdict(), "grace_on": one.grace_on, "state": one.state}
            | {"arrived_on": one.arrived_on}
            for one in found.periods
        ],
    }
