"""Scores of a day, statements of scores and their sheets, objections and rulings; the rule."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from jobs.api import QueuedSerializer, accepted
from obligations import freshness, score_book, score_rules, score_statements, scoring
from obligations.api import score_shapes as shapes
from obligations.api import versions
from obligations.api.bodies import DayField, Versioned, words
from obligations.models import Part, ScoreLine, ScoreObjection, ScoreSheet, ScoreStatement
from obligations.today import today


class ScoresQuery(StrictSerializer):
    on = DayField(required=False, help_text="The day; today where it is left out.")


class Scores(Endpoint):
    """Scores as they are at the end of a day: they move with the facts."""

    operations = {"GET": "scores_list"}
    tag = "scores"
    refusals = (409,)

    @extend_schema(parameters=[ScoresQuery], responses=shapes.ScoresSerializer)
    def get(self, request: Request) -> Response:
        on = min(self.read_query(ScoresQuery).get("on") or today(), today())
        rule = score_rules.on(on)
        rows = score_book.own_rows(self.user)
        found = scoring.standings(rows, rule=rule, on=on, today=today())
        fresh = freshness.for_user(self.user, on=on)
        lines = [
            {
                "department": {"id": one.department.pk, "name": one.department.name},
                "score": one.score.shown,
                # Who sees one department alone has nobody to compare it with.
                "rank": one.rank if self.user.role in self.user.SCOPED else None,
                "unchecked_since": fresh.of(one.department.pk),
                "parts": [part.as_json() for part in one.score.parts],
            }
            for one in found
        ]
        return Response({"on": on, "rule": shapes.rule(rule), "departments": lines})


class NewScoreRule(Versioned):
    """The weights add up to 100."""

    completion = serializers.IntegerField(min_value=0, max_value=100)
    on_time = serializers.IntegerField(min_value=0, max_value=100)
    upkeep = serializers.IntegerField(min_value=0, max_value=100)
    response = serializers.IntegerField(min_value=0, max_value=100)
    least = serializers.IntegerField(min_value=1, max_value=100)
    effective_from = DayField(help_text="Today or later.")
    note = serializers.CharField(max_length=200)
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Only say what it would change today."
    )


class ScoreRules(Endpoint):
    """The province's coordinators add versions; none is ever edited."""

    verbs = {"GET": "keep_rules", "POST": "keep_rules"}
    operations = {"GET": "score_rules_list", "POST": "score_rules_add"}
    tag = "rules"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(responses=shapes.ScoreRulesSerializer)
    def get(self, request: Request) -> Response:
        known = score_rules.versions()
        shown = [shapes.rule(one) for one in known]
        return Response({"version": known[0].number, "versions": shown})

    @extend_schema(
        request=NewScoreRule,
        responses={200: shapes.ScoreMovesSerializer, 201: shapes.ScoreRuleSerializer},
    )
    def post(self, request: Request) -> Response:
        said, on = self.read(NewScoreRule), today()
        dry_run = said.pop("dry_run")
        version = versions.required(request, field=said.pop("version", None))
        weights = {part: said.pop(part) for part in Part.values}
        if dry_run:
            draft = score_rules.draft(weights, **said, by=self.user, today=on)
            rows, before = score_book.own_rows(self.user), score_rules.on(on)
            moved = scoring.moves(rows, before=before, after=draft, on=on, today=on)
            return Response(shapes.moves(draft, moved))
        made = score_rules.add(weights, **said, by=self.user, today=on, version=version)
        return Response(shapes.rule(made), status=201)


class DraftScores(StrictSerializer):
    as_of = DayField(required=False, help_text="The day; today where it is left out.")


