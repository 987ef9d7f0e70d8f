"""Writing a formatted workbook of 10,000 rows and 20 columns; peer: XlsxWriter."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

from bench import measure
from reports import layouts
from reports.books import Book
from reports.looks import LIGHT_FILLS, Column, Form
from reports.rows import Row, Value

ROWS, COLUMNS = 10_000, 20
SIZE = f"{ROWS}x{COLUMNS}"
PEER = "xlsxwriter"

_FORMS = [
    *[Form.NUMBER, Form.TEXT, Form.TEXT, Form.CODE, Form.TEXT, Form.WORD, Form.WORD, Form.DATE],
    *[Form.DATE, Form.DATE, Form.MOMENT, Form.NUMBER, Form.PERCENT, Form.PERCENT, Form.WORD],
    *[Form.TEXT, Form.CODE, Form.TEXT, Form.TEXT, Form.TEXT],
]
_LIGHT_PLACE = 14
_COLUMNS = [
    Column(f"第{place}列", 14, form, group=f"第{place // 5 + 1}组")
    for place, form in enumerate(_FORMS)
]
_LIGHTS = list(LIGHT_FILLS)


@lru_cache(maxsize=1)
def _rows() -> list[tuple[list[Value], str]]:
    """Rows such as a ledger has: few different words, many different codes, days and remarks."""
    start = dt.date(2025, 8, 1)
    return [(_row(number, start), _LIGHTS[number % 6]) for number in range(ROWS)]


def _row(number: int, start: dt.date) -> list[Value]:
    words: list[Value] = ["有条件共享", "服务接口", "政务服务 <一件事> & 企业开办", "", "备注说明"]
    items = f"信息项{number % 7}、信息项{number % 11}、信息项{number % 13}"
    values: list[Value] = [number, f"省第{number % 60}厅", f"【示例】数据资源名称{number}"]
    values += [f"{number:018d}", items, *words[:2]]
    values += [start + dt.timedelta(number % 400), start + dt.timedelta(number % 500), start]
    values += [dt.datetime.combine(start, dt.time(number % 24, 30)), number % 90]
    values += [number % 1000 / 1000, 0.5, _LIGHTS[number % 6], f"逾期 {number % 90} 个工作日"]
    values += [f"JK-{number:08d}", *words[2:]]
    return values


def run() -> str:
    """Both write to the disk, in turn."""
    _rows()
    with TemporaryDirectory() as folder:
        one, two = Path(folder) / "ours.xlsx", Path(folder) / "peer.xlsx"
        ratio = measure.in_turn(lambda: ours(one), lambda: peer(two))
    return measure.line("workbook", SIZE, ratio, peer=PEER)


def ours(path: Path) -> None:
    """Our writer."""
    book = Book(made_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    sheet = book.add_sheet("明细台账")
    layouts.frame(book, sheet, _COLUMNS, title="【示例】明细台账", meta="填报单位：示例省")
    rows = (Row(values, states={_LIGHT_PLACE: light}) for values, light in _rows())
    book.stream(sheet, _COLUMNS, rows, first_row=layouts.FIRST_ROW)
    book.save(path)


def peer(path: Path) -> None:
    """XlsxWriter with the same cells and formats, in the faster of its two ways."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("明细台账")
        _peer_frame(book, sheet)
        plain = [book.add_format(_peer_look(form)) for form in _FORMS]
        coloured = {
            light: book.add_format(
                {**_peer_look(_FORMS[_LIGHT_PLACE]), "bg_color": f"#{colour[2:]}"}
            )
            for light, colour in LIGHT_FILLS.items()
        }
        for row, (values, light) in enumerate(_rows(), 4):
            for place, value in enumerate(values):
                look = coloured[light] if place == _LIGHT_PLACE else plain[place]
                if isinstance(value, str):
                    sheet.write_string(row, place, value, look)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(row, place, value, look)
                else:
                    sheet.write_number(row, place, value, look)


def _peer_look(form: Form) -> dict[str, object]:
    number_format, horizontal = form.value
    return {
        "font_name": "仿宋_GB2312",
        "font_size": 10.5,
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": horizontal,
        "num_format": number_format,
    }


def _peer_frame(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    head = book.add_format({"font_name": "黑体", "border": 1, "align": "center", "bold": False})
    title = book.add_format({"font_name": "方正小标宋简体", "font_size": 22, "align": "center"})
    sheet.merge_range(0, 0, 0, COLUMNS - 1, "【示例】明细台账", title)
    sheet.merge_range(1, 0, 1, COLUMNS - 1, "填报单位：示例省")
    for first in range(0, COLUMNS, 5):
        sheet.merge_range(2, first, 2, first + 4, f"第{first // 5 + 1}组", head)
    for place, column in enumerate(_COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(3, place, column.label, head)
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, 3)
    sheet.set_footer("&C第 &P 页 共 &N 页")
