"""The workbook of lists that are given back: title, header, rows, note; text always as text."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from accounts import file_properties
from accounts.cell_text import clean, keep_underscores
from obligations.kinds import ColumnType
from obligations.official_rows import Row

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
    titles = []
    for one in sheets:
        _write(book.create_sheet(_NOT_IN_NAMES.sub("", one.name)), one, styles)
        titles.append(one.title)
    file_properties.say(book.properties, title="、".join(titles))
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
    count, cleaned = 2, 0
    for row in one.rows:
        sheet.append([_cell(sheet, value, styles["text"], styles["date"]) for value in row])
        cleaned += sum(_is_cleaned(value) for value in row)
        count += 1
    sheet.merged_cells.add(f"A{count + 1}:{last}{count + 1}")
    said = f"其中{cleaned}格的文字含有表格无法保存的字符或者超长，已作清理。" if cleaned else ""
    sheet.append([_cell(sheet, f"{one.note}{said}", styles["note"])])


def _is_cleaned(value: str | dt.date) -> bool:
    if isinstance(value, dt.date):
        return False
    found = clean(value)
    return bool(found.removed or found.cut)


def _cell(sheet: Any, value: str | dt.date, style: str, date_style: str = "") -> Any:
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(sheet, dt.datetime.combine(value, dt.time()))
        cell.style = date_style
        return cell
    readable = clean(value).text
    cell = WriteOnlyCell(sheet, keep_underscores(readable) or None)
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
