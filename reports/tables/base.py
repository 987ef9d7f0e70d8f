"""A table of a report: the one source of its figures, whatever form shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count

from accounts.models import Level
from reports.cells import Value
from reports.looks import TOTAL, Column
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
    # A row whose cells are all in the look of a total adds up rows above it.
    # Real numbers, days and Decimals; ledgers are read from the database while they are written.
    rows: Callable[[], Iterable[Row]]
    total: Row | None = None
    note: str = ""
    # One row an obligation: no merged cells, to be sorted and filtered, any number of rows.
    is_detail: bool = False
    # So many columns from the left stay in view, and are repeated where paper takes several pages.
    frozen_columns: int = 2
    # What is said instead of rows where there are none.
    empty: str = "本报告范围内没有可列的内容。"


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
    def lists(self) -> list[FigureLine]:
        """Kind by kind, the highest level first, batch by batch."""
        kinds = [line.key for line in self.figures[FigureLine.Grouping.KIND]]
        levels, lines = Level.values, self.figures[FigureLine.Grouping.LIST]

        def order(line: FigureLine) -> tuple[int, int, int]:
            return kinds.index(line.kind), levels.index(self.levels[line.key]), line.position

        return sorted(lines, key=order)

    @cached_property
    def levels(self) -> dict[str, str]:
        """Who issued each list, by its key: 国家, 省, 市. Each numbers batches of its own."""
        lines = self.snapshot.lines.order_by()
        return {
            str(pk): level for pk, level in lines.values_list("list_id", "list_level").distinct()
        }

    @cached_property
    def external(self) -> Counter[str]:
        """What superior bodies owe, by the key of the kind; of the whole under no key."""
        lines = self.snapshot.lines.filter(external=True).order_by()
        found = Counter(dict(lines.values_list("kind").annotate(Count("pk"))))
        return found + Counter({"": found.total()})

    @property
    def whole(self) -> FigureLine:
        return self.figures[FigureLine.Grouping.WHOLE][0]


def as_total(values: Sequence[Value]) -> Row:
    """A row of sums, in its look."""
    return Row(values, states=dict.fromkeys(range(len(values)), TOTAL))
