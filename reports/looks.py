"""How cells look: the office form's fonts, borders, number formats and light colours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋_GB2312"
_MEASURE_FONT = "Times New Roman"
_THIN = Side(style="thin", color="FF000000")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


class Form(Enum):
    """What a column holds, and so its number format and alignment."""

    TEXT = ("General", "left")
    WORD = ("General", "center")
    # The word of a light, coloured by what the cell says.
    LIGHT = ("@", "center")
    # Codes stay text: Excel would drop leading zeros and turn long ones into 1.2E+17.
    CODE = ("@", "left")
    NUMBER = ("#,##0", "center")
    PERCENT = ("0.0%", "center")
    SCORE = ("0.0", "center")
    POINTS = ("0.00", "center")
    DATE = ('yyyy"年"m"月"d"日"', "center")
    MOMENT = ('yyyy"年"m"月"d"日" hh:mm', "center")


# Pale enough to print, each beside its word.
LIGHT_FILLS = {
    "red": "FFF8D7D5",
    "purple": "FFE7DDF3",
    "yellow": "FFFFF2CC",
    "blue": "FFDCE9F7",
    "green": "FFDDF0DF",
    "grey": "FFECECEC",
}
# Points of the frame's styles.
SIZES = {
    "qd title": 22.0,
    "qd meta": 12.0,
    "qd head": 11.0,
    "qd sign": 12.0,
    "qd note": 10.5,
    "qd running sign": 12.0,
    "qd running note": 10.5,
    "qd running text": 12.0,
    "qd section": 14.0,
}
TOTAL = "total"
PLAIN = ""


@dataclass(frozen=True)
class Column:
    """One column of a table; columns of one group stand under one merged heading."""

    label: str
    width: float
    form: Form = Form.TEXT
    group: str = ""
    # Its name in ASCII, for JSON and for programs that read the columns.
    key: str = ""


class Looks:
    """The styles of one workbook, each made once: a style per cell costs ten times as much."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._ids: dict[str, int] = {}
        # Widths of columns are counted in its digits. Every office has it, or one as wide; two of
        # its digits are one Chinese character of the body.
        styles = workbook._named_styles  # type: ignore[attr-defined]  # the stubs know the names only
        styles["Normal"].font = Font(name=_MEASURE_FONT, size=10.5)
        for style in _frame_styles():
            workbook.add_named_style(style)

    def body(self, form: Form, state: str = PLAIN) -> str:
        """The name of the style of a body cell in a state: plain, total or a light's code."""
        name = f"qd {form.name.lower()} {state}".strip()
        if name not in self._workbook.named_styles:
            self._workbook.add_named_style(_body_style(name, form, state))
        return name

    def number(self, name: str) -> int:
        """The number under which the workbook's style sheet knows a style."""
        if name not in self._ids:
            probe = Cell(self._workbook.worksheets[0], row=1, column=1)
            probe.style = name
            self._ids[name] = probe.style_id
        return self._ids[name]


def _body_style(name: str, form: Form, state: str) -> NamedStyle:
    number_format, horizontal = form.value
    total = state == TOTAL
    style = NamedStyle(
        name,
        font=Font(name=HEAD_FONT if total else BODY_FONT, size=10.5),
        alignment=Alignment(horizontal=horizontal, vertical="center", wrap_text=True),
        border=_BOX,
        number_format=number_format,
    )
    if state in LIGHT_FILLS:
        style.fill = PatternFill("solid", fgColor=LIGHT_FILLS[state])
    return style


def _frame_styles() -> list[NamedStyle]:
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    left = Alignment(horizontal="left", vertical="center", wrap_text=True)
    # Not wrapped: it runs on over empty cells, where nothing may be merged.
    running = Alignment(horizontal="left", vertical="center")
    shade = PatternFill("solid", fgColor="FFF2F2F2")

    def styled(name: str, font: str, alignment: Alignment, **further: Any) -> NamedStyle:
        return NamedStyle(name, Font(name=font, size=SIZES[name]), alignment=alignment, **further)

    return [
        styled("qd title", TITLE_FONT, middle),
        styled("qd meta", BODY_FONT, left),
        styled("qd head", HEAD_FONT, middle, border=_BOX, fill=shade),
        *(
            NamedStyle(
                name,
                font=Font(name=HEAD_FONT, size=18),
                alignment=middle,
                border=_BOX,
                number_format=form.value[0],
            )
            for name, form in (("qd figure", Form.NUMBER), ("qd figure percent", Form.PERCENT))
        ),
        styled("qd note", BODY_FONT, left),
        styled("qd sign", BODY_FONT, left),
        styled("qd running note", BODY_FONT, running),
        styled("qd running sign", BODY_FONT, running),
        styled("qd running text", BODY_FONT, running),
        styled("qd section", HEAD_FONT, left),
    ]
