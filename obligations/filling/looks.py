"""How the workbook looks: the office form's fonts, what may be filled in is light yellow."""

from __future__ import annotations

from math import ceil
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray

from accounts import text_widths

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋_GB2312"
_THIN = Side(style="thin", color="FF808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FORMATS = {"date": 'yyyy"年"m"月"d"日"', "code": "@", "text": "@", "word": "@"}
_FILLS = {
    "open": "FFFFF8DC",
    "open head": "FFFFE699",
    "known": "FFF5F5F5",
    "known head": "FFE3E7EC",
    "red": "FFF8D7D5",
    "purple": "FFE7DDF3",
    "yellow": "FFFFF2CC",
    "blue": "FFDCE9F7",
    "green": "FFDDF0DF",
    "grey": "FFECECEC",
}
# A line of 10.5 pt text, and what a row needs beside its lines; Excel ends at 409.
_LINE, _PADDING, _HIGHEST = 15.0, 6.0, 409.0


class Looks:
    """The styles of one workbook, each made once: a style per cell costs ten times as much."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._made: dict[tuple[str, str], StyleArray] = {}

    def body(self, form: str, state: str) -> StyleArray:
        """A cell of the table; `state`: open, known, or the code of a light."""
        if (form, state) not in self._made:
            middle = form in ("word", "date", "code")
            self._made[form, state] = self._style(
                font=Font(name=BODY_FONT, size=10.5),
                alignment=Alignment(
                    horizontal="center" if middle else "left", vertical="center", wrap_text=True
                ),
                border=_BOX,
                fill=PatternFill("solid", fgColor=_FILLS[state]),
                number_format=_FORMATS[form],
                protection=Protection(locked=state != "open"),
            )
        return self._made[form, state]

    def head(self, *, is_open: bool) -> StyleArray:
        """A label above the table."""
        return self._style(
            font=Font(name=HEAD_FONT, size=11),
            alignment=Alignment(horizontal="center", vertical="center", wrap_text=True),
            border=_BOX,
            fill=PatternFill("solid", fgColor=_FILLS["open head" if is_open else "known head"]),
        )

    def title(self) -> StyleArray:
        return self._style(
            font=Font(name=TITLE_FONT, size=22),
            alignment=Alignment(horizontal="center", vertical="center"),
        )

    def line(self, *, strong: bool = False) -> StyleArray:
        """Running text."""
        return self._style(
            font=Font(name=HEAD_FONT if strong else BODY_FONT, size=12),
            alignment=Alignment(vertical="center", wrap_text=True),
        )

    def _style(self, **parts: object) -> StyleArray:
        probe: Any = WriteOnlyCell(self._sheet)
        for name, part in parts.items():
            setattr(probe, name, part)
        style: StyleArray = probe._style
        return style


def height(texts: list[tuple[str, float]]) -> float:
    """Points for a row of (text, width of its column): readers other than Excel fit no rows."""
    lines = max((_line_count(text, width) for text, width in texts), default=1)
    return min(lines * _LINE + _PADDING, _HIGHEST)


def _line_count(text: str, width: float) -> int:
    encoded = text.encode("utf-8", "replace")
    return max(1, ceil(text_widths.lines_of(text, encoded, room=text_widths.usable(width))))
