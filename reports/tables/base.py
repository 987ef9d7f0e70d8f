"""A table of a report: the one source of its figures, whatever form shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.looks import Column
from reports.models import FigureLine, Snapshot
from reports.rows import Row


@dataclass(frozen=True)
class Table:
    """Columns and rows; sheets, print pages, CSV and JSON only lay them out."""

    # ASCII and stable: addresses use it.
    code: str
    # What the sheet is called.
    name: str
    columns: Sequence[Column]
    # Real numbers, days and Decimals; ledgers are read from the database while they are written.
    rows: Callable[[], Iterable[Row]]
    total: Row | None = None
    note: str = ""
    # One row an obligation: no merged cells, to be sorted and filtered, any number of rows.
    is_detail: bool = False
    # So many columns from the left stay in view.
    frozen_columns: int = 2


@dataclass
class Frozen:
    """A snapshot with its figure lines, read once for all its tables."""

    snapshot: Snapshot

    @cached_property
    def figures(self) -> dict[str, list[FigureLine]]:
        """Figure lines by grouping, each in its order."""
        found: dict[str, list[FigureLine]] = {grouping: [] for grouping in FigureLine.Grouping}
        for line in self.snapshot.figures.order_by("position", "name", "key"):
            found[line.grouping].append(line)
        return found

    @property
    def whole(self) -> FigureLine:
        return self.figures[FigureLine.Grouping.WHOLE][0]
