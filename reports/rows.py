"""Rows of a large sheet as XML: one pass, memory small whatever the number of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter

from reports import canonical, heights
from reports.looks import PLAIN, Column, Looks
from reports.texts import as_xml, clean, needs_care

Value = str | int | float | Decimal | dt.date | None
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
LAST_ROW = 1_048_576
_BATCH = 500
_KNOWN_AT_MOST = 2_048
_ROW_NUMBER = "\x00"
# How a cell goes on after its style, by what it holds.
_TEXT = ' t="inlineStr"><is><t%s</is></c>'
_FIGURE = "><v>%s</v></c>"
_EMPTY = "%s/>"


class TooManyRows(ValueError):
    """A worksheet ends at row 1,048,576."""


@dataclass(frozen=True)
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


class RowWriter:
    """Turns rows into XML; remembers which texts had to be cleaned. `seen` is shown each row."""

    def __init__(
        self,
        sheet: str,
        columns: Sequence[Column],
        *,
        looks: Looks,
        first_row: int,
        seen: canonical.SheetPrint | None = None,
    ) -> None:
        self.sheet = sheet
        self.seen = seen or canonical.SheetPrint(sheet)
        self.cleanings: list[Cleaning] = []
        self.next_row = first_row
        self._columns = columns
        self._looks = looks
        self._usable = [heights.usable(column.width) for column in columns]
        self._known: dict[Value, tuple[str, str, float, str]] = {}
        self._templates: dict[tuple[tuple[str, ...], tuple[tuple[int, str], ...]], str] = {}

    def xml(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """The rows' XML in batches."""
        batch: list[str] = []
        for row in rows:
            batch.append(self._row(row))
            if len(batch) == _BATCH:
                yield "".join(batch).encode()
                batch.clear()
        yield "".join(batch).encode()

    def _row(self, row: Row) -> str:
        number = self.next_row
        if number > LAST_ROW:
            raise TooManyRows
        self.next_row += 1
        known, values = self._known, row.values
        found = [known.get(value) or self._content(value, values) for value in values]
        kinds, contents, widths, texts = zip(*found, strict=True)
        self.seen.add_texts(number, texts)
        states = tuple(row.states.items()) if row.states else ()
        template = self._templates.get((kinds, states)) or self._template(kinds, states)
        height = heights.of_row(widths, self._usable)
        return template.replace(_ROW_NUMBER, str(number)) % (height, *contents)

    def _content(self, value: Value, values: Sequence[Value]) -> tuple[str, str, float, str]:
        """The kind of cell a value needs, its content, its width and what its sheet's fingerprint
        is taken of; kept, as ledgers repeat."""
        if value is None or value == "":
            found = _EMPTY, "", 0.0, canonical.EMPTY
        elif not isinstance(value, str):
            number = as_number(value)
            found = _FIGURE, str(number), 0.0, canonical.as_json(canonical.number_of(number))
        elif not needs_care(value):
            found = _TEXT, f">{value}</t>", heights.digits(value), canonical.as_json(value)
        else:
            cleaned = clean(value)
            written = canonical.as_json(cleaned.text or None)
            found = _TEXT, as_xml(cleaned.text), heights.digits(cleaned.text), written
            if cleaned.removed or cleaned.cut:
                place = next(place for place, other in enumerate(values) if other is value)
                cell = f"{get_column_letter(place + 1)}{self.next_row - 1}"
                self.cleanings.append(Cleaning(self.sheet, cell, cleaned.removed, cleaned.cut))
                return found
        if len(self._known) < _KNOWN_AT_MOST:
            self._known[value] = found
        return found

    def _template(self, kinds: tuple[str, ...], states: tuple[tuple[int, str], ...]) -> str:
        """The row's XML with `%s` for each content; few patterns of kinds and states occur."""
        state_of = dict(states)
        cells = []
        for place, (column, kind) in enumerate(zip(self._columns, kinds, strict=True)):
            look = self._looks.body(column.form, state_of.get(place, PLAIN))
            style = self._looks.number(look)
            name = f"{get_column_letter(place + 1)}{_ROW_NUMBER}"
            cells.append(f'<c r="{name}" s="{style}"{kind}')
        template = f'<row r="{_ROW_NUMBER}" ht="%s">{"".join(cells)}</row>'
        if len(self._templates) < _KNOWN_AT_MOST:
            self._templates[kinds, states] = template
        return template


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
