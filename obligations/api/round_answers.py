"""Rows of the monthly rounds, and the desk on which they wait."""

from __future__ import annotations

from typing import Any

import django_filters as df
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.parsing import JSONParser
from obligations import desk, rounds
from obligations.api import versions
from obligations.api.bodies import Versioned, words
from obligations.api.rows import obligation_rows
from obligations.api.shapes import ObligationRowSerializer
from obligations.models import RoundAnswer, Said
from obligations.models.rounds import RoundAnswerQuerySet
from obligations.today import today

_COLUMNS = (
    *("id", "version", "round_id", "obligation_id", "obligation__item__title", "department_id"),
    *("kind", "progress", "problems", "next_steps", "answered_by__username", "answered_on"),
    "is_late",
)


class RoundAnswerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    round_id = serializers.IntegerField()
    obligation_id = serializers.IntegerField()
    title = serializers.CharField()
    department_id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Said.choices, allow_blank=True)
    progress = serializers.CharField(help_text="Before the answer: last month's words.")
    problems = serializers.CharField()
    next_steps = serializers.CharField()
    answered_by = serializers.CharField(allow_null=True, help_text="User name.")
    answered_on = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField(help_text="First answered after the cut-off.")


class RoundAnswerQuery(df.FilterSet):  # type: ignore[misc]
    round = KeyFilter(field_name="round_id")
    department = KeyFilter(field_name="department_id")
    owed = df.BooleanFilter(method="only_owed", label="Not answered, and still open")

    class Meta:
        model = RoundAnswer
        fields: list[str] = []

    def only_owed(self, rows: RoundAnswerQuerySet, name: str, value: bool) -> RoundAnswerQuerySet:
        return rounds.owed(rows) if value else rows


class RoundAnswers(Listing):
    """What departments said, and where they are silent."""

    operations = {"GET": "round_answers_list"}
    tag = "rounds"
    serializer_class = RoundAnswerSerializer
    filterset_class = RoundAnswerQuery
    queryset = RoundAnswer.objects.none()
    orders = {"id": Order("pk"), "-id": Order("pk", True)}

    def get_queryset(self) -> RoundAnswerQuerySet:
        return RoundAnswer.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = RoundAnswer.objects.filter(pk__in=keys).values(*_COLUMNS)
        return in_order([_shown(row) for row in rows], keys)


class Answer(Versioned):
    """`no_change` keeps the words that stand there, `nothing` empties them."""

    kind = serializers.ChoiceField(choices=Said.choices)
    progress = words(required=False)
    problems = words(required=False)
    next_steps = words(required=False)


class OneRoundAnswer(Endpoint):
    """One row; it may be answered anew until the round is closed."""

    verbs = {"GET": "read", "POST": "answer_round"}
    operations = {"GET": "round_answers_retrieve", "POST": "round_answers_answer"}
    tag = "rounds"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = Answer

    @extend_schema(responses=RoundAnswerSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return self._now(pk)

    @extend_schema(responses=RoundAnswerSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = find(RoundAnswer.objects.visible_to(self.user), pk)
        said = self.read(Answer)
        version = versions.required(request, field=said.pop("version", None))
        rounds.answer(row, by=self.user, on=today(), version=version, **said)
        return self._now(pk)

    def _now(self, pk: int) -> Response:
        row = find(RoundAnswer.objects.visible_to(self.user), pk)
        values = RoundAnswer.objects.filter(pk=pk).values(*_COLUMNS).get()
        return Response(_shown(values), headers={"ETag": versions.etag(row.version)})


class DeskQuery(StrictSerializer):
    section = serializers.ChoiceField(choices=list(desk.SECTIONS), required=False)
    page = serializers.IntegerField(required=False, min_value=1, max_value=10**6)


class DeskLineSerializer(serializers.Serializer[Any]):
    section = serializers.CharField()
    expected = serializers.CharField(help_text="What is expected next.")
    example = serializers.CharField(help_text="Good evidence for this duty.")
    round_answer_id = serializers.IntegerField(
        allow_null=True, help_text="The row of an open round that waits for an answer."
    )
    obligation = ObligationRowSerializer()


class DeskSectionSerializer(serializers.Serializer[Any]):
    section = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class DeskSerializer(serializers.Serializer[Any]):
    sections = DeskSectionSerializer(many=True)
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = DeskLineSerializer(many=True)


class TheDesk(Endpoint):
    """What waits for the own department, the most urgent first; 50 rows in a page."""

    verbs = {"GET": "hand_over"}
    operations = {"GET": "desk_retrieve"}
    tag = "obligations"
    serializer_class = DeskSerializer

    @extend_schema(parameters=[DeskQuery], responses=DeskSerializer)
    def get(self, request: Request) -> Response:
        asked = self.read_query(DeskQuery)
        found = desk.look(
            self.user,
            on=today(),
            section=asked.get("section", ""),
            page=str(asked.get("page", "")),
        )
        rows = {
            row["id"]: row for row in obligation_rows([one.obligation.pk for one in found.lines])
        }
        return Response(
            {
                "sections": [
                    {"section": one.code, "name": str(one.label), "count": count}
                    for one, count in found.counts
                ],
                "page": found.number,
                "pages": found.pages,
                "results": [_line(line, rows[line.obligation.pk]) for line in found.lines],
            }
        )


def _line(line: desk.Line, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "section": line.section.code,
        "expected": str(line.section.expected),
        "example": str(line.example),
        "round_answer_id": line.asked.pk if line.asked else None,
        "obligation": row,
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    row["title"] = row.pop("obligation__item__title")
    row["answered_by"] = row.pop("answered_by__username")
    return row
