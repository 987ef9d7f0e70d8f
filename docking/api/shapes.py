"""How stages, endpoints, results, hosts and windows look in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer
from docking.models import (
    AllowedHost,
    Endpoint,
    MaintenanceWindow,
    Milestone,
    ProbeResult,
    Stage,
    Word,
)
from docking.models.milestones import MOST_WEIGHT
from obligations.api.bodies import DayField, Versioned, day
from obligations.indicators import Figure


class ShareSerializer(serializers.Serializer[Any]):
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    percent = serializers.DecimalField(
        max_digits=4, decimal_places=1, allow_null=True, help_text="null where there is nothing."
    )


class AvailabilitySerializer(ShareSerializer):
    unchecked_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when rounds of probes are late; null where they are not."
    )


class MilestoneSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=Stage.choices)
    planned_on = serializers.DateField(allow_null=True)
    reached_on = serializers.DateField(allow_null=True)
    weight = serializers.IntegerField()
    not_needed = serializers.CharField(allow_blank=True, help_text="Why; empty: it is needed.")


class EndpointSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    obligation_id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    method = serializers.ChoiceField(choices=Endpoint.Method.choices)
    expected_status = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)
    json_field = serializers.CharField(allow_blank=True)
    json_value = serializers.CharField(allow_blank=True)
    latency_limit_ms = serializers.IntegerField(allow_null=True)
    allowed = serializers.BooleanField(help_text="false: not authorised, not probed.")
    in_maintenance = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Endpoint.State.choices)
    state_since = serializers.DateTimeField(allow_null=True)
    probed_at = serializers.DateTimeField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)
    availability = AvailabilitySerializer(help_text="接口可用率 over 30 days.")


class DockedSerializer(serializers.Serializer[Any]):
    obligation_id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Of the obligation; writes to stages name it.")
    next_milestone_on = serializers.DateField(allow_null=True)
    milestones = MilestoneSerializer(many=True)
    planned_by_today = ShareSerializer(help_text="By weight, of the stages that are needed.")
    reached = ShareSerializer()
    availability = AvailabilitySerializer(
        help_text="接口可用率 over 30 days, all endpoints together."
    )
    endpoints = EndpointSerializer(many=True)


class PlannedStage(StrictSerializer):
    stage = serializers.ChoiceField(choices=Stage.choices)
    planned_on = day()
    weight = serializers.IntegerField(required=False, min_value=1, max_value=MOST_WEIGHT)
    not_needed = serializers.CharField(required=False, allow_blank=True, max_length=500)


class PlanStages(Versioned):
    """Stages that are left out stay as they are; of a named one all is said anew."""

    milestones = PlannedStage(many=True, allow_empty=False)


class ReachStage(Versioned):
    stage = serializers.ChoiceField(choices=Stage.choices)
    reached_on = DayField(
        required=False, allow_null=True, help_text="Today where left out; null takes it back."
    )


class NewEndpoint(StrictSerializer):
    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=490)
    method = serializers.ChoiceField(
        choices=Endpoint.Method.choices, required=False, default=Endpoint.Method.GET
    )
    expected_status = serializers.IntegerField(
        required=False, default=200, min_value=100, max_value=599
    )
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    json_field = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    json_value = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    latency_limit_ms = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=5000
    )


class ChangedEndpoint(NewEndpoint, Versioned):
    """All fields are said anew."""


class ResultSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=ProbeResult.Outcome.choices)
    status = serializers.IntegerField(allow_null=True)
    latency_ms = serializers.IntegerField(allow_null=True)
    error = serializers.ChoiceField(choices=Word.choices, allow_blank=True)


class StateChangeSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Endpoint.State.choices)
    at = serializers.DateTimeField()
    why = serializers.CharField(allow_blank=True)


class ProbeDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    up_count = serializers.IntegerField()
    down_count = serializers.IntegerField()
    unclear_count = serializers.IntegerField()
    latency_ms = serializers.IntegerField(allow_null=True)


class OneEndpointSerializer(EndpointSerializer):
    changes = StateChangeSerializer(many=True, help_text="The newest 50.")
    days = ProbeDaySerializer(many=True, help_text="The newest 30.")


class HostSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    host = serializers.CharField()
    port = serializers.IntegerField()
    document_number = serializers.CharField()
    addresses = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    added_at = serializers.DateTimeField()
    added_by = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_by = serializers.CharField(allow_null=True)


class NewHost(StrictSerializer):
    host = serializers.CharField(max_length=253)
    port = serializers.IntegerField(min_value=1, max_value=65535)
    document_number = serializers.CharField(max_length=100)
    addresses = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class WindowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    obligation_id = serializers.IntegerField(allow_null=True, help_text="null: all probing.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()
    cancelled_at = serializers.DateTimeField(allow_null=True)


class NewWindow(StrictSerializer):
    obligation_id = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Left out: all probing, which the system administrator alone may stop.",
    )
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=500)


def rate(figure: Figure) -> dict[str, Any]:
    return {
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "percent": figure.percent,
    }


def milestone(one: Milestone) -> dict[str, Any]:
    names = ("stage", "planned_on", "reached_on", "weight", "not_needed")
    return {name: getattr(one, name) for name in names}


_ENDPOINT = (
    *("version", "obligation_id", "name", "url", "method", "expected_status", "text"),
    *("json_field", "json_value", "latency_limit_ms", "state", "state_since"),
    *("probed_at", "retired_at"),
)


def available(figure: Figure, *, stopped_since: dt.datetime | None) -> dict[str, Any]:
    return {**rate(figure), "unchecked_since": stopped_since}


def endpoint(row: Any, figure: Figure, *, stopped_since: dt.datetime | None) -> dict[str, Any]:
    """An endpoint that was read with its permission and maintenance."""
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in _ENDPOINT},
        "allowed": row.is_allowed,
        "in_maintenance": row.is_maintained,
        "availability": available(figure, stopped_since=stopped_since),
    }


def endpoints_with_standing(rows: Any) -> Any:
    """Read with what `endpoint` shows."""
    return rows.with_permission().with_maintenance(at=timezone.now())


def host(row: AllowedHost) -> dict[str, Any]:
    names = ("version", "host", "port", "document_number", "addresses", "note")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "added_at": row.added_at,
        "added_by": row.added_by.username,
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_by": row.withdrawn_by.username if row.withdrawn_by else None,
    }


def window(row: MaintenanceWindow) -> dict[str, Any]:
    names = ("version", "obligation_id", "starts_at", "ends_at", "reason", "cancelled_at")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}
