"""What is to be marked in a file that comes back."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Mark(NamedTuple):
    """What is wrong at a place; 0 where the row or column is not one. `label` is the column's."""

    row: int
    column: int
    sentence: str
    level: Literal["error", "warning"] = "error"
    label: str = ""
