"""The stages and endpoints of one docking obligation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint as Address
from accounts.api.endpoints import StrictSerializer, find
from accounts.models import User
from accounts.parsing import JSONParser
from docking import availability, endpoints, milestones, stages
from docking.api import shapes
from docking.milestones import Planned
from docking.models import Endpoint
from docking.steps import docked, of
from obligations.api import versions
from obligations.api.actions import ChangedSerializer
from obligations.api.bodies import Versioned
from obligations.models import Obligation
from obligations.today import today


class OneDocked(Address):
    """Stages with progress by schedule, endpoints with their state, availability."""

    operations = {"GET": "docking_retrieve"}
    tag = "docking"
    serializer_class = shapes.DockedSerializer

    def get(self, request: Request, pk: int) -> Response:
        return answer(self.user, pk)


class _Act(Address):
    tag = "docking"
    refusals = (409, 412, 428)
    parser_classes = [JSONParser]

    def said(self, shape: type[Versioned]) -> tuple[dict[str, Any], int]:
        """The body without its version, and the version that the writer saw."""
        said = self.read(shape)
        return said, versions.required(self.request, field=said.pop("version", None))


class PlanMilestones(_Act):
    """Say of stages when they are planned, what they weigh, or why they are not needed."""

    verbs = {"POST": "plan_milestones"}
    operations = {"POST": "docking_plan"}
    serializer_class = shapes.PlanStages

    @extend_schema(responses=shapes.DockedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = _find(self.user, pk)
        said, version = self.said(shapes.PlanStages)
        plan = {
            one["stage"]: Planned(
                planned_on=one.get("planned_on"),
                weight=one.get("weight", 1),
                not_needed=one.get("not_needed", ""),
            )
            for one in said["milestones"]
        }
        milestones.plan(row, by=self.user, on=today(), plan=plan, version=version)
        return answer(self.user, pk)


class PlanByDefault(_Act):
    """Spread what is not reached over the working days until the due date."""

    verbs = {"POST": "plan_milestones"}
    operations = {"POST": "docking_plan_default"}
    serializer_class = Versioned

    @extend_schema(responses=shapes.DockedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = _find(self.user, pk)
        _said, version = self.said(Versioned)
        milestones.plan_by_default(row, by=self.user, on=today(), version=version)
        return answer(self.user, pk)


class PlanAllByDefault(Address):
    """The default plan for all in the own scope that have none; it overwrites nothing."""

    verbs = {"POST": "plan_milestones"}
    operations = {"POST": "docking_plan_all"}
    tag = "docking"
    parser_classes = [JSONParser]
    serializer_class = StrictSerializer

    @extend_schema(responses=ChangedSerializer)
    def post(self, request: Request) -> Response:
        self.read(StrictSerializer)
        rows = Obligation.objects.visible_to(self.user)
        count = milestones.plan_all_by_default(rows, by=self.user, on=today())
        return Response({"changed": count})


class ReachMilestone(_Act):
    """Put on record when the next stage was reached, or take the last one back."""

    verbs = {"POST": "reach_milestone"}
    operations = {"POST": "docking_reach"}
    serializer_class = shapes.ReachStage

    @extend_schema(responses=shapes.DockedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = _find(self.user, pk)
        said, version = self.said(shapes.ReachStage)
        reached_on = said.get("reached_on", today())
        about: dict[str, Any] = {"by": self.user, "on": today(), "version": version}
        if reached_on is None:
            milestones.take_back(row, said["stage"], **about)
        else:
            milestones.reach(row, said["stage"], reached_on=reached_on, **about)
        return answer(self.user, pk)


class EndpointsOfObligation(Address):
    """A further endpoint. It is probed once its host and port are allowed."""

    verbs = {"POST": "keep_endpoints"}
    operations = {"POST": "endpoints_add"}
    tag = "docking"
    refusals = (409,)
    parser_classes = [JSONParser]
    serializer_class = shapes.NewEndpoint

    @extend_schema(responses={201: shapes.EndpointSerializer})
    def post(self, request: Request, pk: int) -> Response:
        row = _find(self.user, pk)
        made = endpoints.add(row, by=self.user, **self.read(shapes.NewEndpoint))
        return Response(present(self.user, [made.pk])[0], status=201)


def answer(user: User, pk: int) -> Response:
    """How one obligation stands now."""
    row, on = _find(user, pk), today()
    steps = list(of(row).values())
    made = stages.progress(steps, on=on)
    rows = Endpoint.objects.filter(obligation=row, retired_at=None).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    body = {
        "obligation_id": row.pk,
        "version": row.version,
        "next_milestone_on": row.next_milestone_on,
        "milestones": [shapes.milestone(step) for step in steps],
        "planned_by_today": shapes.rate(made.planned),
        "reached": shapes.rate(made.reached),
        "availability": shapes.available(
            availability.of_obligations([row.pk], on=on)[row.pk],
            stopped_since=availability.stopped_since(),
        ),
        "endpoints": present(user, keys),
    }
    return Response(body, headers={"ETag": versions.etag(row.version)})


def present(user: User, keys: list[Any]) -> list[dict[str, Any]]:
    """Endpoints of these keys in their order, as far as the user may see them."""
    rows = shapes.endpoints_with_standing(Endpoint.objects.visible_to(user)).in_bulk(keys)
    available, stopped = availability.of_endpoints(keys, on=today()), availability.stopped_since()
    return [
        shapes.endpoint(rows[key], available[key], stopped_since=stopped)
        for key in keys
        if key in rows
    ]


def _find(user: User, pk: int) -> Obligation:
    rows = docked(Obligation.objects.visible_to(user))
    return find(rows.select_related("item__list", "department"), pk)
