"""What a stored item says: its values as a draft would have them, and its cells in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from obligations.bodies import joined
from obligations.chunks import chunks
from obligations.deadlines import Deadline
from obligations.kinds import Column, Kind
from obligations.models import ListItem
from obligations.tables import cells, values
from obligations.tables.grids import Cell
from obligations.tables.values import Reading


def values_of(item: ListItem, terms: Any, kind: Kind, reading: Reading) -> dict[str, Any]:
    """The values by field as a draft has them, names of bodies looked up anew. Let `reading`
    allow several bodies in a cell, and names that nobody bears."""
    found: dict[str, Any] = {}
    for column in kind.columns:
        stored = _stored(item, terms, column)
        if column.type in ("body", "bodies"):
            cell = Cell("text", stored)
            stored = values.read(cell, column, reading).stored if stored else ()
        found[column.field] = stored
        if column.text_field:
            found[column.text_field] = getattr(terms, column.text_field)
    return found


def texts_of(item: ListItem, terms: Any, kind: Kind) -> dict[str, str]:
    """What stands in each column, by field, in the words of the list."""
    found = {column.field: _stored(item, terms, column) for column in kind.columns}
    further = {
        column.text_field: getattr(terms, column.text_field)
        for column in kind.columns
        if column.text_field
    }
    return in_words(found | further, kind)


def in_words(found: Mapping[str, Any], kind: Kind) -> dict[str, str]:
    """Values by field as text; bodies may be names already."""
    return {column.field: _text(found, column) for column in kind.columns}


def all_terms(kind: Kind, items: Iterable[ListItem]) -> dict[int, models.Model]:
    """The terms of items by their keys."""
    found: dict[int, models.Model] = {}
    for chunk in chunks([item.pk for item in items]):
        found |= kind.terms._default_manager.in_bulk(chunk)
    return found


def _stored(item: ListItem, terms: Any, column: Column) -> Any:
    if column.type == "deadline":
        kind: Any = item.deadline_kind
        return Deadline(item.deadline_text, kind, item.deadline_on)
    if column.type == "scenes":
        # Taken apart as the importer does: a name may hold the sign that joins them.
        return cells.listed(item.scenes.strip("、"))
    if column.field == "body":
        return item.body_text
    return getattr(item if column.on_item else terms, column.field)


def _text(found: Mapping[str, Any], column: Column) -> str:
    value = found[column.field]
    if column.type in ("body", "bodies"):
        return value if isinstance(value, str) else joined(value)
    if column.type == "deadline":
        return value.text or (value.on.isoformat() if value.on else "")
    if column.type == "choice":
        further = str(found.get(column.text_field) or "") if column.text_field else ""
        return further or column.label_of(value)
    if column.type == "choices":
        return "、".join(column.label_of(one) for one in value)
    return listed_text(value) if isinstance(value, list) else str(value or "")


def listed_text(parts: list[str]) -> str:
    """Several names in one cell, as the importer takes them apart again."""
    text = "、".join(parts)
    return text if cells.listed(text) == parts else "\n".join(parts)
