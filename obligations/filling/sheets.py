"""Writes the workbook: the table to fill in, how to do it, and the sealed keys."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from accounts import file_properties
from accounts.cell_text import clean, keep_underscores
from obligations.filling import columns, guide, keys
from obligations.filling.columns import Column
from obligations.filling.facts import Line
from obligations.filling.looks import Looks, height
from obligations.workdays import FIRST_DAY, LAST_DAY

HEAD_ROW, FIRST_ROW = 3, 4
_A3, _A4 = 8, 9
_LEVEL = 5


def workbook(lines: Sequence[Line], *, department: int, name: str, made_at: dt.datetime) -> bytes:
    """The same lines and moment always give the same bytes."""
    book = Workbook(write_only=True)
    sheet, told, hidden = (
        book.create_sheet(title) for title in (columns.SHEET, columns.GUIDE, columns.KEY_SHEET)
    )
    looks = Looks(sheet)
    _table(sheet, lines, looks, name=name, made_at=made_at)
    _guide(told, looks)
    for row in keys.table(lines, department=department, made_at=made_at):
        hidden.append(row)
    hidden.sheet_state = "veryHidden"
    hidden.protection.sheet = True
    file_properties.say(book.properties, title=_title(name), body=name)
    book.properties.created = book.properties.modified = made_at.astimezone(dt.UTC).replace(
        tzinfo=None
    )
    return _packed(book, made_at)


def _title(name: str) -> str:
    return f"{name}责任清单填报表"


def _table(
    sheet: Any, lines: Sequence[Line], looks: Looks, *, name: str, made_at: dt.datetime
) -> None:
    last = FIRST_ROW + max(len(lines), 1) - 1
    _set_up(sheet, last)
    if not any(line.asked for line in lines):
        _hide(sheet, columns.ROUND)
    sheet.row_dimensions[1].height = 42
    sheet.append([_text(sheet, _title(name), looks.title())])
    meta = (
        f"填报单位：{name}　　下载时间：{made_at:%Y-%m-%d %H:%M}　　共 {len(lines)} 项。"
        "只填浅黄色单元格，不改动的不用管；填好后在系统“填报表”页上传，核对无误再提交。"
        "工作表已锁定以防误改，未设密码。"
    )
    sheet.row_dimensions[2].height = 24
    sheet.append([_text(sheet, meta, looks.line())])
    known, filled = looks.head(is_open=False), looks.head(is_open=True)
    sheet.row_dimensions[HEAD_ROW].height = 30
    sheet.append(
        [_text(sheet, one.label, filled if one.is_filled_in else known) for one in columns.ALL]
    )
    for number, line in enumerate(lines, FIRST_ROW):
        cells = list(_cells(line))
        texts = [(value if isinstance(value, str) else "", one.width) for one, value, _ in cells]
        sheet.row_dimensions[number].height = height(texts)
        sheet.append(
            [_text(sheet, value, looks.body(one.form, state)) for one, value, state in cells]
        )


def _cells(line: Line) -> Iterable[tuple[Column, str | dt.date, str]]:
    """Each cell's column, value and state."""
    for column in columns.KNOWN:
        yield column, line.known[column.label], line.light if column.label == "灯" else "known"
    for column in columns.FILLED:
        state = "open" if _is_open(line, column) else "known"
        value: str | dt.date = line.filled.get(column.field, "")
        if column.field == "planned_on" and value:
            value = dt.date.fromisoformat(str(value))
        yield column, value, state


def _is_open(line: Line, column: Column) -> bool:
    if column.field in columns.ROUND_FIELDS:
        return line.asked is not None
    return line.may_plan if column.field in columns.PLAN_FIELDS else line.may_claim


