"""Reads the sheets of an Excel 97–2003 workbook (.xls, .et): values by calamine, the rest by us."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from obligations.tables import biff, compound, limits
from obligations.tables.findings import Refused, refusal
from obligations.tables.grids import Cell, Grid, Merged, digits

_DAY = dt.timedelta(days=1)


def read_sheets(data: bytes) -> Iterator[Grid]:
    """The grids of all worksheets, in order."""
    stream = compound.workbook(data)
    facts = biff.read_globals(stream)
    # Where the areas are too large, calamine must not even begin.
    sheets = [biff.read_sheet(stream, record) for record in facts.sheets]
    with _damage(), CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        metadata = book.sheets_metadata
        if len(metadata) != len(sheets) or not sheets:
            raise refusal("corrupt", "part", part="Workbook")
        for index, (about, record, sheet) in enumerate(
            zip(metadata, facts.sheets, sheets, strict=True)
        ):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            grid = Grid(name=about.name, date1904=facts.date1904, hidden=not record.visible)
            grid.hidden_columns, grid.around = sheet.hidden_columns, sheet.around
            try:
                _fill(grid, book.get_sheet_by_index(index), sheet)
            except Refused as overflow:
                grid.overflow = overflow
            yield grid


@contextmanager
def _damage() -> Iterator[None]:
    """Calamine's errors as refusals; its panics, too, which are no ordinary exceptions."""
    try:
        yield
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise refusal("corrupt") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise refusal("corrupt", "crashed") from error


def _fill(grid: Grid, values: CalamineSheet, sheet: biff.Sheet) -> None:
    for (top, left), (bottom, right) in values.merged_cell_ranges or ():
        grid.merged.append(Merged(top + 1, left + 1, bottom + 1, right + 1))
    if len(grid.merged) > limits.MERGED_RANGES:
        raise refusal("corrupt", "merged")
    special = _special(sheet)
    top, left = values.start or (0, 0)
    for row, found in enumerate(values.iter_rows(), top):
        cells: dict[int, Cell] = {}
        for column, value in enumerate(found, left):
            if value == "":
                continue
            cell = _cell(value)
            if cell is not None:
                cells[column + 1] = cell
        if cells:
            _add(grid, row + 1, cells)
    for (row, column), cell in special.items():
        grid.rows.setdefault(row + 1, {})[column + 1] = cell
    for row, column in sheet.formulas:
        cell = grid.rows.get(row + 1, {}).get(column + 1)
        if cell is not None and not cell.formula:
            grid.rows[row + 1][column + 1] = cell._replace(formula=True)
    _put_in_order(grid)
    grid.hidden_rows = {number for number in sheet.hidden_rows if number in grid.rows}


def _add(grid: Grid, number: int, cells: dict[int, Cell]) -> None:
    grid.rows[number] = cells
    if len(cells) > limits.COLUMNS:
        raise refusal("too_many_columns", count=len(cells), limit=limits.COLUMNS)
    if len(grid.rows) > limits.ROWS + limits.ROWS_AROUND:
        raise refusal("too_many_rows", limit=limits.ROWS)


def _special(sheet: biff.Sheet) -> dict[tuple[int, int], Cell]:
    """Cells that calamine leaves empty or takes for something else."""
    found = {place: Cell("number", digits(value)) for place, value in sheet.negative.items()}
    found.update((place, Cell("error", code)) for place, code in sheet.errors.items())
    found.update((place, Cell("no_value", "", True)) for place in sheet.without_value)
    return found


def _put_in_order(grid: Grid) -> None:
    """Rows and cells in the order of the sheet, whatever was added last."""
    if list(grid.rows) != sorted(grid.rows):
        grid.rows = dict(sorted(grid.rows.items()))
    for number, cells in grid.rows.items():
        columns = list(cells)
        if columns != sorted(columns):
            grid.rows[number] = dict(sorted(cells.items()))


def _cell(value: object) -> Cell | None:
    """A value as calamine gives it; None for blanks."""
    if isinstance(value, str):
        return Cell("text", value) if value.strip() else None
    if isinstance(value, bool):
        return Cell("text", "TRUE" if value else "FALSE")
    if isinstance(value, (int, float)):
        return Cell("number", digits(value)) if math.isfinite(value) else Cell("corrupt", "")
    if isinstance(value, dt.datetime):
        return Cell("date", value.replace(microsecond=0).isoformat())
    if isinstance(value, dt.date):
        return Cell("date", dt.datetime.combine(value, dt.time()).isoformat())
    if isinstance(value, dt.time):
        seconds = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
        return Cell("number", digits(seconds / _DAY))
    if isinstance(value, dt.timedelta):
        return Cell("number", digits(value / _DAY))
    return Cell("corrupt", "")
