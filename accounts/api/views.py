"""Who is asking, which departments there are, and where."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import permissions
from accounts.api.endpoints import ANYBODY, Endpoint, find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.api.shapes import (
    DepartmentDetailSerializer,
    DepartmentSerializer,
    MeSerializer,
    RegionSerializer,
)
from accounts.models import Department, DepartmentName, Level, Region
from accounts.models.departments import DepartmentQuerySet

_COLUMNS = tuple(DepartmentSerializer.Meta.fields)


class Me(Endpoint):
    """The account that the token or session belongs to."""

    verbs = {"GET": ANYBODY}
    operations = {"GET": "me_retrieve"}
    tag = "me"
    serializer_class = MeSerializer

    def get(self, request: Request) -> Response:
        user = self.user
        return Response(
            {
                "username": user.username,
                "name": user.display_name,
                "role": user.role,
                "role_name": user.get_role_display(),
                "department": _named(user.department),
                "region": _named(user.region),
                "verbs": [verb for verb in permissions.VERBS if permissions.may(user, verb)],
            }
        )


class DepartmentFilter(df.FilterSet):  # type: ignore[misc]
    q = df.CharFilter(method="search", label="Part of a name, of any time")
    level = df.ChoiceFilter(choices=Level.choices)
    region = KeyFilter(field_name="region_id")

    class Meta:
        model = Department
        fields: list[str] = []

    def search(self, rows: DepartmentQuerySet, name: str, value: str) -> DepartmentQuerySet:
        found = Q(name__icontains=value) | Q(short_name__icontains=value)
        named = DepartmentName.objects.filter(name__icontains=value)
        return rows.filter(found | Q(pk__in=named.values("department_id")))


class Departments(Listing):
    """Departments within the user's scope."""

    verbs = {"GET": ANYBODY}
    operations = {"GET": "departments_list"}
    tag = "departments"
    serializer_class = DepartmentSerializer
    filterset_class = DepartmentFilter
    orders = {"position": Order("position"), "name": Order("name"), "id": Order("pk")}
    queryset = Department.objects.none()

    def get_queryset(self) -> DepartmentQuerySet:
        return Department.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return in_order(list(Department.objects.filter(pk__in=keys).values(*_COLUMNS)), keys)


class OneDepartment(Endpoint):
    """A department with all its names in time."""

    verbs = {"GET": ANYBODY}
    operations = {"GET": "departments_retrieve"}
    tag = "departments"
    serializer_class = DepartmentDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        row = find(Department.objects.visible_to(self.user), pk)
        names = row.names.order_by("pk").values("name", "kind", "valid_from", "valid_to")
        shown = {name: getattr(row, name) for name in _COLUMNS}
        return Response({**shown, "names": list(names)})


class Regions(Listing):
    """Regions are reference data: everybody who is signed in may read them."""

    verbs = {"GET": ANYBODY}
    operations = {"GET": "regions_list"}
    tag = "departments"
    serializer_class = RegionSerializer
    queryset = Region.objects.all()

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Region.objects.filter(pk__in=keys).values("id", "name", "code", "parent_id")
        return in_order([dict(row) for row in rows], keys)


def _named(row: Department | Region | None) -> dict[str, Any] | None:
    return None if row is None else {"id": row.pk, "name": row.name}
