"""Shapes of deliveries, promises, receipts and logs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer
from obligations.workdays import FIRST_DAY, LAST_DAY
from sharing_lists.models import Delivery, DeliveryLog, SharingTerms

_MOST = 10**15


def _day(value: Any) -> None:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise serializers.ValidationError(_("Use a day from 2000 to 2099."))


def _moment(value: Any) -> None:
    _day(value.date())


def day(**kwargs: Any) -> serializers.DateField:
    return serializers.DateField(validators=[_day], **kwargs)


def number(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=_MOST, **kwargs)


class ReceiptBody(StrictSerializer):
    """What arrived at the platform, as the department's system reports it."""

    resource = serializers.CharField(max_length=500, help_text="Catalogue code, or the title.")
    period_from = day()
    period_to = day()
    rows = number(required=False)
    newest_data_at = serializers.DateTimeField(required=False, validators=[_moment])
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}$",
        required=False,
        error_messages={"invalid": _("A SHA-256 has 64 hexadecimal digits.")},
    )
    calls = number(required=False)
    failures = number(required=False)
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(max_length=200), required=False, max_length=500
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["period_to"] < attrs["period_from"]:
            raise serializers.ValidationError(
                {"period_to": _("The period ends before it begins: check its two days.")}
            )
        failures, calls = attrs.get("failures", 0), attrs.get("calls")
        if failures and calls is None:
            said = _("Failures are given, but not how many calls were made.")
            raise serializers.ValidationError({"calls": said})
        if calls is not None and failures > calls:
            raise serializers.ValidationError({"failures": _("More calls failed than were made.")})
        if "sha256" in attrs:
            attrs["sha256"] = attrs["sha256"].lower()
        return attrs


class ReceiptTakenSerializer(serializers.Serializer[Any]):
    """`new` is false where the same receipt was there already; `outcome` is how it was judged."""

    deliveries = serializers.ListField(child=serializers.IntegerField())
    outcome = serializers.ChoiceField(choices=Delivery.Outcome.choices)
    new = serializers.BooleanField()


class DataDeliverySerializer(serializers.Serializer[Any]):
    """One delivery, and what it counts for."""

    id = serializers.IntegerField()
    obligation_id = serializers.IntegerField()
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Delivery.Source.choices
    )
    arrived_at = serializers.DateTimeField()
    covers_from = serializers.DateField(allow_null=True)
    covers_to = serializers.DateField(allow_null=True)
    newest_data_at = serializers.DateTimeField(allow_null=True)
    rows = serializers.IntegerField(allow_null=True)
    calls = serializers.IntegerField(allow_null=True)
    failures = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Delivery.Outcome.choices)
    taken_back_why = serializers.CharField(help_text="Where the outcome is `taken_back`.")
    counts_from = serializers.DateField()
    counts_to = serializers.DateField()
    reported_by = serializers.CharField(help_text="The system, the log, or the person.")
    note = serializers.CharField()
    raw = serializers.CharField(help_text="As received.")


class NewDeliveryBody(StrictSerializer):
    """A delivery that a person records; `receipt` is kept as evidence where that is taken."""

    arrived_on = day()
    covers_from = day(required=False, allow_null=True)
    covers_to = day(required=False, allow_null=True)
    newest_data_on = day(required=False, allow_null=True)
    rows = number(required=False, allow_null=True)
    receipt = serializers.CharField(required=False, allow_blank=True, max_length=100)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class TakeBackBody(StrictSerializer):
    why = serializers.CharField(max_length=300)


class KeptPeriodSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    grace_on = serializers.DateField()
    state = serializers.ChoiceField(choices=["on_time", "in_grace", "late", "missing", "awaited"])
    arrived_on = serializers.DateField(allow_null=True)


class NextDeliverySerializer(serializers.Serializer[Any]):
    """The period owed next: by its last day, at the latest by the end of the grace."""

    period_from = serializers.DateField()
    period_to = serializers.DateField()
    due_on = serializers.DateField()
    grace_on = serializers.DateField()
    grace_days = serializers.IntegerField()
    provisional = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]


class PromiseSerializer(serializers.Serializer[Any]):
    """What an obligation promises, and how it was kept."""

    cycle = serializers.ChoiceField(choices=SharingTerms.UpdateCycle.choices, allow_blank=True)
    cycle_label = serializers.CharField()
    mode = serializers.ChoiceField(choices=SharingTerms.ShareMode.choices, allow_blank=True)
    evaluable = serializers.BooleanField()
    min_rows = serializers.IntegerField(allow_null=True)
    required_fields = serializers.ListField(child=serializers.CharField())
    next = NextDeliverySerializer(allow_null=True)
    explanation = serializers.CharField()
    periods = KeptPeriodSerializer(many=True)


class DeliveryLogSerializer(serializers.Serializer[Any]):
    """A log on its way; `version` is what a decision must name."""

    id = serializers.IntegerField()
    file_name = serializers.CharField()
    state = serializers.ChoiceField(choices=DeliveryLog.State.choices)
    sha256 = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    problems = serializers.ListField(child=serializers.DictField())
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()
    job_id = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()


class LogFile(StrictSerializer):
    file = serializers.FileField(help_text=".xlsx .xls .et .ods .csv, up to 10 MB")


class ReadLogBody(StrictSerializer):
    """What columns mean: the number of a column -> code, title, provider, at, calls, failures,
    rows, newest, or "" for one that is not used."""

    version = serializers.IntegerField(required=False)
    top = serializers.IntegerField(min_value=0, default=0)
    bottom = serializers.IntegerField(min_value=0, default=0)
    columns = serializers.DictField(child=serializers.CharField(allow_blank=True))
