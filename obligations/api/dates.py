"""The dates of an obligation, each with its explanation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from obligations import explaining
from obligations.api.obligations import visible
from obligations.explaining import Explanation


class SpanSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    name = serializers.CharField()


class MoveSerializer(serializers.Serializer[Any]):
    before = serializers.DateField()
    after = serializers.DateField()
    why = serializers.CharField()
    who = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class ExplanationSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    on = serializers.DateField()
    sentence = serializers.CharField()
    event = serializers.CharField(allow_blank=True, help_text="What started it.")
    start_on = serializers.DateField(allow_null=True, help_text="Itself not counted.")
    clock = serializers.CharField(allow_blank=True, help_text="The rule; empty: no clock ran.")
    source = serializers.CharField(  # type: ignore[assignment]
        allow_blank=True, help_text="The article or the document of the rule."
    )
    days = serializers.IntegerField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    holidays = SpanSerializer(many=True, help_text="Skipped, by name.")
    weekend_days = serializers.IntegerField(help_text="Skipped days of ordinary weekends.")
    made_up = SpanSerializer(many=True, help_text="调休上班: weekend days that counted.")
    provisional = serializers.BooleanField(
        help_text="It was counted over a year whose holidays are not announced yet."
    )
    who = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    document_number = serializers.CharField(allow_blank=True)
    moves = MoveSerializer(many=True, help_text="Earlier days of this date, oldest first.")


class DatesSerializer(serializers.Serializer[Any]):
    obligation_id = serializers.IntegerField()
    dates = ExplanationSerializer(many=True)


class DatesOfObligation(Endpoint):
    """Why each date is what it is: start, rule and article, skipped days, who moved it and why."""

    operations = {"GET": "obligations_dates"}
    tag = "obligations"
    serializer_class = DatesSerializer

    def get(self, request: Request, pk: int) -> Response:
        row = find(visible(self.user), pk)
        dates = [_plain(one) for one in explaining.of(row)]
        return Response({"obligation_id": row.pk, "dates": dates})


def _plain(explanation: Explanation) -> dict[str, Any]:
    known = asdict(explanation)
    return {"name": known.pop("field"), **known}
