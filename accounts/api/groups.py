"""Groups of departments, with their members on a day."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.api.shapes import NamedSerializer
from accounts.models import DepartmentGroup
from accounts.names import Directory


class GroupSerializer(NamedSerializer):
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=DepartmentGroup.Kind.choices)
    rule = serializers.ChoiceField(choices=DepartmentGroup.Rule.choices)
    names = serializers.ListField(
        child=serializers.CharField(), help_text="By which documents call it; empty: out of use."
    )
    members = NamedSerializer(many=True, help_text="Of today.")


class Groups(Listing):
    """Groups and mechanisms that lists name instead of departments."""

    verbs = {"GET": "keep_groups"}
    operations = {"GET": "groups_list"}
    tag = "departments"
    serializer_class = GroupSerializer
    queryset = DepartmentGroup.objects.none()
    orders = {"id": Order("pk"), "-id": Order("pk", True), "name": Order("name")}

    def get_queryset(self) -> QuerySet[DepartmentGroup]:
        return DepartmentGroup.objects.all()

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = DepartmentGroup.objects.prefetch_related("names").in_bulk(keys)
        standing = Directory(timezone.localdate()).groups if found else {}
        return [
            {
                "id": key,
                "name": found[key].name,
                "version": found[key].version,
                "kind": found[key].kind,
                "rule": found[key].rule,
                "names": [name.name for name in found[key].names.all()],
                "members": [{"id": one.pk, "name": one.name} for one in standing[key].members],
            }
            for key in keys
            if key in found
        ]
