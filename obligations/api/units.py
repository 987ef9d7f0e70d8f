"""Names in lists that nobody bears: what waits, and whom a name means."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.models import Department, DepartmentGroup
from accounts.paging import LARGEST_KEY
from accounts.parsing import JSONParser
from obligations.importing import claiming
from obligations.importing.claiming import Claimed
from obligations.models import UnresolvedUnit
from obligations.models.units import UnresolvedUnitQuerySet
from obligations.today import today

_COLUMNS = ("id", "text", "field", "item_id", "item__title", "item__list_id", "created_at")


class UnitSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField(help_text="The name as the list writes it.")
    field = serializers.CharField(help_text="The column that holds it, such as lead_names.")
    item_id = serializers.IntegerField()
    item_title = serializers.CharField()
    list_id = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class UnitQuery(df.FilterSet):  # type: ignore[misc]
    list = KeyFilter(field_name="item__list_id")
    item = KeyFilter(field_name="item_id")

    class Meta:
        model = UnresolvedUnit
        fields: list[str] = []


class Units(Listing):
    """What still waits, cell by cell; the same name in several cells is decided on once."""

    verbs = {"GET": "import_list"}
    operations = {"GET": "units_list"}
    tag = "imports"
    serializer_class = UnitSerializer
    filterset_class = UnitQuery
    queryset = UnresolvedUnit.objects.none()
    orders = {"id": Order("pk"), "-id": Order("pk", True), "text": Order("text")}

    def get_queryset(self) -> UnresolvedUnitQuerySet:
        return UnresolvedUnit.objects.visible_to(self.user).open()

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = UnresolvedUnit.objects.filter(pk__in=keys).values(*_COLUMNS)
        return in_order([_shown(row) for row in rows], keys)


class Match(StrictSerializer):
    """Exactly one of `department`, `group` and `dismiss`."""

    text = serializers.CharField(max_length=500)
    department = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    group = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    dismiss = serializers.BooleanField(
        required=False, default=False, help_text="The name means no unit."
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if sum(bool(said.get(name)) for name in ("department", "group", "dismiss")) != 1:
            raise serializers.ValidationError(
                _("Say exactly one of “department”, “group” and “dismiss”.")
            )
        return said


class ClaimedSerializer(serializers.Serializer[Any]):
    units = serializers.IntegerField(help_text="Cells that no longer wait.")
    items = serializers.IntegerField()
    obligations = serializers.IntegerField(help_text="Drafts that were made, to be issued.")


class MatchUnits(Endpoint):
    """Decide whom a name means, for all cells that hold it and for all files to come."""

    verbs = {"POST": "import_list"}
    operations = {"POST": "units_match"}
    tag = "imports"
    parser_classes = [JSONParser]
    refusals = (409,)
    serializer_class = Match

    @extend_schema(responses=ClaimedSerializer)
    def post(self, request: Request) -> Response:
        said = self.read(Match)
        done = self._decide(said)
        return Response({"units": done.units, "items": done.items, "obligations": done.obligations})

    def _decide(self, said: dict[str, Any]) -> Claimed:
        text, by, on = said["text"], self.user, today()
        if said.get("department"):
            department = Department.objects.filter(pk=said["department"]).first()
            _require(department, "department")
            return claiming.match(text, department=department, by=by, on=on)
        if said.get("group"):
            group = DepartmentGroup.objects.filter(pk=said["group"]).first()
            _require(group, "group")
            return claiming.match(text, group=group, by=by, on=on)
        return claiming.dismiss(text, by=by, on=on)


def _require(found: object | None, name: str) -> None:
    if found is None:
        raise serializers.ValidationError({name: _("There is no such one; look up its number.")})


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    row["item_title"] = row.pop("item__title")
    row["list_id"] = row.pop("item__list_id")
    return row
