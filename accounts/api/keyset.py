"""Walks along an index: the thousandth page costs what the first one costs."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import F, Q, QuerySet

from accounts.paging import LARGEST_KEY


@dataclass(frozen=True)
class Order:
    """Sort by one column, then by key in the same direction; empty values always come last.

    `beside`: what the values are called where they do not stand in the column itself, but beside
    it, as an annotation.
    """

    column: str
    descending: bool = False
    beside: str = ""


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


def read_place(text: str) -> Place | None:
    """What `Place.written` wrote; None for anything else."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        order, value, pk, backwards = orjson.loads(packed)
    except (ValueError, binascii.Error, TypeError):
        return None
    known = isinstance(order, str) and type(pk) is int and 0 <= pk <= LARGEST_KEY
    fitting = value is None or isinstance(value, str) or type(value) is int
    if isinstance(value, int) and abs(value) > LARGEST_KEY:
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
    column = column_of(order)
    path = order.beside or column
    nullable = bool(order.beside) or rows.model._meta.get_field(column).null
    downwards = order.descending is not backwards
    sign, beyond = ("-", "lt") if downwards else ("", "gt")
    found: list[tuple[int, Any]] = []
    for empty in (True, False) if backwards else (False, True):
        if empty and not nullable:
            continue
        part = rows.filter(**{f"{path}__isnull": empty}) if nullable else rows
        if place is not None and (place.value is None) is not empty:
            if (place.value is None) is not backwards:
                continue  # what lies behind us
        elif place is not None:
            part = part.filter(_beyond(place, path, beyond=beyond))
        ordering = [f"{sign}pk"] if empty or column == "id" else [f"{sign}{path}", f"{sign}pk"]
        part = part.order_by(*ordering)
        found += part.values_list("pk", F(path))[: size - len(found)]
        if len(found) >= size:
            break
    return found


def _beyond(place: Place, column: str, *, beyond: str) -> Q:
    if place.value is None or column == "id":
        return Q(**{f"pk__{beyond}": place.pk})
    # The first condition alone tells the database where to start in the index.
    return Q(**{f"{column}__{beyond}e": place.value}) & (
        Q(**{f"{column}__{beyond}": place.value}) | Q(**{f"pk__{beyond}": place.pk})
    )


def column_of(order: Order) -> str:
    """The column; rows without another order are sorted by key."""
    return "id" if order.column == "pk" else order.column
