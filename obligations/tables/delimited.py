"""Reads .csv text with commas, tabs or semicolons into a grid."""

from __future__ import annotations

import csv
import io

from accounts.csv_text import ERRORS, unmarked
from obligations.tables import limits, texts
from obligations.tables.findings import refusal
from obligations.tables.grids import Cell, Grid

DELIMITERS = (",", "\t", ";")


def read_tables(data: bytes) -> list[Grid]:
    """One grid for each delimiter that the text holds; the caller takes the one with a header."""
    text = texts.decode(data)
    found = [delimiter for delimiter in DELIMITERS if delimiter in text]
    return [_read(text, delimiter) for delimiter in found or DELIMITERS[:1]]


def _read(text: str, delimiter: str) -> Grid:
    grid = Grid()
    csv.field_size_limit(limits.FILE_BYTES)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, record in enumerate(records, start=1):
            cells = {
                column: Cell("error" if value.strip() in ERRORS else "text", unmarked(value))
                for column, value in enumerate(record, start=1)
                if value.strip()
            }
            if cells:
                grid.rows[number] = cells
            if _overflows(grid, cells):
                break
    except csv.Error:
        grid.overflow = refusal("corrupt", "quotes", line=records.line_num)
    return grid


def _overflows(grid: Grid, cells: dict[int, Cell]) -> bool:
    if len(cells) > limits.COLUMNS:
        grid.overflow = refusal("too_many_columns", count=len(cells), limit=limits.COLUMNS)
    elif len(grid.rows) > limits.ROWS + limits.ROWS_AROUND:
        grid.overflow = refusal("too_many_rows", limit=limits.ROWS)
    return grid.overflow is not None
