"""What a write may say: unknown fields are refused, days lie between 2000 and 2099."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer
from obligations.models import Block, Evidence, Said

_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
MAX_EVIDENCE = 20
MAX_CHOSEN = 5000
TEXT_KINDS = [one for one in Evidence.Kind.choices if one[0] != Evidence.Kind.FILE]


class DayField(serializers.DateField):
    """A day as YYYY-MM-DD, of the years that lists and calendars know."""

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not _FIRST <= day <= _LAST:
            raise serializers.ValidationError(_("Use a day from 2000 to 2099."), code="range")
        return day


def words(*, required: bool = True) -> serializers.CharField:
    """Up to 4,000 characters."""
    return serializers.CharField(required=required, allow_blank=not required, max_length=4000)


def line(size: int = 200) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=size)


def day(*, required: bool = False) -> DayField:
    return DayField(required=required, allow_null=True)


class Versioned(StrictSerializer):
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version that you read, where no If-Match header says it.",
    )


class Reasoned(Versioned):
    reason = words()


class Plan(Versioned):
    """Fields that are left out stay as they are."""

    planned_on = day()
    progress_note = words(required=False)
    contact_office = line()
    contact_name = line(100)
    contact_phone = line(40)


class Contact(StrictSerializer):
    """Version 0 is that of a department that never named anybody."""

    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    office = line()
    name = line(100)
    phone = line(40)


class ReportProgress(Versioned):
    """What is said of a period: by default the month up to today. It answers the open round."""

    kind = serializers.ChoiceField(choices=Said.choices)
    note = words(required=False)
    period_from = day()
    period_to = day()


class Covering(StrictSerializer):
    """The days that a piece covers (a receipt must say them), and the version that it replaces."""

    period_from = day()
    period_to = day()
    replaces = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The piece of which this is the newer version; both are kept.",
    )


class TextEvidence(Covering):
    kind = serializers.ChoiceField(choices=TEXT_KINDS)
    text = serializers.CharField(max_length=1000)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A claim with its evidence",
            value={
                "version": 3,
                "note": "接口已在共享平台上线。",
                "evidence": [
                    {"kind": "interface", "text": "JK-2026-0117"},
                    {"kind": "document", "text": "某政发〔2026〕3号"},
                ],
            },
            request_only=True,
        )
    ]
)
class Claim(Versioned):
    note = words(required=False)
    evidence = serializers.ListField(child=TextEvidence(), required=False, max_length=MAX_EVIDENCE)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Sent back with a reason",
            value={"version": 5, "reason": "缺少目录代码，请补充后重新申报。"},
            request_only=True,
        )
    ]
)
class SendBack(Reasoned):
    pass


class Reopen(Reasoned):
    due_on = day()


def _external_obligation() -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The central body's obligation on which it waits.",
    )


class AskBlock(Reasoned):
    cause = serializers.ChoiceField(choices=Block.Cause.choices)
    external_obligation = _external_obligation()


class ConfirmBlock(Versioned):
    note = words(required=False)
    external_obligation = _external_obligation()


class LiftBlock(Versioned):
    new_due_on = day()
    document_number = line(100)


class AskExemption(Reasoned):
    until_on = day()


class GrantExemption(Versioned):
    reason = words(required=False)
    until_on = day()
    document_number = line(100)


class RecordOpening(Versioned):
    opened_on = DayField(required=True, allow_null=True, help_text="null: not opened.")
    note = words()


class Issue(Versioned):
    note = words(required=False)


class AskExtension(Reasoned):
    days = serializers.IntegerField(min_value=1, max_value=366, help_text="Working days.")


class ApproveExtension(Versioned):
    note = words(required=False)
    document_number = line(100)


class UpholdObjection(Reasoned):
    corrected_due_on = day()
    document_number = line(100)


class ChosenRow(StrictSerializer):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version that you read; without it the answer is 428.",
    )


class Chosen(StrictSerializer):
    rows = serializers.ListField(child=ChosenRow(), min_length=1, max_length=MAX_CHOSEN)


class IssueMany(Chosen):
    note = words(required=False)


class PlanMany(Chosen):
    planned_on = DayField(required=True, allow_null=True)


class ReasonedMany(Chosen):
    reason = words()


class ApproveMany(Chosen):
    note = words(required=False)
    document_number = line(100)


class NewEvidenceBody(Versioned, Covering):
    """A text for every kind but file; a file (multipart) for that."""

    kind = serializers.ChoiceField(choices=Evidence.Kind.choices)
    text = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    file = serializers.FileField(required=False, allow_empty_file=True, max_length=255)


class TextEvidenceBody(Versioned, Covering):
    kind = serializers.ChoiceField(choices=TEXT_KINDS)
    text = serializers.CharField(max_length=1000)
