"""The workbook of lists that are given back: title, header, rows, note; text always as text."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from accounts import file_properties
from accounts.cell_text import clean, keep_underscores
from obligations.filling.looks import height
from obligations.kinds import ColumnType
from obligations.official_rows import Row

# All columns of a list are printed on one page's width: what is wider is printed smaller.
_WIDTHS: dict[str, float] = {
    "serial": 6,
    "name": 18,
    "items": 26,
    "text": 18,
    "deadline": 15.3,
    "choice": 9,
    "security": 8,
}
_ORDINARY_WIDTH = 13.0
_TITLE_HEIGHT = 42.0
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
    widths = [_WIDTHS.get(kind, _ORDINARY_WIDTH) for kind in one.types]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    last = get_column_letter(len(widths))
    heights = sheet.row_dimensions
    _print_on_a4(sheet)
    sheet.merged_cells.add(f"A1:{last}1")
    # A row's height is written with its first cell.
    heights[1].height = _TITLE_HEIGHT
    sheet.append([_cell(sheet, one.title, styles["title"])])
    heights[2].height = height(list(zip(one.labels, widths, strict=True)))
    sheet.append([_cell(sheet, label, styles["label"]) for label in one.labels])
    count, cleaned = 2, 0
    for row in one.rows:
        count += 1
        heights[count].height = height(_texts(row, widths))
        sheet.append([_cell(sheet, value, styles["text"], styles["date"]) for value in row])
        cleaned += sum(_is_cleaned(value) for value in row)
    sheet.merged_cells.add(f"A{count + 1}:{last}{count + 1}")
    said = f"其中{cleaned}格的文字含有表格无法保存的字符或者超长，已作清理。" if cleaned else ""
    sheet.append([_cell(sheet, f"{one.note}{said}", styles["note"])])


def _print_on_a4(sheet: Any) -> None:
    """Landscape, one page wide, title and header on each page, numbered."""
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _texts(row: Row, widths: Sequence[float]) -> list[tuple[str, float]]:
    pairs = zip(row, widths, strict=True)
    return [(value, width) for value, width in pairs if isinstance(value, str)]


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
        NamedStyle("official_text", font=Font("仿宋_GB2312", 10.5), alignment=body, border=border),
        NamedStyle(
            "official_date",
            font=Font("仿宋_GB2312", 10.5),
            alignment=middle,
            border=border,
            number_format='yyyy"年"m"月"d"日"',
        ),
        NamedStyle("official_note", font=Font("仿宋_GB2312", 10.5), alignment=body),
    )
    for style in styles:
        book.add_named_style(style)
    return {style.name.removeprefix("official_"): style.name for style in styles}
