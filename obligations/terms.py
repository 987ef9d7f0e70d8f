"""The columns of a list item as a reader sees them: official label and written value."""

from __future__ import annotations

import datetime as dt
from typing import Any

from obligations.kinds import Column, kinds
from obligations.models import ListItem


def written(item: ListItem) -> list[tuple[str, str]]:
    """(label, text) of every filled column of the item's kind, in the order of the table."""
    kind = kinds()[item.list.kind]
    terms = getattr(item, kind.terms_name, None)
    pairs = [(column.label, _text(item, terms, column)) for column in kind.columns]
    return [(label, text) for label, text in pairs if text]


def _text(item: ListItem, terms: Any, column: Column) -> str:
    if column.type == "deadline":
        return item.deadline_text or _plain(item.deadline_on)
    if column.type == "scenes":
        return "、".join(item.scene_names)
    holder = item if column.on_item else terms
    value: Any = getattr(holder, column.field, None)
    if value is None:  # several bodies are kept as the names that were understood
        value = getattr(holder, f"{column.field}_names", "")
    if column.type == "choice":
        further = str(getattr(holder, column.text_field, "")) if column.text_field else ""
        return further or column.label_of(value)
    if column.type == "choices":
        return "、".join(column.label_of(one) for one in value)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(str(one) for one in value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)
