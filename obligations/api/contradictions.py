"""疑点 over the API: the queue, one with both its sides, and what is decided."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.api.shapes import NamedSerializer
from accounts.models import User
from accounts.paging import LARGEST_KEY
from accounts.parsing import JSONParser
from obligations import case_book, cases
from obligations.api import versions
from obligations.api.bodies import Chosen, DayField, Reasoned, Versioned, day, words
from obligations.case_book import Line
from obligations.contradiction_forms import ContradictionFilter
from obligations.models import ContradictionCase
from obligations.models.contradictions import ContradictionCaseQuerySet
from obligations.today import today


class ContradictionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    weight = serializers.IntegerField(help_text="The heavier, the higher in the queue.")
    obligation_id = serializers.IntegerField()
    obligation_version = serializers.IntegerField()
    title = serializers.CharField()
    department = NamedSerializer()
    claim = serializers.CharField(help_text="The one side, as it was seen.")
    found = serializers.CharField(help_text="The other side, as it was seen.")
    facts = serializers.DictField(child=serializers.CharField())
    expected = serializers.CharField(help_text="What the department is to do.")
    found_on = serializers.DateField()
    recurrence = serializers.IntegerField(help_text="How often it was there before.")
    previous_id = serializers.IntegerField(allow_null=True)
    owner = serializers.CharField(allow_null=True, help_text="User name; null: the coordinators.")
    outcome = serializers.ChoiceField(
        choices=ContradictionCase.Outcome.choices, allow_blank=True, help_text="Empty: open."
    )
    reason = serializers.CharField(allow_blank=True)
    accepted_until = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    closed_by = serializers.CharField(allow_null=True, help_text="User name; null: the facts.")


class OneContradictionSerializer(ContradictionSerializer):
    holds = serializers.BooleanField(help_text="Whether the sides contradict each other now.")
    claim_now = serializers.CharField()
    found_now = serializers.CharField()


class Settle(Reasoned):
    obligation_version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="The one that you read."
    )


class ReopenCase(Settle):
    due_on = day()


class AcceptCase(Reasoned):
    until_on = DayField()


class AcceptCases(Chosen):
    reason = words()
    until_on = DayField()


class HandOver(Versioned):
    owner = serializers.IntegerField(
        min_value=1, max_value=LARGEST_KEY, allow_null=True, help_text="null: the coordinators."
    )


class AcceptedSerializer(StrictSerializer):
    count = serializers.IntegerField()


class Contradictions(Listing):
    """Those of the obligations that the user may see; `state=open` is the queue."""

    operations = {"GET": "contradictions_list"}
    tag = "contradictions"
    serializer_class = ContradictionSerializer
    filterset_class = ContradictionFilter
    queryset = ContradictionCase.objects.none()
    orders = {
        "-weight": Order("weight", True),
        "id": Order("pk"),
        "-id": Order("pk", True),
        "found_on": Order("found_on"),
    }

    def get_queryset(self) -> ContradictionCaseQuerySet:
        return ContradictionCase.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = case_book.shown(ContradictionCase.objects.filter(pk__in=keys))
        return in_order([represent(one) for one in case_book.lines(list(found))], keys)


class OneContradiction(Endpoint):
    """Both sides as they were seen and as they are; the ETag is the version of the case."""

    operations = {"GET": "contradictions_retrieve"}
    tag = "contradictions"
    serializer_class = OneContradictionSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(pk, by=self.user)


class _Deciding(Endpoint):
    verbs = {"POST": "decide_contradiction"}
    tag = "contradictions"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    def found(self, pk: int) -> ContradictionCase:
        return find(ContradictionCase.objects.visible_to(self.user), pk)


class ReopenContradiction(_Deciding):
    """Reopen the verified obligation; the case closes with it."""

    operations = {"POST": "contradictions_reopen"}
    serializer_class = ReopenCase

    @extend_schema(responses=OneContradictionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        case, said = self.found(pk), self.read(ReopenCase)
        cases.reopen(
            case,
            reason=said["reason"],
            due_on=said.get("due_on"),
            by=self.user,
            on=today(),
            **_versions(request, said),
        )
        return _answer(pk, by=self.user)


class SendBackContradiction(_Deciding):
    """Send the claim back that waits; the case closes with it."""

    operations = {"POST": "contradictions_send_back"}
    serializer_class = Settle

    @extend_schema(responses=OneContradictionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        case, said = self.found(pk), self.read(Settle)
        cases.send_back(
            case, reason=said["reason"], by=self.user, on=today(), **_versions(request, said)
        )
        return _answer(pk, by=self.user)


class AcceptContradiction(_Deciding):
    """Both sides stand, for a reason, until a day."""

    operations = {"POST": "contradictions_accept"}
    serializer_class = AcceptCase

    @extend_schema(responses=OneContradictionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        case, said = self.found(pk), self.read(AcceptCase)
        version = versions.required(request, field=said.pop("version", None))
        cases.accept(case, **said, by=self.user, on=today(), version=version)
        return _answer(pk, by=self.user)


class HandOverContradiction(_Deciding):
    """Give it to another coordinator of the scope, or back to all of them."""

    operations = {"POST": "contradictions_hand_over"}
    serializer_class = HandOver

    @extend_schema(responses=OneContradictionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        case, said = self.found(pk), self.read(HandOver)
        version = versions.required(request, field=said.get("version"))
        to = None if said["owner"] is None else find(User.objects.all(), said["owner"])
        cases.hand_over(case, to=to, by=self.user, on=today(), version=version)
        return _answer(pk, by=self.user)


class AcceptContradictions(_Deciding):
    """Many for one reason: all or none."""

    operations = {"POST": "contradictions_accept_many"}
    refusals = (404, 409, 428)
    serializer_class = AcceptCases

    @extend_schema(responses=AcceptedSerializer)
    def post(self, request: Request) -> Response:
        said = self.read(AcceptCases)
        chosen = versions.of_rows(said.pop("rows"))
        rows = ContradictionCase.objects.visible_to(self.user).filter(pk__in=chosen)
        if rows.count() != len(chosen):
            raise Http404
        count = cases.accept_many(rows, by=self.user, on=today(), versions=chosen, **said)
        return Response({"count": count})


def _versions(request: Request, said: dict[str, Any]) -> dict[str, int]:
    """Of the case and of the obligation: both must be as the writer saw them."""
    return {
        "version": versions.required(request, field=said.get("version")),
        "row_version": versions.required_field(said.get("obligation_version")),
    }


def _answer(pk: int, *, by: User) -> Response:
    case = find(case_book.shown(ContradictionCase.objects.visible_to(by)), pk)
    whole = case_book.whole(case, on=today())
    claim, found = whole["now"]
    now = {"holds": whole["holds"], "claim_now": claim, "found_now": found}
    headers = {"ETag": versions.etag(case.version)}
    return Response({**represent(whole["line"]), **now}, headers=headers)


def represent(line: Line) -> dict[str, Any]:
    case, row = line.case, line.case.obligation
    copied = ("id", "version", "code", "weight", "facts", "found_on", "recurrence", "previous_id")
    closed = ("outcome", "reason", "accepted_until", "closed_on")
    return {
        **{name: getattr(case, name) for name in (*copied, *closed)},
        "label": str(line.about.label),
        "obligation_id": row.pk,
        "obligation_version": row.version,
        "title": row.item.title,
        "department": {"id": row.department_id, "name": row.department.name},
        "claim": line.claim,
        "found": line.found,
        "expected": str(line.about.expected),
        "owner": case.owner.username if case.owner else None,
        "closed_by": case.closed_by.username if case.closed_by else None,
    }
