"""The office form of a sheet: title, second line, two-level header, signature, print set-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.books import Book
from reports.looks import PLAIN, TOTAL, Column
from reports.rows import Row, Value

TITLE_ROW, META_ROW, GROUP_ROW, LABEL_ROW = 1, 2, 3, 4
FIRST_ROW = 5
_A4 = 9
_LINE = 15.0


def frame(
    book: Book,
    sheet: Worksheet,
    columns: Sequence[Column],
    *,
    title: str,
    meta: str,
    frozen_columns: int = 0,
) -> None:
    """Title, second line and header above the table, and how it prints."""
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    heading(book, sheet, title=title, meta=meta, width=len(columns))
    _header(book, sheet, columns)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, frozen_columns + 1).coordinate
    sheet.print_title_rows = f"{GROUP_ROW}:{LABEL_ROW}"
    print_on_a4(sheet)


def heading(book: Book, sheet: Worksheet, *, title: str, meta: str, width: int) -> None:
    """The merged title row and the line below it that says who reports, when and by whom."""
    line(book, sheet, TITLE_ROW, title, look="qd title", width=width, height=42)
    line(book, sheet, META_ROW, meta, look="qd meta", width=width, height=24)


def line(
    book: Book,
    sheet: Worksheet,
    row: int,
    text: str,
    *,
    look: str,
    width: int,
    height: float | None = None,
) -> None:
    """One text across the sheet's width; merged rows never grow by themselves."""
    book.put(sheet, row, 1, text, look=look)
    if width > 1:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    sheet.row_dimensions[row].height = height or height_of(text, _width_of(sheet, width))


def table(
    book: Book, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Row], *, first_row: int
) -> int:
    """Write a small table's rows as cells; returns the row below it."""
    row_number = first_row
    for row in rows:
        states = row.states or {}
        for place, (column, value) in enumerate(zip(columns, row.values, strict=True)):
            look = book.looks.body(column.form, states.get(place, PLAIN))
            book.put(sheet, row_number, place + 1, value, look=look)
        row_number += 1
    return row_number


def total(values: Sequence[Value]) -> Row:
    """A 合计 row."""
    return Row(values, states=dict.fromkeys(range(len(values)), TOTAL))


def signature(
    book: Book, sheet: Worksheet, *, row: int, width: int, signers: str, note: str
) -> None:
    """The line to sign on and the note below a table."""
    line(book, sheet, row, signers, look="qd sign", width=width, height=30)
    line(book, sheet, row + 1, note, look="qd note", width=width)


def print_on_a4(sheet: Worksheet) -> None:
    """A4 landscape, one page wide and as many high as it takes, pages numbered."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    footer = sheet.oddFooter
    assert footer is not None
    assert footer.center is not None
    footer.center.text = "第 &P 页 共 &N 页"


def _header(book: Book, sheet: Worksheet, columns: Sequence[Column]) -> None:
    """Groups above labels; a column without a group stands over both rows."""
    start = 0
    for place, column in enumerate(columns):
        last = place + 1 == len(columns) or columns[place + 1].group != column.group
        grouped = bool(column.group)
        top, bottom = (column.group, column.label) if grouped else (column.label, "")
        book.put(sheet, GROUP_ROW, place + 1, top, look="qd head")
        book.put(sheet, LABEL_ROW, place + 1, bottom, look="qd head")
        if not grouped:
            _merge(sheet, GROUP_ROW, place, LABEL_ROW, place)
        if last and grouped:
            _merge(sheet, GROUP_ROW, start, GROUP_ROW, place)
        if last or not grouped:
            start = place + 1
    sheet.row_dimensions[GROUP_ROW].height = 22
    tallest = max(height_of(column.label, column.width) for column in columns)
    sheet.row_dimensions[LABEL_ROW].height = max(22.0, tallest)


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    if (top, left) != (bottom, right):
        sheet.merge_cells(
            start_row=top, start_column=left + 1, end_row=bottom, end_column=right + 1
        )


def _width_of(sheet: Worksheet, columns: int) -> float:
    letters = map(get_column_letter, range(1, columns + 1))
    return sum(sheet.column_dimensions[letter].width for letter in letters)


def height_of(text: str, width: float) -> float:
    """Points that the text needs, wrapped in a column `width` digits wide."""
    usable = max(width - 1.5, 2.0)
    lines = sum(max(1, ceil(_digits(part) / usable)) for part in text.split("\n"))
    return lines * _LINE + 6


def _digits(text: str) -> float:
    """Width of a text in digits: a Chinese character takes two."""
    return sum(2.1 if character > "\u2e7f" else 1.1 for character in text)
