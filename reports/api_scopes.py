"""How programs say and read what a report or a plan is about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer, find
from accounts.models import Department, Level, Region, User
from accounts.paging import LARGEST_KEY
from obligations.kinds import kinds
from obligations.models import ResponsibilityList
from reports.models import ReportPlan, Snapshot
from reports.scopes import Batch, Scope, batch_of, scope_of

_TERRITORIES, _MATTERS = ("department", "region"), ("list", "batch", "scene")


class BatchSerializer(serializers.Serializer[Any]):
    """The lists of one kind and level that came together."""

    kind = serializers.CharField(max_length=30)
    level = serializers.CharField(max_length=10)
    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class BatchOrder(BatchSerializer, StrictSerializer):
    """The lists of one kind and level that came together."""

    def validate_kind(self, kind: str) -> str:
        return _known(kind, kinds())

    def validate_level(self, level: str) -> str:
        return _known(level, Level.values)


class ScopeBody(StrictSerializer):
    """At most one territory, and of it at most one matter."""

    department = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    region = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    list = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    batch = BatchOrder(required=False)
    scene = serializers.CharField(required=False, max_length=200, help_text="一件事")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if all(name in attrs for name in _TERRITORIES):
            raise serializers.ValidationError({"region": _("Name a department or a region.")})
        if sum(name in attrs for name in _MATTERS) > 1:
            raise serializers.ValidationError({"list": _("Name a list, a batch or a scene.")})
        return attrs


def _known(said: str, known: Collection[str]) -> str:
    """A batch may come later; one of no kind or level that there is never does."""
    if said not in known:
        words = serializers.ChoiceField.default_error_messages["invalid_choice"]
        raise serializers.ValidationError(words.format(input=said), code="invalid_choice")
    return said


def scope_of_body(said: dict[str, Any], *, by: User) -> Scope:
    """What was asked for; a department or list that the user does not see is not found."""
    own = scope_of(by)
    if "department" in said:
        own = Scope(department=find(Department.objects.visible_to(by), said["department"]))
    if "region" in said:
        own = Scope(region=find(Region.objects.all(), said["region"]))
    lists = ResponsibilityList.objects.visible_to(by)
    return Scope(
        region=own.region,
        department=own.department,
        on_list=find(lists, said["list"]) if "list" in said else None,
        batch=Batch(**said["batch"]) if "batch" in said else None,
        scene=said.get("scene", ""),
    )


def batch_told(row: Snapshot | ReportPlan) -> dict[str, Any] | None:
    """The batch of a row as BatchSerializer describes it."""
    batch = batch_of(row)
    if batch is None:
        return None
    return {"kind": batch.kind, "level": batch.level, "number": batch.number}
