"""Pages by key: the thousandth page costs what the first one costs, and nothing is counted
unless somebody asks."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.api.endpoints import Endpoint, require_known

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """Sort by one column, then by key in the same direction; empty values always come last."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Place:
    """The row after which a page begins, or before which it ends."""

    order: str
    value: Any
    pk: int
    backwards: bool = False

    def written(self) -> str:
        value = self.value.isoformat() if hasattr(self.value, "isoformat") else self.value
        packed = orjson.dumps([self.order, value, self.pk, int(self.backwards)])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


class PageQuery(serializers.Serializer[Any]):
    """How much of a list, from where, in which order."""

    cursor = serializers.CharField(required=False, max_length=500)
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE
    )
    order = serializers.CharField(required=False)
    count = serializers.BooleanField(required=False, default=False)


class Listing(Endpoint):
    """A list in pages. `orders` names what it may be sorted by; the first one is the default."""

    orders: ClassVar[Mapping[str, Order]] = {"id": Order("pk"), "-id": Order("pk", True)}
    is_paged = True

    def present(self, keys: list[int]) -> list[dict[str, Any]]:
        """The rows of these keys, in their order."""
        raise NotImplementedError

    def get(self, request: Request) -> Response:
        filters = getattr(self, "filterset_class", None)
        names = filters.base_filters if filters else {}
        require_known(request.query_params, {**names, **dict.fromkeys(PageQuery().fields)})
        rows = self.filter_queryset(self.get_queryset())
        return Response(self.page(rows))

    def page(self, rows: QuerySet[Any]) -> dict[str, Any]:
        """{"next", "previous", "results"}, and "count" where it was asked for."""
        asked = self.read_query_part(PageQuery)
        order = asked.get("order") or next(iter(self.orders))
        if order not in self.orders:
            raise serializers.ValidationError(
                {"order": _("Sort by one of: %(orders)s.") % {"orders": ", ".join(self.orders)}}
            )
        place = self._place(asked.get("cursor"), order=order, rows=rows)
        found, before, after = window(
            rows, self.orders[order], name=order, place=place, size=asked["page_size"]
        )
        answer = {
            "next": self._link(after),
            "previous": self._link(before),
            "results": self.present(found),
        }
        return answer | ({"count": rows.count()} if asked["count"] else {})

    def read_query_part(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The part of the query that `shape` knows."""
        query = shape(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)

    def _place(self, text: str | None, *, order: str, rows: QuerySet[Any]) -> Place | None:
        if not text:
            return None
        place = read_place(text)
        if place is not None and place.order == order:
            try:
                field = rows.model._meta.get_field(_column(self.orders[order], rows))
                value = None if place.value is None else field.to_python(place.value)
                return Place(order, value, place.pk, place.backwards)
            except (ValidationError, TypeError, OverflowError):
                pass
        raise serializers.ValidationError(
            {"cursor": _("This cursor does not belong to this list; start without one.")}
        )

    def _link(self, place: Place | None) -> str | None:
        if place is None:
            return None
        url = self.request.build_absolute_uri()
        return str(replace_query_param(url, "cursor", place.written()))


def read_place(text: str) -> Place | None:
    """What `Place.written` wrote; None for anything else."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        order, value, pk, backwards = orjson.loads(packed)
    except (ValueError, binascii.Error, TypeError):
        return None
    known = isinstance(order, str) and type(pk) is int and 0 <= pk <= _LARGEST_KEY
    fitting = value is None or isinstance(value, str) or type(value) is int
    if isinstance(value, int) and abs(value) > _LARGEST_KEY:
        return None
    if isinstance(value, str) and "\x00" in value:
        return None
    return Place(order, value, pk, bool(backwards)) if known and fitting else None


def window(
    rows: QuerySet[Any], order: Order, *, name: str, place: Place | None, size: int
) -> tuple[list[int], Place | None, Place | None]:
    """The keys of a page, and the places before and after it (None at the ends)."""
    backwards = place is not None and place.backwards
    found = _walk(rows, order, place=place, backwards=backwards, size=size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return [], None, None
    has_next, has_previous = (True, more) if backwards else (more, place is not None)
    first, last = found[0], found[-1]
    before = Place(name, first[1], first[0], True) if has_previous else None
    after = Place(name, last[1], last[0]) if has_next else None
    return [pk for pk, _value in found], before, after


def _walk(
    rows: QuerySet[Any], order: Order, *, place: Place | None, backwards: bool, size: int
) -> list[tuple[int, Any]]:
    """(key, value) from the place on. Filled and empty values are two walks along an index."""
    column = _column(order, rows)
    downwards = order.descending is not backwards
    sign, beyond = ("-", "lt") if downwards else ("", "gt")
    found: list[tuple[int, Any]] = []
    for empty in (True, False) if backwards else (False, True):
        if empty and not rows.model._meta.get_field(column).null:
            continue
        if place is not None and (place.value is None) is not empty:
            if (place.value is None) is not backwards:
                continue  # what lies behind us
            part = _part(rows, column, empty=empty)
        else:
            part = _part(rows, column, empty=empty)
            if place is not None:
                part = part.filter(_beyond(place, column, beyond=beyond))
        ordering = [f"{sign}pk"] if empty or column == "id" else [f"{sign}{column}", f"{sign}pk"]
        part = part.order_by(*ordering)
        found += part.values_list("pk", F(column))[: size - len(found)]
        if len(found) >= size:
            break
    return found


def _part(rows: QuerySet[Any], column: str, *, empty: bool) -> QuerySet[Any]:
    if not rows.model._meta.get_field(column).null:
        return rows
    return rows.filter(**{f"{column}__isnull": empty})


def _beyond(place: Place, column: str, *, beyond: str) -> Q:
    if place.value is None or column == "id":
        return Q(**{f"pk__{beyond}": place.pk})
    # The first condition alone tells the database where to start in the index.
    return Q(**{f"{column}__{beyond}e": place.value}) & (
        Q(**{f"{column}__{beyond}": place.value}) | Q(**{f"pk__{beyond}": place.pk})
    )


def _column(order: Order, rows: QuerySet[Any]) -> str:
    return "id" if order.column == "pk" else order.column
