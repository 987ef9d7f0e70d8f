"""What a workbook says, without how it looks: cells by sheet, row and column, as JSON. Pure.

A row is `[number, first cell, second cell, …]` up to its last cell that holds something: a text,
a number (days and moments as Excel's serial numbers), null, {"f": formula} or {"e": error}. Every
program that saves the workbook anew keeps that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from decimal import Decimal

import orjson

Cell = str | int | float | dict[str, str] | None

# Changes only together with what is hashed: files keep it beside their fingerprints.
FORMAT = "qingdan-1"
# The row of the second line, which ends with the watermark.
MARKED_ROW = 2
# What may stand before the watermark: who may read it, and that it is not what was published.
INTERNAL, DRAFT, REVIEWED, WITHDRAWN = BEFORE_MARK = "内部资料", "草稿", "尚未发布", "已撤回"
_MARK = re.compile(rf"\n(?:(?:{'|'.join(BEFORE_MARK)})　)*水印：[^\n]*\Z")
_EPOCH_ORDINAL = dt.date(1899, 12, 30).toordinal()
# Beyond these many digits programs differ in how they write a number.
_DIGITS = ".15g"
_DAY_SECONDS = 86_400
# So far a moment's number lies from its second at most, whatever digits a program has dropped.
_NEAR_SECONDS = 1e-5
_LAST_EXACT = 2**53
_SHORT = 10**15


class SheetPrint:
    """The fingerprint of one sheet, fed row by row; memory does not grow."""

    def __init__(self, name: str) -> None:
        self._digest = hashlib.sha256(orjson.dumps([FORMAT, name]))

    def add(self, number: int, cells: Iterable[Cell]) -> None:
        """Take in one row; rows come in their order, empty ones do not count."""
        self.add_rows(number, [cells])

    def add_rows(self, first: int, rows: Iterable[Iterable[Cell]]) -> None:
        """Take in rows one below the other."""
        taken = [b""]
        for number, cells in enumerate(rows, first):
            row = [number, *cells]
            while row[-1] is None:
                row.pop()
            if len(row) > 1:
                taken.append(orjson.dumps(row))
        self._digest.update(b"\n".join(taken))

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def whole(sheets: dict[str, str]) -> str:
    """The fingerprint of a workbook from those of its visible sheets, in whatever order."""
    return hashlib.sha256(orjson.dumps([FORMAT, *sorted(sheets.items())])).hexdigest()


def number_of(value: float | Decimal) -> int | float:
    """A number as every program writes it back."""
    if isinstance(value, int) and -_SHORT < value < _SHORT:
        return value
    rounded = float(format(_to_the_second(value), _DIGITS))
    whole_one = rounded.is_integer() and abs(rounded) < _LAST_EXACT
    return int(rounded) if whole_one else rounded


def _to_the_second(value: float | Decimal) -> float | Decimal:
    """What may be a moment, as `serial_of` makes it: the digits that programs keep of it (15, 16
    or 17) are not rounded to the same."""
    if not isinstance(value, float) or value < 1:
        return value
    day, part = divmod(value, 1)
    seconds = round(part * _DAY_SECONDS)
    is_near = abs(part * _DAY_SECONDS - seconds) < _NEAR_SECONDS
    return day + seconds / _DAY_SECONDS if is_near else value


def serial_of(value: dt.date) -> float:
    """A day, or a moment without zone, as Excel's serial number (1900 system)."""
    day = value.toordinal() - _EPOCH_ORDINAL
    if not isinstance(value, dt.datetime):
        return day
    return day + (value.hour * 3600 + value.minute * 60 + value.second) / _DAY_SECONDS


def without_mark(row: int, text: str) -> str:
    """A cell's text without the watermark, whether a download has filled it in or not."""
    return _MARK.sub("", text) if row == MARKED_ROW else text
