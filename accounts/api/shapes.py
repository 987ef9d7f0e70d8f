"""The shapes of people, departments and regions in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Department, Level, Role


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class RegionSerializer(NamedSerializer):
    code = serializers.CharField(
        allow_null=True, help_text="GB/T 2260; null where a place has none."
    )
    parent_id = serializers.IntegerField(allow_null=True)


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    level = serializers.ChoiceField(choices=Level.choices)

    class Meta:
        model = Department
        fields: tuple[str, ...] = (
            "id",
            "name",
            "short_name",
            "level",
            "kind",
            "region_id",
            "parent_id",
            "counterpart_id",
            "successor_id",
            "position",
            "valid_from",
            "valid_to",
            "endorsement_required",
            "endorsement_version",
        )


class DepartmentNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField(help_text="official, short, alias or former")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class DepartmentDetailSerializer(DepartmentSerializer):
    names = DepartmentNameSerializer(many=True)

    class Meta(DepartmentSerializer.Meta):
        fields = (*DepartmentSerializer.Meta.fields, "names")


class MeSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices, allow_blank=True)
    role_name = serializers.CharField(allow_blank=True)
    department = NamedSerializer(allow_null=True)
    region = NamedSerializer(allow_null=True, help_text="null is the whole province.")
    verbs = serializers.ListField(
        child=serializers.CharField(), help_text="What the role may do at all."
    )
