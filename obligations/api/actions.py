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
from obligations import blocks, completion, dispatch, exemptions, progress
from obligations.api import bodies, versions
from obligations.api.obligations import answer, visible
from obligations.api.shapes import ObligationDetailSerializer
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from obligations.today import today


@dataclass(frozen=True)
class Action:
    """`name` is the address and the operation, `verb` what the role must have."""

    name: str
    do: Callable[..., Any]
    body: type[StrictSerializer] = bodies.Versioned
    verb: str = ""

    @property
    def right(self) -> str:
        return self.verb or self.name


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
    Action("issue", dispatch.issue),
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
    Action("ask_block", blocks.ask, bodies.AskBlock),
    Action("confirm_block", _confirm_block, bodies.ConfirmBlock, "decide_block"),
    Action("refuse_block", blocks.refuse, bodies.Reasoned, "decide_block"),
    Action("lift_block", blocks.lift, bodies.LiftBlock, "decide_block"),
    Action("ask_exemption", exemptions.ask, bodies.AskExemption),
    Action("grant_exemption", exemptions.grant, bodies.GrantExemption, "decide_exemption"),
    Action("refuse_exemption", exemptions.refuse, bodies.Reasoned, "decide_exemption"),
    Action("end_exemption", exemptions.end, bodies.Reasoned, "decide_exemption"),
    Action("record_opening", dispatch.record_opening, bodies.RecordOpening),
)
MANY: Mapping[str, Callable[..., int]] = {
    "issue": dispatch.issue_many,
    "accept": dispatch.accept_many,
}


class Act(Endpoint):
    """Answers the obligation as it is now, with its new ETag."""

    tag = "obligations"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    does: Action = ACTIONS[0]

    @property
    def verbs(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": self.does.right}

    @property
    def operations(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": f"obligations_{self.does.name}"}

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
    """All or nothing: one row that cannot be moved refuses all, and is named."""

    tag = "obligations"
    parser_classes = [JSONParser]
    refusals = (404, 409)
    serializer_class = bodies.Chosen
    name = "issue"

    @property
    def verbs(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": self.name}

    @property
    def operations(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"POST": f"obligations_{self.name}_many"}

    @extend_schema(responses=ChangedSerializer)
    def post(self, request: Request) -> Response:
        chosen = set(self.read(bodies.Chosen)["ids"])
        rows = Obligation.objects.visible_to(self.user).filter(pk__in=chosen)
        if rows.count() != len(chosen):
            raise Http404
        return Response({"changed": MANY[self.name](rows, by=self.user, on=today())})
