"""Lists in pages by key; nothing is counted unless somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.api.endpoints import Endpoint, require_known
from accounts.api.keyset import Order, Place, column_of, read_place, window

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


class PageQuery(serializers.Serializer[Any]):
    """How much of a list, from where, in which order."""

    cursor = serializers.CharField(required=False, max_length=500)
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE
    )
    order = serializers.CharField(required=False)
    count = serializers.BooleanField(required=False, default=False)


class KeysetPagination(BasePagination):
    """{"next", "previous", "results"}, and "count" where it was asked for."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The keys of the page that the query asks for."""
        asked = _asked(request)
        name = asked.get("order") or next(iter(view.orders))
        if name not in view.orders:
            raise serializers.ValidationError(
                {"order": _("Sort by one of: %(orders)s.") % {"orders": ", ".join(view.orders)}}
            )
        order = view.orders[name]
        place = _place(asked.get("cursor"), order=order, name=name, rows=queryset)
        keys, self.before, self.after = window(
            queryset, order, name=name, place=place, size=asked["page_size"]
        )
        self.count = queryset.count() if asked["count"] else None
        self.request = request
        return keys

    def get_paginated_response(self, data: Any) -> Response:
        answer = {
            "next": self._link(self.after),
            "previous": self._link(self.before),
            "results": data,
        }
        return Response(answer if self.count is None else {"count": self.count, **answer})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "Only where count=1 asks for it."},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        order = {"type": "string", "enum": [*view.orders], "default": next(iter(view.orders))}
        return [
            _parameter("cursor", {"type": "string"}, "From `next` or `previous` of an answer."),
            _parameter("page_size", size, "Rows in a page."),
            _parameter("order", order, "Ties go by id; empty values come last."),
            _parameter("count", {"type": "boolean"}, "Count all rows as well, which takes time."),
        ]

    def _link(self, place: Place | None) -> str | None:
        if place is None:
            return None
        url = self.request.build_absolute_uri()
        return str(replace_query_param(url, "cursor", place.written()))


class Listing(Endpoint):
    """A list in pages. `orders` names what it may be sorted by; the first one is the default."""

    pagination_class = KeysetPagination
    filter_backends = [DjangoFilterBackend]
    orders: ClassVar[Mapping[str, Order]] = {"id": Order("pk"), "-id": Order("pk", True)}
    is_list = True

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        """The rows of these keys, in their order."""
        raise NotImplementedError

    def get(self, request: Request) -> Response:
        filters = getattr(self, "filterset_class", None)
        known = {**(filters.base_filters if filters else {}), **PageQuery().fields}
        require_known(request.query_params, known)
        rows = self.filter_queryset(self.get_queryset())
        keys = self.paginate_queryset(rows)
        return self.get_paginated_response(self.present(list(keys or ())))


def in_order(rows: list[dict[str, Any]], keys: list[Any]) -> list[dict[str, Any]]:
    """Rows with an "id", sorted as their keys are."""
    by_key = {row["id"]: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def _asked(request: Request) -> dict[str, Any]:
    query = PageQuery(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _place(text: str | None, *, order: Order, name: str, rows: QuerySet[Any]) -> Place | None:
    if not text:
        return None
    place = read_place(text)
    if place is not None and place.order == name:
        field: Any = rows.model._meta.get_field(column_of(order))
        try:
            value = None if place.value is None else field.to_python(place.value)
            return Place(name, value, place.pk, place.backwards)
        except (ValidationError, TypeError, OverflowError):
            pass
    raise serializers.ValidationError(
        {"cursor": _("This cursor does not belong to this list; start without one.")}
    )


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}
