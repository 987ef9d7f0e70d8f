"""Joins tables of a document that go on after a page or a paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from obligations.tables import headers, wording
from obligations.tables.findings import Finding
from obligations.tables.grids import Grid, Merged
from obligations.tables.headers import Header, Vocabulary


def join_continued(grids: Iterable[Grid], vocabulary: Vocabulary) -> Iterator[Grid]:
    """A table with the same header, or as many columns and no header, continues the one before."""
    first: Grid | None = None
    header: Header | None = None
    joined: list[str] = []
    for grid in grids:
        own = headers.find(grid, vocabulary)
        if first is not None and header is not None and _continues(grid, own, first, header):
            _append(first, grid, after=own.bottom if own else 0)
            joined.append(grid.name)
            continue
        if first is not None:
            yield _said(first, joined)
        first, header, joined = grid, own, []
    if first is not None:
        yield _said(first, joined)


def _continues(grid: Grid, own: Header | None, first: Grid, header: Header) -> bool:
    if grid.size[1] != first.size[1] or first.overflow or not grid.rows:
        return False
    return own is None or _plain(own) == _plain(header)


def _plain(header: Header) -> dict[int, str]:
    return {column: wording.matching(label) for column, label in header.labels.items()}


def _append(first: Grid, grid: Grid, *, after: int) -> None:
    """The rows below the repeated header; rows are counted through."""
    shift = first.size[0]
    first.rows.update((shift + row, grid.rows[row]) for row in grid.rows if row > after)
    first.hidden_rows.update(shift + row for row in grid.hidden_rows if row > after)
    first.merged += [
        Merged(shift + top, left, shift + bottom, right)
        for top, left, bottom, right in grid.merged
        if top > after
    ]
    first.remarks += grid.remarks
    first.overflow = grid.overflow
    first.size = (shift + grid.size[0], first.size[1])


def _said(grid: Grid, joined: list[str]) -> Grid:
    if joined:
        sheets = "、".join(f"“{name}”" for name in joined)
        fact = {"sheet": grid.name, "sheets": sheets}
        grid.remarks.append(Finding("tables_joined", facts=fact))
    return grid
