"""Pages by key, not by offset: the thousandth page costs what the first one costs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Q
from django.utils.translation import gettext_lazy as _

from accounts.paging import LARGEST_KEY
from obligations import as_it_was, replay
from obligations.models import Obligation
from obligations.models.judged import FACTS
from obligations.models.obligation import ObligationQuerySet

PAGE_SIZE = 50

# What a user may sort by: name -> (label, column, descending). Empty values always come last.
ORDERS = {
    "due": (_("Due date, earliest first"), "due_on", False),
    "-due": (_("Due date, latest first"), "due_on", True),
    "department": (_("Department"), "department_id", False),
    "completed": (_("Completed, latest first"), "completed_on", True),
    "new": (_("Newest first"), "id", True),
}


def in_order(
    rows: ObligationQuerySet, order: str, *, past: dt.date | None = None
) -> ObligationQuerySet:
    """All rows in an order that the list offers; an unknown one is the list's own."""
    _label, column, descending = ORDERS.get(order, ORDERS["due"])
    return rows.order_by(*_ordering(_of(column, past), descending=descending, backwards=False))


@dataclass(frozen=True)
class Page:
    """One page of obligations; `next` and `previous` are keys, empty at the ends."""

    rows: list[Obligation]
    next: str
    previous: str


@dataclass(frozen=True)
class Key:
    """The place of one row in an order."""

    value: Any
    pk: int


def page(
    rows: ObligationQuerySet,
    *,
    order: str = "due",
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    past: dt.date | None = None,
) -> Page:
    """The rows that follow `after`, or precede `before`; an unreadable key means the start. `past`:
    the rows are those that obligations.replay found for a day, and are shown as they were."""
    _label, column, descending = ORDERS[order]
    key = read_key(before or after, column=column)
    backwards = bool(before) and key is not None
    if key:
        place = _of(column, past)
        rows = rows.filter(_beyond(key, place, descending=descending, backwards=backwards))
    ordering = _ordering(_of(column, past), descending=descending, backwards=backwards)
    ordered = rows.order_by(*ordering)
    # The keys of the page come first: sorting 100,000 narrow rows is cheap, joined ones are not.
    found = list(ordered.values_list("pk", flat=True)[: size + 1])
    more, found = len(found) > size, found[:size]
    shown = Obligation.objects.select_related("item__list", "department").defer("item__raw")
    by_pk = shown.in_bulk(found)
    listed = [by_pk[pk] for pk in (reversed(found) if backwards else found) if pk in by_pk]
    if past is not None:
        listed = as_it_was.put_back(listed, on=past, known=rows)
    has_next, has_previous = (True, more) if backwards else (more, key is not None)
    return Page(
        listed,
        next=write_key(listed[-1], column) if listed and has_next else "",
        previous=write_key(listed[0], column) if listed and has_previous else "",
    )


def write_key(row: Obligation, column: str) -> str:
    """The row's place as text for an address."""
    value = getattr(row, column)
    return f"{'' if value is None else value}~{row.pk}"


def read_key(text: str, *, column: str) -> Key | None:
    """The place that `write_key` wrote; None for anything else."""
    value, separator, pk = text.rpartition("~")
    if not separator or not pk.isdecimal() or len(pk) > 18:
        return None
    if not value:
        return Key(None, int(pk))
    try:
        place = _column(column).to_python(value)
    except ValidationError:
        return None
    if isinstance(place, int) and abs(place) > LARGEST_KEY:
        return None
    return Key(place, int(pk))


def _of(column: str, past: dt.date | None) -> str:
    """The column, or what a past day's value of it is called."""
    return f"{replay.WAS}{column}" if past is not None and column in FACTS else column


def _column(name: str) -> Field[Any, Any]:
    found = Obligation._meta.get_field(name)
    assert isinstance(found, Field)
    return found


def _ordering(column: str, *, descending: bool, backwards: bool) -> list[Any]:
    if descending is backwards:
        first = F(column).asc(nulls_first=True) if backwards else F(column).asc(nulls_last=True)
    else:
        first = F(column).desc(nulls_first=True) if backwards else F(column).desc(nulls_last=True)
    return [first, "-pk" if backwards else "pk"]


def _beyond(key: Key, column: str, *, descending: bool, backwards: bool) -> Q:
    ties = Q(**{column: key.value, f"pk__{'lt' if backwards else 'gt'}": key.pk})
    empty = Q(**{f"{column}__isnull": True})
    if key.value is None:
        return ~empty | ties if backwards else ties
    beyond = Q(**{f"{column}__{'lt' if descending is not backwards else 'gt'}": key.value})
    return beyond | ties if backwards else beyond | ties | empty
