"""Writes the sample lists: python -m samples.make [FOLDER]. The same bytes at every run."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from samples.rows import DOCKING_HEADERS, HERE, SHARING_HEADERS, Row, docking_rows, sharing_rows

SHARING_TITLE = "【示例】示例省政务数据共享责任清单（演示数据，不是任何正式清单的内容）"
DOCKING_TITLE = "【示例】示例省垂直管理业务系统对接责任清单（演示数据，不是任何正式清单的内容）"
NOTES = (
    "注：1.【示例】本表由脚本生成，部门、资源和系统名称取自常用名称，时限、代码和分工均为虚构。",
    "2.空白的牵头部门表示由主管部门在本省的对应部门牵头；完成时限写“持续推进”等的为长期任务。",
)
_SIDE = Side(style="thin")
_BORDER = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_NARROW, _WIDE = 12, 30
_WIDE_COLUMNS = ("数据资源名称", "信息项", "系统名称", "共享条件", "应用场景", "配合部门")


def make(folder: Path) -> None:
    """Write both lists into the folder."""
    sharing, sheet = _workbook(SHARING_TITLE, width=len(SHARING_HEADERS))
    _header(sheet, [SHARING_HEADERS])
    _finish(sharing, sheet, rows=sharing_rows(), path=folder / "sharing-list.xlsx")

    docking, sheet = _workbook(DOCKING_TITLE, width=len(DOCKING_HEADERS))
    _header(sheet, list(zip(*DOCKING_HEADERS, strict=True)))
    _merge_groups(sheet)
    _finish(docking, sheet, rows=docking_rows(), path=folder / "docking-list.xlsx")


def _workbook(title: str, *, width: int) -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "示例清单"
    sheet.append([title])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    sheet["A1"].font, sheet["A1"].alignment = Font(name="方正小标宋简体", size=18), _MIDDLE
    sheet.row_dimensions[1].height = 36
    return workbook, sheet


def _header(sheet: Worksheet, rows: Iterable[Iterable[str]]) -> None:
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            cell.font, cell.alignment, cell.border = Font(name="黑体", size=11), _MIDDLE, _BORDER
            if cell.value:
                wide = str(cell.value).startswith(_WIDE_COLUMNS)
                width = _WIDE if wide else _NARROW
                sheet.column_dimensions[get_column_letter(cell.column)].width = width
    sheet.freeze_panes = f"A{sheet.max_row + 1}"


def _merge_groups(sheet: Worksheet) -> None:
    """Group names over their columns; a column without a group over both header rows."""
    numbered = enumerate(DOCKING_HEADERS, 1)
    for group, members in groupby(numbered, key=lambda pair: pair[1][0]):
        columns = [column for column, _header in members]
        last_row = 2 if len(columns) > 1 else 3
        sheet.merge_cells(
            start_row=2, end_row=last_row, start_column=columns[0], end_column=columns[-1]
        )
        sheet.cell(2, columns[0]).value = group


def _finish(workbook: Workbook, sheet: Worksheet, *, rows: Iterable[Row], path: Path) -> None:
    font = Font(name="仿宋_GB2312", size=11)
    for row in rows:
        sheet.append([value if value != "" else None for value in row])
        for cell in sheet[sheet.max_row]:
            cell.font, cell.alignment, cell.border = font, _LEFT, _BORDER
            if isinstance(cell.value, date):
                cell.number_format = 'yyyy"年"m"月"d"日"'
    for note in NOTES:
        sheet.append([note])
        last = sheet.max_row
        sheet.merge_cells(start_row=last, end_row=last, start_column=1, end_column=len(row))
    path.write_bytes(_without_clock(workbook))


def _without_clock(workbook: Workbook) -> bytes:
    """The package with fixed times, so that making it again changes nothing."""
    made, fixed = io.BytesIO(), io.BytesIO()
    workbook.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-11-23T00:00:00Z", content)
            member = zipfile.ZipInfo(name, date_time=(2026, 11, 23, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, content)
    return fixed.getvalue()


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