class Statements(Listing):
    """The newest first; a POST has one drafted, as a job."""

    verbs = {"GET": "read", "POST": "keep_scores"}
    operations = {"GET": "score_statements_list", "POST": "score_statements_draft"}
    tag = "scores"
    parser_classes = [JSONParser]
    refusals = (409,)
    serializer_class = shapes.StatementSerializer
    queryset = ScoreStatement.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk"), "as_of": Order("as_of")}

    def get_queryset(self) -> QuerySet[ScoreStatement]:
        return ScoreStatement.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = ScoreStatement.objects.select_related("rule").in_bulk(keys)
        return [shapes.statement(found[key]) for key in keys if key in found]

    @extend_schema(request=DraftScores, responses={202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        as_of = self.read(DraftScores).get("as_of") or today()
        return accepted(score_statements.ask(as_of=as_of, by=self.user, today=today()))


class OneStatement(Endpoint):
    """A statement with the sheets that the user may see."""

    operations = {"GET": "score_statements_retrieve"}
    tag = "scores"
    serializer_class = shapes.WholeStatementSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(self, pk)


class MoveStatement(Endpoint):
    """Open it for objections, publish it, or discard the draft."""

    verbs = {"POST": "keep_scores"}
    tag = "scores"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = Versioned
    deed = staticmethod(score_statements.open_objections)

    @extend_schema(responses=shapes.WholeStatementSerializer)
    def post(self, request: Request, pk: int) -> Response:
        found = find(ScoreStatement.objects.visible_to(self.user), pk)
        version = versions.required(request, field=self.read(Versioned).get("version"))
        self.deed(found, by=self.user, on=today(), version=version)
        return _answer(self, pk)


class OpenStatement(MoveStatement):
    operations = {"POST": "score_statements_open"}


class PublishStatement(MoveStatement):
    operations = {"POST": "score_statements_publish"}
    deed = staticmethod(score_statements.publish)


class DiscardStatement(MoveStatement):
    operations = {"POST": "score_statements_discard"}
    deed = staticmethod(score_statements.discard)


class OneSheet(Endpoint):
    """得分明细: every line with its points, and what was objected and ruled."""

    operations = {"GET": "score_sheets_retrieve"}
    tag = "scores"
    serializer_class = shapes.SheetSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _sheet(self, pk)


class ObjectTo(Versioned):
    reason = words()


class ObjectToLine(Endpoint):
    """The department contests a line of its own sheet; the version is the sheet's."""

    verbs = {"POST": "object_to_score"}
    operations = {"POST": "score_lines_object"}
    tag = "scores"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = ObjectTo

    @extend_schema(responses=shapes.SheetSerializer)
    def post(self, request: Request, pk: int) -> Response:
        sheets = ScoreSheet.objects.visible_to(self.user)
        line = find(ScoreLine.objects.filter(sheet__in=sheets), pk)
        said = self.read(ObjectTo)
        version = versions.required(request, field=said.get("version"))
        score_statements.object_to(
            line, by=self.user, on=today(), reason=said["reason"], version=version
        )
        return _sheet(self, line.sheet_id)


class Ruling(Versioned):
    outcome = serializers.ChoiceField(choices=ScoreObjection.Outcome.choices)
    note = words()


class RuleOnObjection(Endpoint):
    """The score follows at once; the version is the sheet's."""

    verbs = {"POST": "keep_scores"}
    operations = {"POST": "score_objections_rule"}
    tag = "scores"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = Ruling

    @extend_schema(responses=shapes.SheetSerializer)
    def post(self, request: Request, pk: int) -> Response:
        sheets = ScoreSheet.objects.visible_to(self.user)
        known = ScoreObjection.objects.filter(line__sheet__in=sheets).select_related("line")
        found, said = find(known, pk), self.read(Ruling)
        version = versions.required(request, field=said.pop("version", None))
        score_statements.rule_on(found, **said, by=self.user, on=today(), version=version)
        return _sheet(self, found.line.sheet_id)


def _answer(endpoint: Endpoint, pk: int) -> Response:
    known = ScoreStatement.objects.visible_to(endpoint.user).select_related("rule")
    found = find(known, pk)
    sheets = ScoreSheet.objects.visible_to(endpoint.user).filter(statement=found)
    heads = [shapes.sheet_head(one) for one in sheets.order_by("position", "pk")]
    shown = {**shapes.statement(found), "sheets": heads}
    return Response(shown, headers={"ETag": versions.etag(found.version)})


def _sheet(endpoint: Endpoint, pk: int) -> Response:
    known = ScoreSheet.objects.visible_to(endpoint.user).select_related("statement__rule")
    found = find(known, pk)
    return Response(shapes.sheet(found), headers={"ETag": versions.etag(found.version)})
