"""How scores and their statements are written for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.api.shapes import NamedSerializer
from obligations import score_book
from obligations.models import Part, ScoreObjection, ScoreRule, ScoreSheet, ScoreStatement
from obligations.score_book import Row
from obligations.scoring import Standing


class PartSerializer(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=Part.choices)
    numerator = serializers.CharField()
    denominator = serializers.IntegerField()
    weight = serializers.CharField(help_text="After the weights of empty parts were shared out.")
    points = serializers.CharField()


class ScoreRuleSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(allow_null=True)
    completion = serializers.IntegerField()
    on_time = serializers.IntegerField()
    upkeep = serializers.IntegerField()
    response = serializers.IntegerField()
    least = serializers.IntegerField(help_text="A place needs so many applicable obligations.")
    note = serializers.CharField()


class ScoreRulesSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(help_text="What a new version is based on.")
    versions = ScoreRuleSerializer(many=True, help_text="The newest first.")


class StandingSerializer(serializers.Serializer[Any]):
    department = NamedSerializer()
    score = serializers.DecimalField(
        max_digits=4, decimal_places=1, allow_null=True, help_text="null: nothing to count."
    )
    rank = serializers.IntegerField(allow_null=True)
    parts = PartSerializer(many=True)


class PresentStandingSerializer(StandingSerializer):
    unchecked_since = serializers.DateField(
        allow_null=True, help_text="The first day that should be checked and is not."
    )


class ScoresSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    rule = ScoreRuleSerializer()
    departments = PresentStandingSerializer(many=True)


class ScoreMoveSerializer(serializers.Serializer[Any]):
    department = NamedSerializer()
    score = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    would_score = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)
    would_rank = serializers.IntegerField(allow_null=True)


class ScoreMovesSerializer(serializers.Serializer[Any]):
    rule = ScoreRuleSerializer()
    would_move = ScoreMoveSerializer(many=True, help_text="By today's facts, if it held today.")


class StatementSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    as_of = serializers.DateField()
    region_id = serializers.IntegerField(allow_null=True, help_text="null: the whole province.")
    rule = serializers.IntegerField(help_text="The number of the version.")
    state = serializers.ChoiceField(choices=ScoreStatement.State.choices)
    drafted_on = serializers.DateField()
    opened_on = serializers.DateField(allow_null=True)
    objections_until = serializers.DateField(allow_null=True)
    published_on = serializers.DateField(allow_null=True)


class SheetHeadSerializer(StandingSerializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="What objections and rulings are based on.")


class WholeStatementSerializer(StatementSerializer):
    sheets = SheetHeadSerializer(many=True)


class ScoreObjectionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reason = serializers.CharField()
    asked_on = serializers.DateField()
    outcome = serializers.ChoiceField(
        choices=[("", "waits"), *ScoreObjection.Outcome.choices], allow_blank=True
    )
    decided_on = serializers.DateField(allow_null=True)
    decision_note = serializers.CharField(allow_blank=True)


class ScoreLineSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    part = serializers.ChoiceField(choices=Part.choices)
    code = serializers.CharField()
    obligation_id = serializers.IntegerField()
    title = serializers.CharField()
    numerator = serializers.DecimalField(max_digits=10, decimal_places=6)
    denominator = serializers.IntegerField()
    points = serializers.DecimalField(max_digits=9, decimal_places=4)
    lost = serializers.DecimalField(max_digits=9, decimal_places=4)
    evidence = serializers.CharField()
    known_on = serializers.DateField()
    objection = ScoreObjectionSerializer(allow_null=True)


class SheetSerializer(SheetHeadSerializer):
    statement_id = serializers.IntegerField()
    lines = ScoreLineSerializer(many=True)


def moves(draft: ScoreRule, moved: Sequence[tuple[Standing, Standing]]) -> dict[str, Any]:
    """What a drafted rule would change."""
    lines = [
        {
            "department": {"id": one.department.pk, "name": one.department.name},
            "score": one.score.shown,
            "rank": one.rank,
            "would_score": other.score.shown,
            "would_rank": other.rank,
        }
        for one, other in moved
    ]
    return {"rule": rule(draft), "would_move": lines}


def rule(one: ScoreRule) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _names(ScoreRuleSerializer)}


def statement(one: ScoreStatement) -> dict[str, Any]:
    names = [name for name in _names(StatementSerializer) if name != "rule"]
    return {**{name: getattr(one, name) for name in names}, "rule": one.rule.number}


def sheet_head(one: ScoreSheet) -> dict[str, Any]:
    shown = {name: getattr(one, name) for name in ("id", "version", "score", "rank", "parts")}
    return {**shown, "department": {"id": one.department_id, "name": one.department_name}}


def sheet(one: ScoreSheet) -> dict[str, Any]:
    _score, rows = score_book.of_sheet(one)
    lines = [_line(row) for row in rows]
    return {**sheet_head(one), "statement_id": one.statement_id, "lines": lines}


def _line(row: Row) -> dict[str, Any]:
    names = [name for name in _names(ScoreLineSerializer) if name not in ("id", "objection")]
    objection = row.objection and {
        name: getattr(row.objection, name) for name in _names(ScoreObjectionSerializer)
    }
    return {
        "id": row.line.pk if row.line else None,
        **{name: getattr(row, name) for name in names},
        "objection": objection,
    }


def _names(shape: type[serializers.Serializer[Any]]) -> list[str]:
    return [str(name) for name in shape().fields]
