"""The light rule: its versions and vocabulary; a new version, looked at or put in force."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer
from accounts.parsing import JSONParser
from obligations import light_rules, light_versions, lights
from obligations.api import versions
from obligations.api.bodies import DayField, Versioned
from obligations.models import Light, LightRule
from obligations.today import today


class ChosenCondition(StrictSerializer):
    code = serializers.ChoiceField(choices=list(lights.CONDITIONS))
    days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=light_rules.MOST_DAYS,
        help_text="Working days, where the condition takes some.",
    )


class NewLightRule(Versioned):
    """The conditions that are tried, in order; those of grey and `on_course` are always there."""

    conditions = ChosenCondition(many=True)
    effective_from = DayField(help_text="Tomorrow or later.")
    note = serializers.CharField(max_length=200)
    dry_run = serializers.BooleanField(required=False, default=False)


class ConditionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    light = serializers.ChoiceField(choices=Light.choices)
    sentence = serializers.CharField()
    takes_days = serializers.BooleanField()


class TurnSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {
            "from": serializers.ChoiceField(choices=Light.choices),
            "to": serializers.ChoiceField(choices=Light.choices),
            "count": serializers.IntegerField(),
        }


class LightRuleSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    conditions = ChosenCondition(many=True)
    turned = TurnSerializer(
        many=True, allow_null=True, help_text="What it turned on its first day; null before."
    )


class LightRulesSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(help_text="What a new version is based on.")
    vocabulary = ConditionSerializer(many=True)
    versions = LightRuleSerializer(many=True, help_text="The newest first.")


class LightRuleOutcomeSerializer(serializers.Serializer[Any]):
    rule = LightRuleSerializer()
    saved = serializers.BooleanField()
    would_turn = TurnSerializer(many=True, help_text="By today's facts, if it held today.")


class LightRules(Endpoint):
    """The province's coordinators add versions; none is ever edited."""

    verbs = {"GET": "keep_rules", "POST": "keep_rules"}
    operations = {"GET": "light_rules_list", "POST": "light_rules_add"}
    tag = "rules"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(responses=LightRulesSerializer)
    def get(self, request: Request) -> Response:
        known = light_versions.versions()
        vocabulary = [
            {
                "code": code,
                "light": condition.light,
                "sentence": str(condition.sentence),
                "takes_days": bool(condition.reach),
            }
            for code, condition in lights.CONDITIONS.items()
        ]
        return Response(
            {
                "version": known[0].number,
                "vocabulary": vocabulary,
                "versions": [_shown(one) for one in known],
            }
        )

    @extend_schema(request=NewLightRule, responses=LightRuleOutcomeSerializer)
    def post(self, request: Request) -> Response:
        said, on = self.read(NewLightRule), today()
        version = versions.required(request, field=said.get("version"))
        chosen = said["conditions"]
        draft = light_rules.draft(
            [one["code"] for one in chosen],
            days={one["code"]: one["days"] for one in chosen if one.get("days") is not None},
            effective_from=said["effective_from"],
            note=said["note"],
            today=on,
        )
        turns = light_rules.effect(draft.as_rule, on=on)
        if not said["dry_run"]:
            light_rules.add(draft, by=self.user, version=version)
        return Response({"rule": _shown(draft), "saved": not said["dry_run"], "would_turn": turns})


def _shown(one: LightRule) -> dict[str, Any]:
    names = ("number", "effective_from", "effective_to", "note", "conditions", "turned")
    return {name: getattr(one, name) for name in names}
