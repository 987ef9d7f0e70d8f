"""Writing a formatted ledger; peer: openpyxl in its fastest way, with shared styles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter

from bench import ledger
from bench.ledger import FORMS, HEADINGS, LIGHT_PLACE, LIGHTS, Line
from reports.cells import Value
from reports.looks import LIGHT_FILLS, Form

PEER = "openpyxl"
AT_MOST = 0.125
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def run() -> str:
    """Both write to the disk, in turn."""
    return ledger.compare(
        "workbook-openpyxl", PEER, at_most=AT_MOST, act=lambda path, _ours, held: _write(path, held)
    )


def _write(path: Path, held: Iterable[Line]) -> None:
    """A style is looked up once for each form and light; a cell takes its number alone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("明细台账")
    plain = [_shared(book, sheet, form) for form in FORMS]
    lights = {light: _shared(book, sheet, FORMS[LIGHT_PLACE], light) for light in LIGHTS}
    _frame(sheet)
    for values, light in held:
        looks = [*plain[:LIGHT_PLACE], lights[light], *plain[LIGHT_PLACE + 1 :]]
        sheet.append(_cells(sheet, values, looks))
    book.save(path)


def _cells(sheet: Any, values: Sequence[Value], looks: Sequence[Any]) -> list[Any]:
    cells = []
    for value, look in zip(values, looks, strict=True):
        cell: Any = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # the stubs know less
        cell._style = look
        if isinstance(value, str):
            cell.data_type = "s"
        cells.append(cell)
    return cells


def _shared(book: Workbook, sheet: Any, form: Form, light: str = "") -> Any:
    number_format, horizontal = form.value
    style = NamedStyle(
        f"bench {form.name} {light}",
        font=Font(name="仿宋_GB2312", size=10.5),
        border=_BOX,
        alignment=Alignment(horizontal=horizontal, vertical="center", wrap_text=True),
        number_format=number_format,
    )
    if light:
        style.fill = PatternFill("solid", fgColor=LIGHT_FILLS[light])
    if style.name not in book.named_styles:
        book.add_named_style(style)
    probe: Any = WriteOnlyCell(sheet, None)
    probe.style = style.name
    return probe._style


def _frame(sheet: Any) -> None:
    for place, column in enumerate(HEADINGS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = "A5"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.append(["【示例】明细台账"])
    sheet.append(["填报单位：示例省"])
    sheet.append([column.group for column in HEADINGS])
    sheet.append([column.label for column in HEADINGS])
