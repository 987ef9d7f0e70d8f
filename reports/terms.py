"""A frozen line's cells in the words of its list: what `terms` holds, by column."""

from __future__ import annotations

import json
from typing import Any

from obligations.kinds import Column
from reports.models import ObligationLine


def text_of(line: ObligationLine, column: Column) -> str:
    """The text of one column of the line's kind."""
    if column.type == "body" and column.on_item:
        return line.body_name
    if column.type == "scenes":
        return line.scenes.strip("、")
    if column.type == "deadline":
        return _plain(line.terms.get("deadline_text") or line.terms.get("deadline_on"))
    value = line.terms.get(column.field, line.terms.get(f"{column.field}_names"))
    if column.type == "choice":
        return _plain(line.terms.get(column.text_field)) or column.label_of(_plain(value))
    if column.type in ("choices", "items"):
        return "、".join(column.label_of(str(one)) for one in _many(value))
    return _plain(value)


def _many(value: Any) -> list[Any]:
    """SQLite hands lists inside JSON over as text."""
    found = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
    return found if isinstance(found, list) else [found] if found else []


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
