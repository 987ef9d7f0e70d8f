"""What people do to an obligation: each verb with its body and its process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.models import User
from accounts.parsing import JSONParser
from obligations import blocks, completion, dispatch, exemptions, extensions, objections, progress
from obligations.api import bodies, versions
from obligations.api.obligations import answer, visible
from obligations.api.shapes import ObligationDetailSerializer
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from obligations.today import today


@dataclass(frozen=True)
class Action:
    """`verb` is the address, the operation and what the role must have."""

    verb: str
    do: Callable[..., Any]
    body: type[StrictSerializer] = bodies.Versioned


def _plan(row: Obligation, **said: Any) -> None:
    contact = tuple(
        said.pop(name, getattr(row, name))
        for name in ("contact_office", "contact_name", "contact_phone")
    )
    kept = {name: said.pop(name, getattr(row, name)) for name in ("planned_on", "progress_note")}
    dispatch.plan(row, contact=contact, **kept, **said)


def _claim(row: Obligation, *, evidence: Any = (), **said: Any) -> None:
    pieces = [NewEvidence(**one) for one in evidence]
    completion.claim(row, with_evidence=pieces, **said)


def _ask_block(row: Obligation, *, external_obligation: int | None = None, **said: Any) -> None:
    """A department sees no row of a central body; under its own item it may name one."""
    external = None
    if external_obligation is not None:
        owed = Obligation.objects.filter(external=True, item=row.item_id)
        external = find(owed, external_obligation)
    blocks.ask(row, external_obligation=external, **said)


def _confirm_block(
    row: Obligation, *, by: User, external_obligation: int | None = None, **said: Any
) -> None:
    external = None
    if external_obligation is not None:
        external = find(
            Obligation.objects.visible_to(by).filter(external=True), external_obligation
        )
    blocks.confirm(row, by=by, external_obligation=external, **said)


ACTIONS: tuple[Action, ...] = (
    Action("issue", dispatch.issue, bodies.Issue),
    Action("accept", dispatch.accept),
    Action("plan", _plan, bodies.Plan),
    Action("report_progress", progress.report, bodies.ReportProgress),
    Action("claim", _claim, bodies.Claim),
    Action("withdraw_claim", completion.withdraw_claim),
    Action("endorse", completion.endorse),
    Action("verify", completion.verify),
    Action("send_back", completion.send_back, bodies.SendBack),
    Action("reopen", completion.reopen, bodies.Reopen),
    Action("withdraw", dispatch.withdraw, bodies.Reasoned),
    Action("ask_block", _ask_block, bodies.AskBlock),
    Action("confirm_block", _confirm_block, bodies.ConfirmBlock),
    Action("refuse_block", blocks.refuse, bodies.Reasoned),
    Action("lift_block", blocks.lift, bodies.LiftBlock),
    Action("ask_exemption", exemptions.ask, bodies.AskExemption),
    Action("grant_exemption", exemptions.grant, bodies.GrantExemption),
    Action("refuse_exemption", exemptions.refuse, bodies.Reasoned),
    Action("end_exemption", exemptions.end, bodies.Reasoned),
    Action("ask_extension", extensions.ask, bodies.AskExtension),
    Action("approve_extension", extensions.approve, bodies.ApproveExtension),
    Action("refuse_extension", extensions.refuse, bodies.Reasoned),
    Action("object", objections.ask, bodies.Reasoned),
    Action("uphold_objection", objections.uphold, bodies.UpholdObjection),
    Action("refuse_objection", objections.refuse, bodies.Reasoned),
    Action("record_opening", dispatch.record_opening, bodies.RecordOpening),
)
MANY: tuple[Action, ...] = (
    Action("issue", dispatch.issue_many, bodies.IssueMany),
    Action("accept", dispatch.accept_many, bodies.Chosen),
    Action("plan", dispatch.plan_many, bodies.PlanMany),
    Action("endorse", completion.endorse_many, bodies.Chosen),
    Action("verify", completion.verify_many, bodies.Chosen),
    Action("send_back", completion.send_back_many, bodies.ReasonedMany),
    Action("withdraw", dispatch.withdraw_many, bodies.ReasonedMany),
    Action("approve_extension", extensions.approve_many, bodies.ApproveMany),
    Action("refuse_extension", extensions.refuse_many, bodies.ReasonedMany),
)


class Act(Endpoint):
    """Answers the obligation as it is now, with its new ETag."""

    tag = "obligations"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    does: Action = ACTIONS[0]

    @property
    def verbs(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": self.does.verb}

    @property
    def operations(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": f"obligations_{self.does.verb}"}

    @extend_schema(responses=ObligationDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = find(visible(self.user), pk)
        said = self.read(self.does.body)
        version = versions.required(request, field=said.pop("version", None))
        self.does.do(row, by=self.user, on=today(), version=version, **said)
        return answer(pk, by=self.user)

    def get_serializer_class(self) -> type[StrictSerializer]:
        return self.does.body


class ChangedSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()


class ActOnMany(Endpoint):
    """All or nothing: rows that refuse are named with their reasons in `facts.refused`."""

    tag = "obligations"
    parser_classes = [JSONParser]
    refusals = (404, 409, 428)
    does: Action = MANY[0]

    @property
    def verbs(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": self.does.verb}

    @property
    def operations(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": f"obligations_{self.does.verb}_many"}

    @extend_schema(responses=ChangedSerializer)
    def post(self, request: Request) -> Response:
        said = self.read(self.does.body)
        chosen = versions.of_rows(said.pop("rows"))
        rows = Obligation.objects.visible_to(self.user).filter(pk__in=chosen)
        if rows.count() != len(chosen):
            raise Http404
        changed = self.does.do(rows, by=self.user, on=today(), versions=chosen, **said)
        return Response({"changed": changed})

    def get_serializer_class(self) -> type[StrictSerializer]:
        return self.does.body


class LiftBlocks(Endpoint):
    """After an opening: lift the blocks that name this external obligation, each with the working
    days that were left."""

    tag = "obligations"
    parser_classes = [JSONParser]
    refusals = (404, 409, 428)
    verbs = {"POST": "lift_block"}
    operations = {"POST": "obligations_lift_blocks"}
    serializer_class = bodies.Chosen

    @extend_schema(responses=ChangedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        external = find(visible(self.user).filter(external=True), pk)
        chosen = versions.of_rows(self.read(bodies.Chosen)["rows"])
        mine = blocks.waiting_for(external) & Obligation.objects.visible_to(self.user)
        if mine.filter(pk__in=chosen).count() != len(chosen):
            raise Http404
        changed = blocks.lift_those_waiting_for(external, by=self.user, on=today(), versions=chosen)
        return Response({"changed": changed})
