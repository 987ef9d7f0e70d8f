"""Obligations and items as rows of JSON: read as values, a third of the time of objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from accounts.api.paging import in_order
from accounts.models import User
from obligations import as_it_was, lights, terms
from obligations.models import ListItem, Obligation, ResponsibilityList

_OWN = (
    "id",
    "version",
    "duty",
    "role_in_item",
    "external",
    "status",
    "light",
    "light_reason",
    "due_on",
    "original_due_on",
    "due_text",
    "due_kind",
    "planned_on",
    "completed_on",
    "verified_on",
    "decide_by",
    "accept_by",
    "mend_until",
    "blocked",
    "opened_on",
    "returned_count",
    "reopened_count",
)
_ITEM = ("item__id", "item__serial", "item__title", "item__scenes", "item__body_id")
_LIST = ("item__list_id", "item__list__kind", "item__list__level", "item__list__batch")
_NAMES = ("item__body__name", "department_id", "department__name")
_COLUMNS = (*_OWN, *_ITEM, *_LIST, *_NAMES)


def obligation_rows(keys: list[Any], *, past: dt.date | None = None) -> list[dict[str, Any]]:
    """The obligations of these keys, in their order; `past`: as they were on a day."""
    rows = list(Obligation.objects.filter(pk__in=keys).values(*_COLUMNS))
    if past is not None:
        rows = as_it_was.values_put_back(rows, on=past)
    return in_order([_obligation(row) for row in rows], keys)


def item_rows(keys: list[Any], *, by: User) -> list[dict[str, Any]]:
    """The items of these keys, in their order, as the person may read them."""
    rows = ListItem.objects.filter(pk__in=keys).values(
        *("id", "serial", "position", "title", "office", "scenes", "withdrawn_on"),
        *("deadline_text", "deadline_kind", "deadline_on", "body_id", "body__name"),
        *("list_id", "list__kind", "list__level", "list__batch"),
    )
    led = terms.led_by(by, ListItem.objects.filter(pk__in=keys))
    found = [_item(row) for row in rows]
    for row in found:
        if led is not None and row["id"] not in led:
            row["office"] = ""
    return in_order(found, keys)


def list_rows(keys: list[Any]) -> list[dict[str, Any]]:
    """The lists of these keys, in their order."""
    rows = ResponsibilityList.objects.filter(pk__in=keys).values(
        *("id", "kind", "level", "issuer", "batch", "title", "document_number", "issued_on"),
        *("security", "source_name", "source_sha256", "supersedes_id", "is_demo", "created_at"),
    )
    return in_order(list(rows), keys)


def scene_names(joined: str) -> list[str]:
    """Scenes as they are stored, taken apart."""
    return [scene for scene in joined.split("、") if scene]


def was_late(completed_on: Any, due_on: Any) -> bool:
    """逾期办结: a mark, not a colour."""
    return bool(completed_on and due_on and completed_on > due_on)


def _obligation(row: dict[str, Any]) -> dict[str, Any]:
    own = {name: row[name] for name in _OWN}
    return {
        **own,
        "light_sentence": lights.sentence_of(row["light_reason"]),
        "completed_late": was_late(row["completed_on"], row["due_on"]),
        "department": _named(row["department_id"], row["department__name"]),
        "item": {
            "id": row["item__id"],
            "serial": row["item__serial"],
            "title": row["item__title"],
            "body": _named(row["item__body_id"], row["item__body__name"]),
            "scenes": scene_names(row["item__scenes"]),
        },
        "list": _list(row, prefix="item__list"),
    }


def _item(row: dict[str, Any]) -> dict[str, Any]:
    left_out = ("body_id", "body__name", "scenes")
    own = {
        name: value
        for name, value in row.items()
        if name not in left_out and not name.startswith("list_")
    }
    return {
        **own,
        "scenes": scene_names(row["scenes"]),
        "body": _named(row["body_id"], row["body__name"]),
        "list": _list(row, prefix="list"),
    }


def _list(row: dict[str, Any], *, prefix: str) -> dict[str, Any]:
    names: Iterable[str] = ("kind", "level", "batch")
    return {"id": row[f"{prefix}_id"], **{name: row[f"{prefix}__{name}"] for name in names}}


def _named(pk: int, name: str) -> dict[str, Any]:
    return {"id": pk, "name": name}
