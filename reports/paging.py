"""How a sheet's columns lie on paper: across one page, or across several that each repeat the
columns by which a row is known, so that nothing is printed too small to be read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.looks import Column

# Points between the side margins of A4 landscape.
_PAPER = 784.0
# Points of one unit of a column's width: a digit of the workbook's own font. Where that is missing
# programs take a wider one, so that this is the most they need, not what is usual (5.25).
_UNIT = 6.7
# Printed smaller, 10.5 pt cannot be read at arm's length; larger is not needed.
_LEAST, _MOST = 0.7, 0.85
_SPLIT, _PAGE = 5.0, 1_000.0


@dataclass(frozen=True)
class Pages:
    """The pages side by side: first and last column of each, beside those that all repeat."""

    spans: Sequence[tuple[int, int]]
    repeated: int = 0
    # Percent; 0 where the sheet is fitted to the width of one page, whatever that is.
    scale: int = 0

    @property
    def are_several(self) -> bool:
        return len(self.spans) > 1

    @property
    def breaks(self) -> list[int]:
        """After which columns a page ends."""
        return [last for _first, last in self.spans[:-1]]

    @property
    def start(self) -> int:
        """The column in which lines across the first page begin."""
        return self.spans[0][0]


def of(columns: Sequence[Column], *, repeated: int) -> Pages:
    """One page where it can be read; else as few as possible, parted between groups of columns."""
    widths = [column.width for column in columns]
    if not repeated or sum(widths) <= _room(_LEAST):
        scale = 0 if sum(widths) > _room(_MOST) else int(_MOST * 100)
        return Pages([(1, len(columns))], scale=scale)
    kept = sum(widths[:repeated])
    ends = _ends(columns[repeated:], room=_room(_LEAST) - kept)
    spans, first = [], repeated + 1
    for end in ends:
        spans.append((first, repeated + end))
        first = repeated + end + 1
    widest = kept + max(sum(widths[first - 1 : last]) for first, last in spans)
    fitting = min(max(_PAPER / (_UNIT * widest), 0.1), _MOST)
    return Pages(spans, repeated, int(fitting * 100))


def fixed_scale(columns: Sequence[Column]) -> int:
    """Percent at which columns surely take one page: for sheets whose height must not depend on
    what programs make of their width."""
    return int(min(_PAPER / _UNIT / sum(column.width for column in columns), _LEAST) * 100)


def _room(scale: float) -> float:
    """Units of width that a page has at a scale."""
    return _PAPER / _UNIT / scale


def _ends(columns: Sequence[Column], *, room: float) -> list[int]:
    """Where each page ends: few pages first, then whole groups, then pages of like width."""
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, len(columns) + 1):
        found: list[tuple[float, list[int]]] = []
        used = 0.0
        for start in range(end - 1, -1, -1):
            used += columns[start].width
            # A column that is wider than a page has one of its own.
            if used > room and start < end - 1:
                break
            cost = best[start][0] + _PAGE + (room - used) ** 2 / room**2
            found.append((cost + _split(columns, end), [*best[start][1], end]))
        best.append(min(found))
    return best[-1][1]


def _split(columns: Sequence[Column], end: int) -> float:
    """What it costs to end a page inside a group."""
    inside = end < len(columns) and columns[end - 1].group == columns[end].group != ""
    return _SPLIT if inside else 0.0
