"""Rows of a large sheet as XML: one pass, memory small whatever the number of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, repeat
from math import ceil, inf
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter

from accounts.cell_text import clean
from reports import canonical, heights
from reports.heeding import Heed, at_ease
from reports.looks import PLAIN, Column, Looks
from reports.texts import as_xml, needs_care

Value = str | int | float | Decimal | dt.date | None
# From a cell's style up to the name of the next cell; how many lines its text takes; what it says,
# as the sheet's fingerprint takes it in.
_Piece = tuple[bytes, float, canonical.Cell]
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
LAST_ROW = 1_048_576
_BATCH = 500
_KNOWN_AT_MOST = 2_048
# A row that is higher leaves no page for others; the whole text has a sheet of its own.
MOST_LINES = 12.0
LONG_TEXTS = "长文全文"
WHOLE_TEXT = f"……（全文见“{LONG_TEXTS}”表）"


class TooManyRows(ValueError):
    """A worksheet ends at row 1,048,576."""


@dataclass(slots=True)
class Row:
    """One row's values by column; `states` colours single columns, by their position."""

    values: Sequence[Value]
    states: dict[int, str] | None = None


@dataclass(frozen=True)
class Cleaning:
    """One cell whose text did not fit as it was."""

    sheet: str
    cell: str
    removed: int
    cut: int


@dataclass(frozen=True)
class LongText:
    """A text of which its cell shows the beginning alone: no row is high enough for more."""

    sheet: str
    # The rows of the table are counted from 1.
    row: int
    label: str
    text: str


