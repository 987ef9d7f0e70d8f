"""Shapes of requests for data and for correction."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer
from accounts.api.shapes import NamedSerializer
from obligations.api.bodies import Versioned
from sharing_lists.api.shapes import day
from sharing_lists.models import DataRequest

_LONGEST = 500


def _words(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=_LONGEST, **kwargs)


class DataRequestSerializer(serializers.Serializer[Any]):
    """One request; days are null where no clock runs. `version` is what an act must name."""

    id = serializers.IntegerField()
    obligation_id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=DataRequest.Kind.choices)
    title = serializers.CharField(help_text="The resource.")
    provider = NamedSerializer()
    demander = NamedSerializer()
    number = serializers.CharField()
    subject = serializers.CharField()
    asked_on = serializers.DateField(help_text="The day on which the provider received it.")
    waits_for = serializers.ChoiceField(
        choices=["reply", "delivery", "correction"], allow_blank=True
    )
    due_on = serializers.DateField(allow_null=True, help_text="By when that is owed.")
    reply_by = serializers.DateField(allow_null=True)
    reply_by_originally = serializers.DateField(allow_null=True, help_text="Before any extension.")
    extension_days = serializers.IntegerField()
    extension_why = serializers.CharField()
    extended_on = serializers.DateField(allow_null=True)
    demander_told_on = serializers.DateField(allow_null=True)
    answer = serializers.ChoiceField(choices=DataRequest.Answer.choices, allow_blank=True)
    reason = serializers.CharField()
    replied_on = serializers.DateField(allow_null=True)
    deliver_by = serializers.DateField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    correct_by = serializers.DateField(allow_null=True)
    corrected_on = serializers.DateField(allow_null=True)
    result = serializers.CharField()
    taken_back_on = serializers.DateField(allow_null=True)
    taken_back_why = serializers.CharField()
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class NewRequestBody(StrictSerializer):
    """A request as the provider received it; a demander's people record their own, and name no
    department."""

    obligation = serializers.IntegerField(min_value=1, max_value=2**53)
    kind = serializers.ChoiceField(choices=DataRequest.Kind.choices)
    department = serializers.IntegerField(
        min_value=1, max_value=2**53, required=False, help_text="The demanding department."
    )
    asked_on = day()
    number = serializers.CharField(max_length=100, required=False, allow_blank=True)
    subject = _words()


class ReplyBody(Versioned):
    answer = serializers.ChoiceField(choices=DataRequest.Answer.choices)
    replied_on = day()
    reason = _words(required=False, allow_blank=True)


class ExtendBody(Versioned):
    """Consent and notice, each with its day: lacking either, nothing moves."""

    days = serializers.IntegerField(min_value=1, max_value=60)
    extended_on = day()
    demander_told_on = day()
    why = _words()


class DeliverBody(Versioned):
    delivered_on = day()


class CorrectBody(Versioned):
    corrected_on = day()
    result = _words()


class TakeBackRequestBody(Versioned):
    why = _words()
