"""The workbook of lists that are given back: title, header, rows, note; text always as text."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from obligations.exporting import MAX_CELL_LENGTH
from obligations.kinds import ColumnType
from obligations.official_rows import Row

# _x0041_ would be read as the letter A: the sign before it is written as one of these itself.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WIDTHS: dict[str, int] = {"serial": 7, "name": 24, "items": 36, "text": 24, "deadline": 14}
_ORDINARY_WIDTH = 16
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Sheet:
    """One table in the official layout; `types` are those of its columns."""

    name: str
    title: str
    labels: list[str]
    types: list[ColumnType]
    rows: Iterable[Row]
    note: str


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """All sheets as one .xlsx file."""
    book = Workbook(write_only=True)
    styles = _styles(book)
    for one in sheets:
        _write(book.create_sheet(_NOT_IN_NAMES.sub("", one.name)), one, styles)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(sheet: Any, one: Sheet, styles: dict[str, str]) -> None:
    width = len(one.labels)
    last = get_column_letter(width)
    for number, kind in enumerate(one.types, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _WIDTHS.get(kind, _ORDINARY_WIDTH)
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.merged_cells.add(f"A1:{last}1")
    sheet.append([_cell(sheet, one.title, styles["title"])])
    sheet.append([_cell(sheet, label, styles["label"]) for label in one.labels])
    count = 2
    for cells in _filled(sheet, one.rows, styles):
        sheet.append(cells)
        count += 1
    sheet.merged_cells.add(f"A{count + 1}:{last}{count + 1}")
    sheet.append([_cell(sheet, one.note, styles["note"])])


def _filled(sheet: Any, rows: Iterable[Row], styles: dict[str, str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [_cell(sheet, value, styles["text"], styles["date"]) for value in row]


def _cell(sheet: Any, value: str | dt.date, style: str, date_style: str = "") -> Any:
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(sheet, dt.datetime.combine(value, dt.time()))
        cell.style = date_style
        return cell
    readable = ILLEGAL_CHARACTERS_RE.sub("", value).encode("utf-8", "replace").decode()
    cell = WriteOnlyCell(sheet, _LOOKS_ESCAPED.sub("_x005F_", readable)[:MAX_CELL_LENGTH] or None)
    if readable:
        cell.data_type = "s"
    cell.style = style
    return cell


def _styles(book: Workbook) -> dict[str, str]:
    """Named styles, which cost a cell a tenth of its own."""
    thin = Side(style="thin", color="FF999999")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    body = Alignment(vertical="center", wrap_text=True)
    styles = (
        NamedStyle("official_title", font=Font("方正小标宋简体", size=22), alignment=middle),
        NamedStyle("official_label", font=Font("黑体", size=11), alignment=middle, border=border),
        NamedStyle("official_text", font=Font("仿宋_GB2312", 11), alignment=body, border=border),
        NamedStyle(
            "official_date",
            font=Font("仿宋_GB2312", 11),
            alignment=middle,
            border=border,
            number_format="yyyy-mm-dd",
        ),
        NamedStyle("official_note", font=Font("仿宋_GB2312", 11), alignment=body),
    )
    for style in styles:
        book.add_named_style(style)
    return {style.name.removeprefix("official_"): style.name for style in styles}
