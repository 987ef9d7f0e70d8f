"""Text that programs like Excel must not take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_STARTS_CELL = ("\t", "\r", "\n")


def harmless(text: str) -> str:
    """The text as a cell of a CSV file, with an apostrophe where it might become a formula."""
    guessed = text.lstrip().startswith(_STARTS_FORMULA) or text.startswith(_STARTS_CELL)
    return f"'{text}" if guessed else text


def line(cells: Sequence[str]) -> bytes:
    """One line of a CSV file in UTF-8, without formulas."""
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cell) for cell in cells])
    return written.getvalue().encode("utf-8", "replace")
