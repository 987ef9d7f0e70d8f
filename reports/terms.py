"""A frozen line's cells in the words of its list: what `terms` holds, by column."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from obligations.kinds import Column
from reports.models import ObligationLine


def reader(column: Column) -> Callable[[ObligationLine], str]:
    """Reads the text of a column of its kind from lines: what kind of column it is, is asked
    once."""
    if column.type == "body" and column.on_item:
        return attrgetter("body_name")
    if column.type == "scenes":
        return lambda line: line.scenes.strip("、")
    if column.type == "deadline":
        return lambda line: _plain(line.terms.get("deadline_text") or line.terms.get("deadline_on"))
    names = f"{column.field}_names"

    def stored(line: ObligationLine) -> Any:
        return line.terms.get(column.field, line.terms.get(names))

    if column.type == "choice":
        return lambda line: (
            _plain(line.terms.get(column.text_field)) or column.label_of(_plain(stored(line)))
        )
    if column.type in ("choices", "items"):
        return lambda line: "、".join(column.label_of(str(one)) for one in _many(stored(line)))
    return lambda line: _plain(stored(line))


def _many(value: Any) -> list[Any]:
    """SQLite hands lists inside JSON over as text."""
    found = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
    return found if isinstance(found, list) else [found] if found else []


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
