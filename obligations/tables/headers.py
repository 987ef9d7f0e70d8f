"""Finds the header of a table below its titles: one to three rows, merged groups, aliases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from obligations.tables import wording
from obligations.tables.grids import Grid

# Titles above the header may take this many rows that hold anything.
_SEARCHED_ROWS = 40
_DEPTH = 3
_FEWEST_LABELS = 3


class Known(NamedTuple):
    """A column that the table may have."""

    field: str
    label: str
    names: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what its columns mean."""

    top: int
    bottom: int
    fields: dict[int, str] = field(default_factory=dict)
    # The label as in the file, on one line, of every labelled column.
    labels: dict[int, str] = field(default_factory=dict)

    @property
    def found(self) -> set[str]:
        return set(self.fields.values())

    @property
    def rank(self) -> tuple[int, int]:
        """More columns are better, then fewer rows: a title is not part of the header."""
        return len(self.found), self.top - self.bottom

    def missing(self, known: Iterable[Known]) -> list[Known]:
        return [column for column in known if column.required and column.field not in self.found]

    def repeated(self) -> list[tuple[int, int]]:
        """Pairs of columns that mean the same."""
        first: dict[str, int] = {}
        pairs = []
        for column in sorted(self.fields):
            earlier = first.setdefault(self.fields[column], column)
            if earlier != column:
                pairs.append((earlier, column))
        return pairs


class Vocabulary:
    """Finds the field that a label names."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._fields: dict[str, str] = {}
        for column in known:
            for name in (column.label, *column.names):
                self._fields.setdefault(wording.label_matching(name), column.field)

    def field(self, text: str) -> str:
        """The field, or ""; a remark in brackets and a second name after a slash are no harm."""
        label = wording.label_matching(text)
        found = self._fields.get(label) or self._fields.get(wording.without_bracket(label))
        if found or "/" not in label:
            return found or ""
        parts = {self._fields.get(part, "") for part in label.split("/")} - {""}
        return parts.pop() if len(parts) == 1 else ""


def find(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    """The rows that name most columns; the fewest, upper ones where several do."""
    best: Header | None = None
    for row in sorted(grid.rows)[:_SEARCHED_ROWS]:
        for depth in _depths(grid, row):
            header = _read(grid, row, depth, vocabulary)
            if _is_header(header) and (best is None or header.rank > best.rank):
                best = header
    return best


def _is_header(header: Header) -> bool:
    enough = len(set(header.labels.values())) >= _FEWEST_LABELS
    return len(header.found) >= 2 or (bool(header.found) and enough)


def _depths(grid: Grid, row: int) -> range:
    """How many rows a header that starts here may have; merged labels say how many at least."""
    least = 1
    for merged in grid.merged:
        if merged.top == row and merged.left == merged.right and merged.bottom > row:
            least = max(least, min(merged.bottom - row + 1, _DEPTH))
    return range(least, max(least, 2) + 1)


class _Level(NamedTuple):
    """One level of a column's label. `grouped`: merged across columns; `own`: not inherited."""

    text: str
    grouped: bool
    own: bool


def _read(grid: Grid, top: int, depth: int, vocabulary: Vocabulary) -> Header:
    bottom = top + depth - 1
    header = Header(top, bottom)
    paths: dict[int, list[_Level]] = {}
    for row in range(top, bottom + 1):
        for column, level in _levels(grid, row, spread=row < bottom).items():
            paths.setdefault(column, []).append(level)
    for column in sorted(paths):
        label, meaning = _label(paths[column], vocabulary)
        header.labels[column] = label
        if meaning:
            header.fields[column] = meaning
    return header


def _levels(grid: Grid, row: int, *, spread: bool) -> dict[int, _Level]:
    """A row's texts by column; those of merged groups repeated over the group's columns."""
    texts = grid.texts(row)
    levels = {column: _Level(text, False, True) for column, text in texts.items()}
    for merged in grid.merged if spread else ():
        if merged.top == row and merged.right > merged.left and merged.left in texts:
            for column in range(merged.left, min(merged.right, merged.left + 255) + 1):
                levels[column] = _Level(texts[merged.left], True, column == merged.left)
    return levels


def _label(path: list[_Level], vocabulary: Vocabulary) -> tuple[str, str]:
    """The label and field of a column, from the group labels above it down to its own."""
    lowest = path[-1]
    whole = "".join(level.text for level in path)
    # A group's name means its column only where the group is one column wide.
    upper = [level.text for level in reversed(path[:-1]) if not level.grouped]
    for candidate in (lowest.text, whole, *upper) if lowest.own else ():
        meaning = vocabulary.field(candidate)
        if meaning:
            return _shown(candidate), meaning
    return "/".join(_shown(level.text) for level in path), ""


def _shown(label: str) -> str:
    return wording.one_line(wording.printable(label))[:100]
