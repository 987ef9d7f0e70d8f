"""任务分解: prepared, looked at, confirmed as shown; and what new members of groups are offered."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.parsing import JSONParser
from jobs.api import QueuedSerializer, accepted
from jobs.models import Job
from obligations import fanning_out
from obligations.api import dispatch_shapes as shapes
from obligations.fanning_out import accepting, joining
from obligations.models import Dispatch, ListItem
from obligations.models.dispatches import DispatchQuerySet
from obligations.today import today


class Dispatches(Listing):
    """A new one is worked out and shown; nothing is made before it is confirmed."""

    verbs = {"GET": "fan_out", "POST": "fan_out"}
    operations = {"GET": "dispatches_list", "POST": "dispatches_prepare"}
    tag = "dispatches"
    refusals = (409,)
    parser_classes = [JSONParser]
    serializer_class = shapes.DispatchSerializer
    queryset = Dispatch.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> DispatchQuerySet:
        return Dispatch.objects.visible_to(self.user).filter(of_list=False)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Dispatch.objects.filter(pk__in=keys).select_related("created_by")
        return in_order([shapes.facts(row) for row in rows], keys)

    @extend_schema(request=shapes.NewDispatch, responses={201: shapes.DispatchDetailSerializer})
    def post(self, request: Request) -> Response:
        said = self.read(shapes.NewDispatch)
        items = ListItem.objects.filter(pk__in=said["items"])
        choice = shapes.choice_of(said)
        row = fanning_out.prepare(items, choice, by=self.user, on=today())
        return Response(shapes.detail(row, by=self.user), status=201)


class OneDispatch(Endpoint):
    """With what it would do now, until it is confirmed."""

    verbs = {"GET": "fan_out"}
    operations = {"GET": "dispatches_retrieve"}
    tag = "dispatches"
    serializer_class = shapes.DispatchDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.detail(_find(self, pk), by=self.user))


class Acting(Endpoint):
    verbs = {"POST": "fan_out"}
    tag = "dispatches"
    parser_classes = [JSONParser]
    refusals = (409, 428)


class ConfirmDispatch(Acting):
    """Do exactly what the preview of this digest showed; a job does it where it is much."""

    operations = {"POST": "dispatches_confirm"}

    @extend_schema(request=shapes.Confirmation, responses=shapes.DispatchDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = _find(self, pk)
        digest = self.read(shapes.Confirmation).get("digest")
        done = fanning_out.confirm(row, by=self.user, on=today(), digest=digest)
        return Response(shapes.detail(done, by=self.user))


class DiscardDispatch(Acting):
    """Give it up before it is confirmed."""

    operations = {"POST": "dispatches_discard"}

    @extend_schema(request=None, responses=shapes.DispatchDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        done = fanning_out.discard(_find(self, pk), by=self.user)
        return Response(shapes.detail(done, by=self.user))


class NewMembers(Endpoint):
    """By group: who joined after its dispatch, and who left with something still open."""

    verbs = {"GET": "fan_out"}
    operations = {"GET": "new_members_list"}
    tag = "dispatches"
    serializer_class = shapes.OffersSerializer

    def get(self, request: Request) -> Response:
        found = joining.offers(by=self.user, on=today())
        waiting = sum(len(one.missing) for one in found)
        return Response({"waiting": waiting, "groups": [_offer(one) for one in found]})


class AcceptMembers(Acting):
    """Make what these new members do not owe yet; a dispatch of its own.

    Where it is much, a job makes it, and the answer is 202 with the job.
    """

    operations = {"POST": "new_members_accept"}

    @extend_schema(
        request=shapes.Acceptance,
        responses={200: shapes.DispatchDetailSerializer, 202: QueuedSerializer},
    )
    def post(self, request: Request, group: int) -> Response:
        said = self.read(shapes.Acceptance)
        done = accepting.accept(
            group,
            said["departments"],
            by=self.user,
            on=today(),
            digest=said.get("digest"),
            issue=said["issue"],
        )
        if isinstance(done, Job):
            return accepted(done)
        return Response(shapes.detail(done, by=self.user))


class DismissMembers(Acting):
    """They owe nothing of it, for a reason."""

    operations = {"POST": "new_members_dismiss"}

    @extend_schema(request=shapes.Dismissal, responses=shapes.LeftOutSerializer)
    def post(self, request: Request, group: int) -> Response:
        said = self.read(shapes.Dismissal)
        digest, reason = said.get("digest"), said["reason"]
        count = joining.dismiss(
            group, said["departments"], by=self.user, on=today(), digest=digest, reason=reason
        )
        return Response({"left_out": count})


def _find(view: Endpoint, pk: int) -> Dispatch:
    rows = Dispatch.objects.visible_to(view.user)
    return find(rows.select_related("created_by", "notice"), pk)


def _offer(one: joining.Offer) -> dict[str, Any]:
    return {
        "group": one.group,
        "name": one.name,
        "digest": one.digest(),
        "joined": [
            {"department": department.pk, "name": department.name, "new": count}
            for department, count in one.lines
        ],
        "left": [
            {
                "department": left.department.pk,
                "name": left.department.name,
                "open": left.open_count,
            }
            for left in one.left
        ],
    }
