"""The sheet of problems that a workbook brings back: its name and labels, known again later."""

from __future__ import annotations

from obligations.tables import wording
from obligations.tables.grids import Grid

NAME = "问题清单"
# Written in the language of the lists, so that the sheet is known again whoever reads it.
LABELS = ("文件", "行", "列", "程度", "问题")


def is_ours(grid: Grid) -> bool:
    """Whether a sheet is the list of problems of an earlier reading: it is never the table."""
    if not wording.matching(grid.name).startswith(NAME):
        return False
    first = grid.texts(1)
    return tuple(wording.matching(first.get(n, "")) for n in range(1, 6)) == LABELS
