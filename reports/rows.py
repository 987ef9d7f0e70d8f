"""Rows of a large sheet as XML: one pass, memory small whatever the number of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, repeat
from math import ceil, inf
from typing import cast
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter

from accounts import text_widths
from accounts.cell_text import clean
from reports import canonical, heights
from reports.cells import Cells, Piece, Value
from reports.heeding import Heed, at_ease
from reports.looks import PLAIN, Column, Looks
from reports.overflow import (
    MOST_LINES,
    WHOLE_TEXT,
    Cleaning,
    Cleanings,
    LongText,
    LongTexts,
)
from reports.texts import needs_care, plain_texts

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
LAST_ROW = 1_048_576
_BATCH = 500


class TooManyRows(ValueError):
    """A worksheet ends at row 1,048,576."""


@dataclass(slots=True)
class Row:
    """One row's values by column; `states` colours single columns, by their position."""

    values: Sequence[Value]
    states: dict[int, str] | None = None


class RowWriter:
    """Turns rows into XML; tells which texts had to be cleaned, and which were too long.

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
        cleanings: Cleanings,
        long_texts: LongTexts | None = None,
    ) -> None:
        self.sheet = sheet
        self._cleanings, self._long_texts = cleanings, long_texts
        # Of one batch, by cell: one that is coloured is written twice, in its colour and without.
        self._cleaned: dict[tuple[int, int], Cleaning] = {}
        self._long: dict[tuple[int, int], LongText] = {}
        self._most_lines = inf if long_texts is None else MOST_LINES
        self._first_row = first_row
        self.seen = seen or canonical.SheetPrint(sheet)
        self.next_row = first_row
        self._columns = columns
        self._looks = looks
        self._heed = heed
        self._plain = [self._cells(place) for place in range(len(columns))]
        self._coloured: dict[tuple[int, str], Cells] = {}
        self._starts: dict[int, bytes] = {}

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
        starts = self._starts_of([[taken for _, taken, _ in column] for column in found])
        said = [[cell for _, _, cell in column] for column in found]
        self.seen.add_rows(first, zip(*said, strict=True))
        numbers = [b"%d" % number for number in range(first, self.next_row)]
        self._tell()
        rows = zip(numbers, zip(repeat(b'<row r="'), starts, *pieces), strict=False)
        return b"".join([number.join(parts) for number, parts in rows])

    def _starts_of(self, lines: Sequence[Sequence[float]]) -> list[bytes]:
        """How each row begins, by the lines that the cells of each column take."""
        tall = [column for column in lines if max(column) > 1]
        count = len(lines[0])
        if not tall:
            return [self._start(1)] * count
        return [self._start(ceil(most)) for most in map(max, repeat(1.0, count), *tall)]

    def _tell(self) -> None:
        """What a batch could not hold, row by row."""
        for place in sorted(self._cleaned):
            self._cleanings.add(self._cleaned[place])
        if self._long_texts is not None:
            for place in sorted(self._long):
                self._long_texts.add(self._long[place])
        self._cleaned.clear()
        self._long.clear()

    def _column(self, cells: Cells, values: Sequence[Value], place: int, first: int) -> list[Piece]:
        """The cells of one column; where nothing repeats, nothing is looked up any more."""
        new = self._new
        if cells.all_differ:
            return self._at_once(cells, values) or [
                new(cells, place, value, row) for row, value in enumerate(values, first)
            ]
        get = cells.known.get
        found = [get(value) for value in values]
        if None not in found:
            return found  # type: ignore[return-value]
        cells.all_differ = cells.is_full and not any(found)
        unknown = [value for known, value in zip(found, values, strict=True) if known is None]
        fresh = self._at_once(cells, unknown)
        if fresh is not None:
            for value, piece in zip(unknown, fresh, strict=True):
                cells.keep(value, piece)
            left = iter(fresh)
            return [known or next(left) for known in found]
        return [
            known or get(value) or new(cells, place, value, row)
            for row, (known, value) in enumerate(zip(found, values, strict=True), first)
        ]

    def _at_once(self, cells: Cells, values: Sequence[Value]) -> list[Piece] | None:
        """Cells of one column that are alike; None where any of them needs a look of its own."""
        kinds = set(map(type, values))
        if kinds == {str}:
            return self._texts(cells, cast("Sequence[str]", values))
        if kinds == {int}:
            start, end = cells.figure, cells.figure_end
            return [
                (b"%b%d%b" % (start, value, end), 0.0, canonical.number_of(value))
                for value in cast("Sequence[int]", values)
            ]
        return None

    def _texts(self, cells: Cells, values: Sequence[str]) -> list[Piece] | None:
        in_utf8 = plain_texts(values)
        if in_utf8 is None:
            return None
        lines = text_widths.lines_of_each(values, in_utf8, room=cells.room)
        if max(lines) > self._most_lines:
            return None
        start, end = cells.text, cells.text_end
        written = [start + text + end for text in in_utf8]
        return list(zip(written, lines, values, strict=True))

    def _new(self, cells: Cells, place: int, value: Value, row: int) -> Piece:
        """A cell that is not known yet; kept, as ledgers repeat."""
        found: Piece
        if isinstance(value, str):
            if not value:
                found = cells.empty, 0.0, None
            elif not needs_care(value):
                text = value.encode()
                lines = text_widths.lines_of(value, text, room=cells.room)
                if lines > self._most_lines:
                    return self._shortened(cells, place, value, row)
                found = cells.text + text + cells.text_end, lines, value
            else:
                found = self._cared_for(cells, place, value, row)
                if (row, place) in self._cleaned or (row, place) in self._long:
                    # Each of them is listed by its cell.
                    return found
        elif value is None:
            found = cells.empty, 0.0, None
        else:
            number = as_number(value)
            piece = cells.figure + str(number).encode() + cells.figure_end
            found = piece, 0.0, canonical.number_of(number)
        cells.keep(value, found)
        return found

    def _cared_for(self, cells: Cells, place: int, value: str, row: int) -> Piece:
        """Text that must be cleaned or escaped."""
        cleaned = clean(value)
        lines = text_widths.lines_of(cleaned.text, cleaned.text.encode(), room=cells.room)
        is_long = lines > self._most_lines
        if is_long:
            # Its own sheet has room for all of it.
            cleaned = clean(value, longest=len(value) * 2)
        if cleaned.removed or cleaned.cut:
            cell = f"{get_column_letter(place + 1)}{row}"
            found = Cleaning(self.sheet, cell, cleaned.removed, cleaned.cut)
            self._cleaned[row, place] = found
        if is_long:
            return self._shortened(cells, place, cleaned.text, row)
        return cells.escaped(cleaned.text), lines, cleaned.text or None

    def _shortened(self, cells: Cells, place: int, text: str, row: int) -> Piece:
        """What a row on paper holds of a text, and where all of it stands."""
        found = LongText(self.sheet, row - self._first_row + 1, self._columns[place].label, text)
        self._long[row, place] = found
        lines = self._most_lines
        shown = heights.shortened(text, room=cells.room, lines=lines, ending=WHOLE_TEXT)
        return cells.escaped(shown), lines, shown

    def _start(self, lines: int) -> bytes:
        """What follows a row's number, up to the name of its first cell."""
        if lines not in self._starts:
            self._starts[lines] = f'" ht="{heights.of_lines(lines)}"><c r="A'.encode()
        return self._starts[lines]

    def _stated(self, place: int, state: str) -> Cells:
        found = self._coloured[place, state] = self._cells(place, state)
        return found

    def _cells(self, place: int, state: str = PLAIN) -> Cells:
        column, is_last = self._columns[place], place + 1 == len(self._columns)
        style = self._looks.number(self._looks.body(column.form, state))
        after = "</row>" if is_last else f'<c r="{get_column_letter(place + 2)}'
        return Cells(f'" s="{style}"', after, room=text_widths.usable(column.width))


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
