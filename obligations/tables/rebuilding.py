"""Writes grids as a workbook: the same values at the same places, whatever the file was."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as WrittenCell
from openpyxl.styles import Alignment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from accounts import file_properties
from accounts.cell_text import clean, keep_underscores
from obligations.tables.grids import Cell, Grid, Merged, column_letters

_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_NARROWEST, _WIDEST = 6, 50
_MEASURED_ROWS = 500
_NOT_IN_TITLES = re.compile(r"[\\*?:/\[\]]")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
_FIRST_DAY = dt.datetime(1900, 3, 1)  # noqa: DTZ001  a day of a calendar, not a moment


def build(grids: Iterable[Grid], *, untitled: str) -> Workbook:
    """A sheet for each grid; `untitled` names those that have no name."""
    book = Workbook()
    file_properties.say(book.properties)
    book.remove(book.worksheets[0])
    for grid in grids:
        if grid.date1904:
            book.epoch = CALENDAR_MAC_1904
        sheet = book.create_sheet(_title(grid.name) or untitled)
        _fill(sheet, grid)
    return book


def writable(text: str) -> str:
    """The text without what a workbook cannot hold."""
    return keep_underscores(clean(text).text)


def write_text(cell: WrittenCell, text: str) -> None:
    """Text stays text, also where it looks like a formula or an error."""
    cell.value = writable(text)
    cell.data_type = "s"
    if text.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True


def _title(name: str) -> str:
    return _NOT_IN_TITLES.sub("_", writable(name)).strip("'")[:31]


def _fill(sheet: Worksheet, grid: Grid) -> None:
    sheet.sheet_state = "hidden" if grid.hidden else "visible"
    pattern: Any = sheet.cell(1, 1)  # Any: styles are copied as openpyxl stores them
    pattern.alignment = Alignment(wrap_text=True, vertical="top")
    style = copy(pattern._style)
    for number, cells in grid.rows.items():
        for column, value in cells.items():
            if number <= _MOST_ROWS and column <= _MOST_COLUMNS:
                cell: Any = sheet.cell(number, column)
                cell._style = copy(style)
                _write(cell, value)
    for merged in grid.merged:
        _merge(sheet, merged)
    for number in grid.hidden_rows:
        sheet.row_dimensions[number].hidden = True
    for column, width in _widths(grid).items():
        sheet.column_dimensions[column_letters(column)].width = width
    for column in grid.hidden_columns:
        sheet.column_dimensions[column_letters(column)].hidden = True


def _write(cell: WrittenCell, value: Cell) -> None:
    if value.kind == "text":
        write_text(cell, value.text)
    elif value.kind == "number":
        cell.value = int(value.text) if value.text.lstrip("-").isdecimal() else float(value.text)
    elif value.kind == "date":
        _write_date(cell, value.text)
    elif value.kind == "error":
        cell.value = value.text


def _write_date(cell: WrittenCell, text: str) -> None:
    moment = dt.datetime.fromisoformat(text)
    if moment < _FIRST_DAY:
        write_text(cell, text)
        return
    cell.value = moment
    midnight = moment.time() == dt.time()
    cell.number_format = "yyyy-mm-dd" if midnight else "yyyy-mm-dd hh:mm:ss"


def _merge(sheet: Worksheet, merged: Merged) -> None:
    """The range alone: openpyxl's own way would make every cell of it."""
    bottom, right = min(merged.bottom, _MOST_ROWS), min(merged.right, _MOST_COLUMNS)
    if merged.top <= bottom and merged.left <= right:
        sheet.merged_cells.ranges.add(
            CellRange(min_row=merged.top, min_col=merged.left, max_row=bottom, max_col=right)
        )


def _widths(grid: Grid) -> dict[int, float]:
    """Column widths after their longest line; Chinese characters take two places."""
    across = {(merged.top, merged.left) for merged in grid.merged if merged.right > merged.left}
    widths: dict[int, float] = {}
    for number in list(grid.rows)[:_MEASURED_ROWS]:
        for column, cell in grid.rows[number].items():
            if (number, column) in across:
                continue
            text = cell.text[:10] if cell.kind == "date" else cell.text[:200]
            longest = max(len(line.encode("gb18030", "replace")) for line in text.split("\n"))
            widths[column] = max(widths.get(column, _NARROWEST), min(longest + 2, _WIDEST))
    return widths
