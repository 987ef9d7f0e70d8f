"""What was recognised in a file: its sheets, where the header stands, each column and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from obligations.tables import wording
from obligations.tables.grids import Grid, column_letters
from obligations.tables.headers import Header, Known
from obligations.tables.limits import COLUMNS
from obligations.tables.vocabulary import Why

# So many rows are shown for a person to point at the header among them.
_ROWS_SHOWN = 25
_ROW_LENGTH = 90
_SAMPLES = 3
_SAMPLE_LENGTH = 30
_SAMPLED_ROWS = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds anything. `complete`: its header has all that is required."""

    name: str
    hidden: bool
    rows: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file; `samples` are the first different texts below its header."""

    number: int
    letters: str
    label: str
    field: str
    why: Why
    samples: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One of the uppermost rows, on one line."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet was understood, or the best guess at it; `top` is 0 where there is none, `origin`
    says who pointed at the header's rows.

    `missing` are fields that the table must have; `repeated` are pairs of columns that mean the
    same; `first` is the column from which remembered ones are counted.
    """

    sheet: str = ""
    sheets: list[Sheet] = field(default_factory=list)
    top: int = 0
    bottom: int = 0
    columns: list[Column] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    repeated: list[list[int]] = field(default_factory=list)
    first_rows: list[Row] = field(default_factory=list)
    origin: Why = ""
    signature: str = ""
    first: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def sheet_of(grid: Grid, header: Header | None, known: Sequence[Known]) -> Sheet:
    complete = header is not None and not header.missing(known)
    return Sheet(wording.printable(grid.name), grid.hidden, len(grid.rows), complete)


def of(
    grid: Grid, header: Header | None, *, sheets: Sequence[Sheet], known: Sequence[Known]
) -> Layout:
    """The layout of a sheet under its header, or under the best guess at one."""
    seen = header or Header(0, 0)
    rows = sorted(grid.rows)
    return Layout(
        sheet=wording.printable(grid.name),
        sheets=list(sheets),
        top=seen.top,
        bottom=seen.bottom,
        columns=_columns(grid, seen, rows) if header else [],
        missing=[column.field for column in seen.missing(known)],
        repeated=[list(pair) for pair in seen.repeated()],
        first_rows=[Row(row, _first_texts(grid, row)) for row in rows[:_ROWS_SHOWN]],
        origin=seen.origin,
        signature=seen.signature,
        first=seen.first,
    )


def _columns(grid: Grid, header: Header, rows: Sequence[int]) -> list[Column]:
    """Labelled columns, and those without a label that hold something below the header."""
    samples: dict[int, dict[str, None]] = {column: {} for column in header.labels}
    below = [row for row in rows if row > header.bottom][:_SAMPLED_ROWS]
    for row in below:
        for column, cell in grid.rows[row].items():
            found = samples.setdefault(column, {})
            if len(found) < _SAMPLES:
                found[wording.quoted(cell.text, length=_SAMPLE_LENGTH)] = None
    return [
        Column(
            column,
            column_letters(column),
            header.labels.get(column, ""),
            header.fields.get(column, ""),
            header.whys.get(column, ""),
            list(samples[column]),
        )
        for column in sorted(samples)[:COLUMNS]
    ]


def _first_texts(grid: Grid, row: int) -> str:
    texts = grid.texts(row)
    return wording.quoted("｜".join(texts[column] for column in sorted(texts)), length=_ROW_LENGTH)
