"""The shapes of lists, items and obligations in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from accounts.api.shapes import NamedSerializer
from accounts.models import Level
from obligations.api.contested import ContestedSerializer
from obligations.models import (
    Block,
    CheckResult,
    Claim,
    Duty,
    Evidence,
    Extension,
    Light,
    Objection,
    ResponsibilityList,
    RoleInItem,
    Status,
)
from obligations.models.records import Decision


def date(**more: Any) -> serializers.DateField:
    return serializers.DateField(allow_null=True, **more)


def string(**more: Any) -> serializers.CharField:
    return serializers.CharField(allow_blank=True, **more)


class ListSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)
    issuer = string()
    batch = serializers.IntegerField()
    title = serializers.CharField()
    document_number = string(help_text="文号; empty where it is not known.")
    issued_on = date(help_text="印发日期; null where it is not known.")
    security = serializers.ChoiceField(choices=ResponsibilityList.Security.choices)
    source_name = string()
    source_sha256 = string()
    supersedes_id = serializers.IntegerField(allow_null=True)
    is_demo = serializers.BooleanField(help_text="【示例】: made up, not a real list.")
    created_at = serializers.DateTimeField()


class ListOfItemSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)
    batch = serializers.IntegerField()


class ItemSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    serial = string()
    position = serializers.IntegerField()
    title = serializers.CharField()
    office = string()
    deadline_text = string(help_text="As written in the list.")
    deadline_kind = serializers.CharField(help_text="date, ongoing or none")
    deadline_on = date()
    withdrawn_on = date()
    scenes = serializers.ListField(child=serializers.CharField(), help_text="一件事")
    body = NamedSerializer(help_text="提供部门 or 主管部门.")
    list = ListOfItemSerializer()


class TermSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    label = serializers.CharField(help_text="The column's official name.")  # type: ignore[assignment]
    text = serializers.CharField(help_text="As the list writes it.")
    value = serializers.JSONField(help_text="As it is stored: a code, or a list of codes.")


class ItemDetailSerializer(ItemSerializer):
    terms = TermSerializer(many=True)


class ItemOfObligationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    serial = string()
    title = serializers.CharField()
    body = NamedSerializer()
    scenes = serializers.ListField(child=serializers.CharField())


class ObligationRowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    duty = serializers.ChoiceField(choices=Duty.choices)
    role_in_item = serializers.ChoiceField(choices=RoleInItem.choices)
    external = serializers.BooleanField(help_text="A central body owes it; outside all rates.")
    status = serializers.ChoiceField(choices=Status.choices)
    light = serializers.ChoiceField(choices=Light.choices)
    light_reason = serializers.CharField()
    light_sentence = serializers.CharField(help_text="The reason in words.")
    due_on = date(help_text="null is ongoing: never overdue.")
    original_due_on = date()
    due_text = string()
    due_kind = serializers.CharField(help_text="date, ongoing or none")
    planned_on = date()
    completed_on = date()
    completed_late = serializers.BooleanField(help_text="逾期办结")
    verified_on = date()
    decide_by = date()
    accept_by = date(help_text="To be accepted by, since the issue.")
    mend_until = date()
    blocked = serializers.BooleanField()
    opened_on = date(help_text="Of external obligations.")
    returned_count = serializers.IntegerField()
    reopened_count = serializers.IntegerField()
    department = NamedSerializer()
    item = ItemOfObligationSerializer()
    list = ListOfItemSerializer()


class PersonSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()


class DateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    on = serializers.DateField()
    meaning = serializers.CharField()
    provisional = serializers.BooleanField(
        help_text="It was counted over a year whose holidays are not announced yet."
    )


class EvidenceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    obligation_id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Evidence.Kind.choices)
    text = string()
    name = string()
    media_type = string()
    size = serializers.IntegerField()
    sha256 = string()
    period_from = date()
    period_to = date()
    number = serializers.IntegerField(help_text="1, or the version that it is of `replaces_id`.")
    replaces_id = serializers.IntegerField(allow_null=True)
    added_on = serializers.DateField()
    added_by = PersonSerializer(allow_null=True)
    claim_id = serializers.IntegerField(
        allow_null=True, help_text="Fixed once a claim rests on it."
    )
    download = serializers.CharField(allow_null=True)


class ClaimSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    note = string()
    claimed_by = PersonSerializer(allow_null=True)
    claimed_on = serializers.DateField()
    endorsed_by = PersonSerializer(allow_null=True)
    endorsed_on = date()
    decide_by = date()
    outcome = serializers.ChoiceField(choices=Claim.Outcome.choices, allow_blank=True)
    decided_by = PersonSerializer(allow_null=True)
    decided_on = date()
    reason = string()


class DecisionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reason = string()
    asked_by = PersonSerializer(allow_null=True)
    asked_on = serializers.DateField()
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices, allow_blank=True)
    decided_by = PersonSerializer(allow_null=True)
    decided_on = date()
    decision_note = string()


class LastingSerializer(DecisionSerializer):
    ended_by = PersonSerializer(allow_null=True)
    ended_on = date()
    in_force = serializers.BooleanField()


class ExtensionSerializer(DecisionSerializer):
    outcome = serializers.ChoiceField(choices=Extension.Outcome.choices, allow_blank=True)
    days = serializers.IntegerField(help_text="Working days.")
    due_on = date(help_text="The due day from which they count.")
    new_due_on = date(help_text="null unless approved.")
    document_number = string()


class ObjectionSerializer(DecisionSerializer):
    outcome = serializers.ChoiceField(choices=Objection.Outcome.choices, allow_blank=True)
    subject = serializers.ChoiceField(choices=Objection.Subject.choices)
    light_reason = string(help_text="The contested reason of the red light.")
    due_on = date()
    claim_id = serializers.IntegerField(allow_null=True, help_text="The claim that was returned.")
    returned_on = date()
    return_reason = string()
    consequence = serializers.ChoiceField(choices=Objection.Consequence.choices, allow_blank=True)
    corrected_due_on = date()
    document_number = string()
    self_ruled = serializers.BooleanField(
        help_text="There was no other coordinator: who returned the claim ruled as well."
    )


class NoticeOfObligationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField(help_text="Such as 2026-001.")


class BlockSerializer(LastingSerializer):
    cause = serializers.ChoiceField(choices=Block.Cause.choices)
    external_obligation_id = serializers.IntegerField(allow_null=True)
    days_left = serializers.IntegerField()
    new_due_on = date()
    document_number = string()


class ExemptionSerializer(LastingSerializer):
    until_on = date()
    document_number = string()


class FoundSerializer(serializers.Serializer[Any]):
    check = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    outcome = serializers.ChoiceField(choices=CheckResult.Outcome.choices)
    sentence = string()
    source = string()  # type: ignore[assignment]
    since = serializers.DateField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Waiting for the coordinator",
            summary="An endorsed obligation, shortened",
            value={
                "id": 7,
                "version": 4,
                "duty": "supply",
                "status": "endorsed",
                "light": "green",
                "light_reason": "waiting",
                "light_sentence": "按期申报，等待核验。",
                "due_on": "2026-12-31",
                "completed_on": "2026-11-20",
                "decide_by": "2026-11-27",
                "verbs": ["verify", "send_back"],
            },
            response_only=True,
        )
    ]
)
class ObligationDetailSerializer(ObligationRowSerializer):
    raised_on = serializers.DateField()
    issued_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    claimed_at = serializers.DateTimeField(allow_null=True)
    first_completed_on = date()
    exempt = serializers.BooleanField()
    exempt_until = date()
    depends_on_id = serializers.IntegerField(
        allow_null=True, help_text="The central body's obligation on which it waits."
    )
    claimed_by = PersonSerializer(allow_null=True)
    claim_note = string()
    endorsed_by = PersonSerializer(allow_null=True)
    verified_by = PersonSerializer(allow_null=True)
    self_verified = serializers.BooleanField(help_text="自核")
    return_reason = string()
    reopen_reason = string()
    progress_note = string()
    contact_office = string()
    contact_name = string()
    contact_phone = string()
    dates = DateSerializer(many=True)
    terms = TermSerializer(many=True)
    evidence = EvidenceSerializer(many=True)
    claims = ClaimSerializer(many=True)
    blocks = BlockSerializer(many=True)
    exemptions = ExemptionSerializer(many=True)
    extensions = ExtensionSerializer(many=True)
    objections = ObjectionSerializer(many=True)
    contested = ContestedSerializer(allow_null=True)
    notice = NoticeOfObligationSerializer(allow_null=True, help_text="下达通知 of its issue.")
    findings = FoundSerializer(many=True)
    verbs = serializers.ListField(
        child=serializers.CharField(), help_text="The actions that may be tried now."
    )