class RowWriter:
    """Turns rows into XML; remembers which texts had to be cleaned.

    A row's number stands in the name of each of its cells, so a row is its cells' pieces joined by
    that number: each piece ends with the name of the next cell. `seen` is shown each row.
    """

    def __init__(
        self,
        sheet: str,
        columns: Sequence[Column],
        *,
        looks: Looks,
        first_row: int,
        heed: Heed = at_ease,
        seen: canonical.SheetPrint | None = None,
        shortens: bool = False,
    ) -> None:
        self.sheet = sheet
        # By cell, as what was cleaned.
        self._long: dict[tuple[int, int], LongText] = {}
        self._most_lines = MOST_LINES if shortens else inf
        self._first_row = first_row
        self.seen = seen or canonical.SheetPrint(sheet)
        # By cell: one that is coloured is written twice, in its colour and without.
        self._listed: dict[str, Cleaning] = {}
        self.next_row = first_row
        self._columns = columns
        self._looks = looks
        self._heed = heed
        self._plain = [self._cells(place) for place in range(len(columns))]
        self._coloured: dict[tuple[int, str], _Cells] = {}
        self._starts: dict[int, bytes] = {}

    @property
    def cleanings(self) -> list[Cleaning]:
        """Cells whose text did not fit, in the order of the columns, batch by batch."""
        return list(self._listed.values())

    @property
    def long_texts(self) -> list[LongText]:
        """What was shortened, row by row."""
        return [self._long[place] for place in sorted(self._long)]

    def xml(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """The rows' XML in batches."""
        left = iter(rows)
        while batch := list(islice(left, _BATCH)):
            self._heed(rows=len(batch))
            yield self._batch(batch)

    def _batch(self, batch: Sequence[Row]) -> bytes:
        """Column by column: what is asked of each cell is asked by the list, not by the cell."""
        first = self.next_row
        self.next_row += len(batch)
        if self.next_row - 1 > LAST_ROW:
            raise TooManyRows
        columns = zip(*[row.values for row in batch], strict=True)
        found = [
            self._column(cells, values, place, first)
            for place, (cells, values) in enumerate(zip(self._plain, columns, strict=True))
        ]
        for offset, row in enumerate(batch):
            for place, state in row.states.items() if row.states else ():
                cells = self._coloured.get((place, state)) or self._stated(place, state)
                value = row.values[place]
                known = cells.known.get(value) or self._new(cells, place, value, first + offset)
                found[place][offset] = known
        # Lists and not zip(*column): five hundred iterators a column set the garbage collector off.
        pieces = [[piece for piece, _, _ in column] for column in found]
        lines = [[taken for _, taken, _ in column] for column in found]
        said = [[cell for _, _, cell in column] for column in found]
        for number, row_said in enumerate(zip(*said, strict=True), first):
            self.seen.add(number, row_said)
        starts = [self._start(ceil(most)) for most in map(max, repeat(0.0), *lines)]
        numbers = [b"%d" % number for number in range(first, self.next_row)]
        rows = zip(numbers, zip(repeat(b'<row r="'), starts, *pieces), strict=False)
        return b"".join([number.join(parts) for number, parts in rows])

    def _column(
        self, cells: _Cells, values: Sequence[Value], place: int, first: int
    ) -> list[_Piece]:
        """The cells of one column; where nothing repeats, nothing is looked up any more."""
        new = self._new
        if cells.all_differ:
            return [new(cells, place, value, row) for row, value in enumerate(values, first)]
        get = cells.known.get
        found = [get(value) for value in values]
        if None not in found:
            return found  # type: ignore[return-value]
        cells.all_differ = not any(found) and len(cells.known) >= _KNOWN_AT_MOST
        return [
            known or get(value) or new(cells, place, value, row)
            for row, (known, value) in enumerate(zip(found, values, strict=True), first)
        ]

    def _new(self, cells: _Cells, place: int, value: Value, row: int) -> _Piece:
        """A cell that is not known yet; kept, as ledgers repeat."""
        found: _Piece
        if isinstance(value, str):
            if not value:
                found = cells.empty, 0.0, None
            elif not needs_care(value):
                text = value.encode()
                lines = heights.digits_of(value, text) / cells.usable
                if lines > self._most_lines:
                    return self._shortened(cells, place, value, row)
                found = cells.text + text + cells.text_end, lines, value
            else:
                cleaned = clean(value)
                lines = heights.digits(cleaned.text) / cells.usable
                if lines > self._most_lines:
                    return self._shortened(cells, place, cleaned.text, row)
                piece = cells.cared_for + as_xml(cleaned.text).encode() + cells.cared_for_end
                found = piece, lines, cleaned.text or None
                if cleaned.removed or cleaned.cut:
                    cell = f"{get_column_letter(place + 1)}{row}"
                    self._listed[cell] = Cleaning(self.sheet, cell, cleaned.removed, cleaned.cut)
                    return found
        elif value is None:
            found = cells.empty, 0.0, None
        else:
            number = as_number(value)
            piece = cells.figure + str(number).encode() + cells.figure_end
            found = piece, 0.0, canonical.number_of(number)
        if len(cells.known) < _KNOWN_AT_MOST:
            cells.known[value] = found
        return found

    def _shortened(self, cells: _Cells, place: int, text: str, row: int) -> _Piece:
        """What a row on paper holds of a text, and where all of it stands. Never looked up: each
        cell is listed."""
        found = LongText(self.sheet, row - self._first_row + 1, self._columns[place].label, text)
        self._long[row, place] = found
        lines = self._most_lines - heights.digits(WHOLE_TEXT) / cells.usable - 1
        kept = heights.beginning(text, usable_width=cells.usable, lines=max(lines, 1))
        shown = f"{kept}{WHOLE_TEXT}"
        piece = cells.cared_for + as_xml(shown).encode() + cells.cared_for_end
        return piece, self._most_lines, shown

    def _start(self, lines: int) -> bytes:
        """What follows a row's number, up to the name of its first cell."""
        if lines not in self._starts:
            self._starts[lines] = f'" ht="{heights.of_lines(lines)}"><c r="A'.encode()
        return self._starts[lines]

    def _stated(self, place: int, state: str) -> _Cells:
        found = self._coloured[place, state] = self._cells(place, state)
        return found

    def _cells(self, place: int, state: str = PLAIN) -> _Cells:
        column, is_last = self._columns[place], place + 1 == len(self._columns)
        style = self._looks.number(self._looks.body(column.form, state))
        after = "</row>" if is_last else f'<c r="{get_column_letter(place + 2)}'
        return _Cells(f'" s="{style}"', after, usable=heights.usable(column.width))


class _Cells:
    """How the cells of one column in one state are written, and those that were already."""

    def __init__(self, start: str, after: str, *, usable: float) -> None:
        self.known: dict[Value, _Piece] = {}
        self.all_differ = False
        self.usable = usable
        self.empty = f"{start}/>{after}".encode()
        self.figure, self.figure_end = f"{start}><v>".encode(), f"</v></c>{after}".encode()
        self.text = f'{start} t="inlineStr"><is><t>'.encode()
        self.text_end = f"</t></is></c>{after}".encode()
        # What needs care brings its own end of the element's name.
        self.cared_for = self.text[:-1]
        self.cared_for_end = f"</is></c>{after}".encode()


def _moment(value: dt.datetime) -> float:
    return canonical.serial_of(value.astimezone(OFFICE_ZONE) if value.tzinfo else value)


_NUMBERS: dict[type, Callable[..., float | Decimal]] = {
    int: int,
    float: float,
    Decimal: Decimal,
    dt.date: canonical.serial_of,
    dt.datetime: _moment,
    bool: int,
}


def as_number(value: object) -> float | Decimal:
    """A number as XML wants it; days and moments as Excel's serial number (1900 system)."""
    return _NUMBERS[type(value)](value)