def _set_up(sheet: Any, last: int) -> None:
    """What stands before the rows in the file: widths, panes, print, protection, drop-downs."""
    end = get_column_letter(len(columns.ALL))
    for place, column in enumerate(columns.ALL, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    title = next(place for place, one in enumerate(columns.ALL, 1) if one.label == columns.TITLE)
    sheet.freeze_panes = f"{get_column_letter(title + 1)}{FIRST_ROW}"
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{end}{last}"
    # Over what is known and planned: in the middle of the first printed page, and on the screen.
    half = get_column_letter(len(columns.KNOWN) + len(columns.PLAN))
    sheet.merged_cells.add(f"A1:{half}1")
    sheet.merged_cells.add(f"A2:{half}2")
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    # What is known and planned, then what is said and shown; the item stands on both pages.
    sheet.print_title_cols = f"A:{get_column_letter(title)}"
    _print_on(sheet, _A3, "landscape", pages_wide=2)
    protection = sheet.protection
    protection.sheet = True
    # In this part of the format "False" is "not forbidden".
    protection.autoFilter = protection.sort = False
    protection.formatColumns = protection.formatRows = False
    for place, column in enumerate(columns.ALL, 1):
        letter = get_column_letter(place)
        if column.is_filled_in:
            sheet.data_validations.append(
                _validation(column, f"{letter}{FIRST_ROW}:{letter}{last}")
            )


def _hide(sheet: Any, hidden: Sequence[Column]) -> None:
    """No round asks anything: its columns take no room."""
    for place, column in enumerate(columns.ALL, 1):
        if column in hidden:
            sheet.column_dimensions[get_column_letter(place)].hidden = True


def _print_on(sheet: Any, paper: int, orientation: str, *, pages_wide: int = 1) -> None:
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _validation(column: Column, cells: str) -> DataValidation:
    """Drop-down, day or length; days in words are understood, so they are only warned of."""
    if column.form == "date":
        found = DataValidation(
            type="date",
            operator="between",
            formula1=str(_serial(FIRST_DAY)),
            formula2=str(_serial(LAST_DAY)),
            errorStyle="warning",
            error="请填日期，如 2026-09-30。",
        )
    elif column.field in ("done", "said"):
        offered = (columns.UNDERWAY, columns.CLAIM)
        words = ",".join(offered if column.field == "done" else columns.SAID_WORDS.values())
        found = DataValidation(type="list", formula1=f'"{words}"', error="请从下拉列表中选择。")
    elif not column.longest:
        found = DataValidation()
    else:
        found = DataValidation(
            type="textLength",
            operator="lessThanOrEqual",
            formula1=str(column.longest),
            error=f"最多 {column.longest} 字。",
        )
    found.allow_blank = True
    found.showErrorMessage = found.showInputMessage = True
    found.errorTitle = found.promptTitle = column.label
    found.prompt = column.hint
    found.add(cells)
    return found


def _serial(day: dt.date) -> int:
    return (day - dt.date(1899, 12, 30)).days


def _guide(sheet: Any, looks: Looks) -> None:
    widths = (22.0, 96.0)
    for letter, width in zip("AB", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    _print_on(sheet, _A4, "landscape")
    sheet.page_setup.fitToHeight = 1
    sheet.protection.sheet = True
    sheet.merged_cells.add("A1:B1")
    sheet.row_dimensions[1].height = 42
    sheet.append([_text(sheet, columns.GUIDE, looks.title())])
    plain, strong = looks.line(), looks.line(strong=True)
    for number, (label, text) in enumerate(guide.lines(), 2):
        sheet.row_dimensions[number].height = height([(text, widths[1] * 0.86)]) + 4
        sheet.append([_text(sheet, label, strong), _text(sheet, text, plain)])


def _text(sheet: Any, value: str | dt.date, style: Any) -> Any:
    """A cell; text never becomes a formula."""
    cell: Any = WriteOnlyCell(sheet)
    if isinstance(value, str):
        if value:
            cell.value = keep_underscores(clean(value).text)
            cell.data_type = "s"
    else:
        cell.value = dt.datetime.combine(value, dt.time())
    cell._style = style
    return cell


def _packed(book: Workbook, made_at: dt.datetime) -> bytes:
    """The package with the moment of making as the time of every part."""
    loose, packed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(loose, "w")).save()
    with zipfile.ZipFile(loose) as parts, zipfile.ZipFile(packed, "w") as archive:
        for name in parts.namelist():
            info = zipfile.ZipInfo(name, date_time=made_at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, parts.read(name), compresslevel=_LEVEL)
    return packed.getvalue()
