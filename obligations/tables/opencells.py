"""Rows and cells of an OpenDocument sheet: repetitions, spans, values."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from lxml import etree

from accounts.csv_text import ERRORS
from obligations.tables import limits
from obligations.tables.findings import refusal
from obligations.tables.grids import Cell, Grid, Merged, digits

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_EXTENDED_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_CELL, _COVERED = f"{TABLE}table-cell", f"{TABLE}covered-table-cell"
_REPEATED_ROWS, _REPEATED_COLUMNS = (
    f"{TABLE}number-rows-repeated",
    f"{TABLE}number-columns-repeated",
)
_SPANNED_ROWS, _SPANNED_COLUMNS = f"{TABLE}number-rows-spanned", f"{TABLE}number-columns-spanned"
_FORMULA, _VISIBILITY = f"{TABLE}formula", f"{TABLE}visibility"
_KIND, _VALUE = f"{OFFICE}value-type", f"{OFFICE}value"
_DATE, _BOOLEAN, _STRING = f"{OFFICE}date-value", f"{OFFICE}boolean-value", f"{OFFICE}string-value"
_PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_SPACES, _TAB, _BREAK, _COUNT = f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break", f"{_TEXT}c"
# Comments, notes and reading aids stand inside a text without being part of it.
_ASIDE = frozenset({f"{OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}ruby-text"})
_HIDDEN = ("collapse", "filter")
_NUMBERS = ("float", "percentage", "currency")
_MOST_SPACES = 1_000


class Sheet:
    """Fills a grid row by row."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._row = 1
        self._column = 1

    def take_columns(self, element: etree._Element) -> None:
        count = _number(element, _REPEATED_COLUMNS)
        if element.get(_VISIBILITY) in _HIDDEN:
            last = min(self._column + count, self._column + limits.COLUMNS + 1)
            self.grid.hidden_columns.update(range(self._column, last))
        self._column += count

    def take_row(self, element: etree._Element) -> None:
        """A repeated row stands for many; empty ones cost nothing."""
        count = _number(element, _REPEATED_ROWS)
        cells = self._cells(element)
        if len(cells) > limits.COLUMNS:
            raise refusal("too_many_columns", count=len(cells), limit=limits.COLUMNS)
        for number in range(self._row, self._row + count if cells else 0):
            self.grid.rows[number] = cells
            if element.get(_VISIBILITY) in _HIDDEN:
                self.grid.hidden_rows.add(number)
            if len(self.grid.rows) > limits.ROWS + limits.ROWS_AROUND:
                raise refusal("too_many_rows", limit=limits.ROWS)
        self._row += count

    def _cells(self, row: etree._Element) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        column = 1
        for element in row:
            if element.tag not in (_CELL, _COVERED):
                continue
            count = _number(element, _REPEATED_COLUMNS)
            cell = _cell(element) if element.tag == _CELL and len(element.attrib) else None
            if cell is not None:
                last = min(column + count, column + limits.COLUMNS + 1)
                cells.update((place, cell) for place in range(column, last))
            if element.get(_SPANNED_ROWS) or element.get(_SPANNED_COLUMNS):
                self._take_span(element, column)
            column += count
        return cells

    def _take_span(self, element: etree._Element, column: int) -> None:
        rows, columns = _number(element, _SPANNED_ROWS), _number(element, _SPANNED_COLUMNS)
        if rows > 1 or columns > 1:
            bottom, right = self._row + rows - 1, column + columns - 1
            self.grid.merged.append(Merged(self._row, column, bottom, right))
        if len(self.grid.merged) > limits.MERGED_RANGES:
            raise refusal("corrupt", "merged")


def _number(element: etree._Element, name: str) -> int:
    """An attribute that counts; 1 where it is missing or nonsense."""
    text = element.get(name)
    if text is None:
        return 1
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 8 else 1


def _cell(element: etree._Element) -> Cell | None:
    """None for an empty cell."""
    formula = element.get(_FORMULA) is not None
    kind = element.get(_KIND, "")
    if element.get(_EXTENDED_TYPE) == "error":
        return Cell("error", _text(element) or "#N/A", formula)
    if kind in _NUMBERS:
        text = _text(element) if formula else ""
        if text in ERRORS or text.startswith("Err:"):
            return Cell("error", text, formula)
        return _numeric(str(element.get(_VALUE, "")))._replace(formula=formula)
    if kind == "date":
        return _date(str(element.get(_DATE, "")))._replace(formula=formula)
    if kind == "boolean":
        text = "TRUE" if element.get(_BOOLEAN) == "true" else "FALSE"
        return Cell("text", text, formula)
    text = _text(element) or str(element.get(_STRING, ""))
    if text.strip():
        return Cell("error" if formula and text in ERRORS else "text", text, formula)
    return Cell("no_value", "", True) if formula and not kind else None


def _numeric(value: str) -> Cell:
    try:
        number = float(value)
    except ValueError:
        return Cell("corrupt", "")
    if not math.isfinite(number):
        return Cell("corrupt", "")
    whole = value.lstrip("-").isdecimal() and len(value) <= 16
    return Cell("number", value if whole else digits(number))


def _date(value: str) -> Cell:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return Cell("corrupt", "")
    return Cell("date", moment.replace(tzinfo=None, microsecond=0).isoformat())


def _text(element: etree._Element) -> str:
    """The paragraphs of a cell, one a line."""
    return "\n".join("".join(_pieces(paragraph)) for paragraph in _paragraphs(element))


def _paragraphs(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        if child.tag in _PARAGRAPHS:
            yield child
        elif child.tag in (f"{_TEXT}list", f"{_TEXT}list-item"):
            yield from _paragraphs(child)


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == _SPACES:
            yield " " * min(_number(child, _COUNT), _MOST_SPACES)
        elif child.tag == _TAB:
            yield "\t"
        elif child.tag == _BREAK:
            yield "\n"
        elif child.tag not in _ASIDE and isinstance(child.tag, str):
            yield from _pieces(child)
        yield child.tail or ""
