"""The label of a column in a header of several rows: its levels, and what they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from obligations.tables import wording
from obligations.tables.grids import Grid, Merged
from obligations.tables.vocabulary import Recognised, Vocabulary, Why


class Level(NamedTuple):
    """One level of a column's label. `grouped`: merged across columns; `own`: not inherited."""

    text: str
    grouped: bool
    own: bool


Paths = dict[int, list[Level]]


def paths_of(grid: Grid, top: int, depth: int, upper: Iterable[Merged]) -> Paths:
    """Column -> the levels of its label from above. `upper`: merged ranges near the header."""
    bottom = top + depth - 1
    paths: Paths = {}
    for row in range(top, bottom + 1):
        for column, level in _levels(grid, row, upper if row < bottom else ()).items():
            paths.setdefault(column, []).append(level)
    return paths


def recognise(path: list[Level], vocabulary: Vocabulary) -> tuple[str, Recognised]:
    """The label and meaning of a column, from the group labels above it down to its own."""
    lowest = path[-1]
    for place, text in _candidates(path) if lowest.own else ():
        found = vocabulary.recognise(text)
        if found.field:
            return shown(text), Recognised(found.field, place or found.why)
    return "/".join(shown(level.text) for level in path), Recognised()


def _candidates(path: list[Level]) -> list[tuple[Why, str]]:
    """Texts that may name the column, and which part of its label each is."""
    if len(path) == 1:
        return [("", path[0].text)]
    whole = "".join(level.text for level in path)
    # A group's name means its column only where the group is one column wide.
    upper = [level.text for level in reversed(path[:-1]) if not level.grouped]
    return [("lower", path[-1].text), ("joined", whole), *(("upper", text) for text in upper)]


def _levels(grid: Grid, row: int, spread: Iterable[Merged]) -> dict[int, Level]:
    """A row's texts by column; those of merged groups repeated over the group's columns."""
    texts = grid.texts(row)
    levels = {column: Level(text, False, True) for column, text in texts.items()}
    for merged in spread:
        if merged.top == row and merged.right > merged.left and merged.left in texts:
            for column in range(merged.left, min(merged.right, merged.left + 255) + 1):
                levels[column] = Level(texts[merged.left], True, column == merged.left)
    return levels


def shown(label: str) -> str:
    """A label on one line."""
    return wording.one_line(wording.printable(label))[:100]
