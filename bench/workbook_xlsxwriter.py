"""Writing a formatted ledger; peer: XlsxWriter with the same cells and formats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from bench import ledger
from bench.ledger import COLUMNS, FORMS, HEADINGS, LIGHT_PLACE, Line
from reports.looks import LIGHT_FILLS, Form

PEER = "xlsxwriter"
AT_MOST = 0.25


def run(name: str = "workbook-xlsxwriter") -> str:
    """Both write to the disk, in turn."""
    return ledger.compare(
        name, PEER, at_most=AT_MOST, act=lambda path, _ours, held: _write(path, held)
    )


def _write(path: Path, held: Iterable[Line]) -> None:
    """XlsxWriter with the same cells and formats, in the faster of its two ways."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("明细台账")
        _peer_frame(book, sheet)
        plain = [book.add_format(_peer_look(form)) for form in FORMS]
        coloured = {
            light: book.add_format({**_peer_look(FORMS[LIGHT_PLACE]), "bg_color": f"#{colour[2:]}"})
            for light, colour in LIGHT_FILLS.items()
        }
        for row, (values, light) in enumerate(held, 4):
            for place, value in enumerate(values):
                look = coloured[light] if place == LIGHT_PLACE else plain[place]
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
    for place, column in enumerate(HEADINGS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(3, place, column.label, head)
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, 3)
    sheet.set_footer("&C第 &P 页 共 &N 页")
