"""Walks the records of an Excel 97–2003 workbook for what its values alone do not tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from obligations.tables import limits
from obligations.tables.findings import refusal
from obligations.tables.printing import printed_texts

_BOF, _OLD_BOFS, _EOF = 0x0809, frozenset({0x0009, 0x0209, 0x0409}), 0x000A
_FILEPASS, _DATEMODE, _BOUNDSHEET, _SUPBOOK = 0x002F, 0x0022, 0x0085, 0x01AE
_QUERIES = frozenset({0x01AD, 0x0876})  # tables filled from a data source
_DIMENSIONS, _ROW, _COLINFO, _FORMULA, _STRING = 0x0200, 0x0208, 0x007D, 0x0006, 0x0207
_HEADER, _FOOTER = 0x0014, 0x0015
_NUMBER, _RK, _MULRK, _BOOLERR = 0x0203, 0x027E, 0x00BD, 0x0205
_BETWEEN = frozenset({0x04BC, 0x0221, 0x0236, 0x003C})  # between a formula and its text
_BIFF8 = 0x0600
_OWN_BOOK, _ADD_INS = 0x0401, 0x3A01
_WORKSHEET, _MACRO_SHEET, _VBA_MODULE = 0, 1, 6
_HIDDEN_ROW, _CALCULATE_ON_LOAD = 0x20, 0x2
_LARGEST = 1e300
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_TWO = struct.Struct("<2H")
_CELL = struct.Struct("<3H")
_DOUBLE = struct.Struct("<d")
_LONG = struct.Struct("<l")
_AREA = struct.Struct("<2L2H")

Place = tuple[int, int]  # row and column, from 0, as in the records


class SheetRecord(NamedTuple):
    """A sheet as the workbook lists it."""

    offset: int
    kind: int
    visible: bool


@dataclass(slots=True)
class Sheet:
    """What the records of a sheet say beside its values."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: set[Place] = field(default_factory=set)
    without_value: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    # Numbers below zero: shown as dates they are errors, and must not turn into a day.
    negative: dict[Place, float] = field(default_factory=dict)
    around: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Workbook:
    """The globals of a workbook."""

    date1904: bool = False
    sheets: list[SheetRecord] = field(default_factory=list)


def read_globals(stream: bytes) -> Workbook:
    """Raises Refused for ciphers, macro sheets, links to other files and versions too old."""
    records = _records(stream, 0)
    kind, data = next(records, (0, b""))
    if kind in _OLD_BOFS:
        raise refusal("unsupported_type", "workbook", suffix=".xls", content=".xls 2–4")
    if kind != _BOF or len(data) < 4:
        raise refusal("corrupt", "part", part="Workbook")
    if _TWO.unpack_from(data)[0] < _BIFF8:  # calamine garbles texts in Chinese code pages
        raise refusal("unsupported_type", "workbook", suffix=".xls", content=".xls 5.0/95")
    book = Workbook()
    for kind, data in records:
        if kind == _EOF:
            break
        if kind == _FILEPASS:
            raise refusal("encrypted")
        if kind == _DATEMODE:
            book.date1904 = data[:1] == b"\x01"
        elif kind == _SUPBOOK:
            _refuse_other_books(data)
        elif kind in _QUERIES:
            raise refusal("external_links", part="Workbook")
        elif kind == _BOUNDSHEET and len(data) >= 6:
            book.sheets.append(_sheet(data))
    return book


def _sheet(data: bytes) -> SheetRecord:
    (offset,) = struct.unpack_from("<L", data)
    if data[5] in (_MACRO_SHEET, _VBA_MODULE):
        raise refusal("macro_enabled")
    return SheetRecord(offset, data[5], not data[4] & 3)


def _refuse_other_books(data: bytes) -> None:
    if len(data) >= 4 and _TWO.unpack_from(data)[1] not in (_OWN_BOOK, _ADD_INS):
        raise refusal("external_links", part="Workbook")


def read_sheet(stream: bytes, record: SheetRecord) -> Sheet:
    """The facts of one sheet; raises Refused for an area too large to be held."""
    sheet, depth, pending = Sheet(), 0, None
    for kind, data in _records(stream, record.offset):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        if depth > 1:  # a chart inside the sheet
            continue
        if pending is not None and kind not in _BETWEEN:
            if kind != _STRING:
                sheet.without_value.add(pending)
            pending = None
        if kind in _TAKES and _TAKES[kind](sheet, data):
            pending = _TWO.unpack_from(data)
        elif kind == _DIMENSIONS:
            _check_area(data)
        elif kind in _QUERIES:
            raise refusal("external_links", part="Workbook")
    return sheet


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    end = len(stream) - 4
    unpack = _TWO.unpack_from
    while offset <= end:
        kind, size = unpack(stream, offset)
        offset += 4
        yield kind, stream[offset : offset + size]
        offset += size


def _check_area(data: bytes) -> None:
    """Values are first laid out over the whole area, empty cells and all."""
    if len(data) < _AREA.size:
        return
    top, bottom, left, right = _AREA.unpack_from(data)
    if bottom > 65536 or right > 256 or (bottom - top) * (right - left) > limits.AREA_CELLS:
        raise refusal("too_large_uncompressed", "memory")


def _take_row(sheet: Sheet, data: bytes) -> bool:
    if len(data) >= 14 and data[12] & _HIDDEN_ROW:
        sheet.hidden_rows.add(_TWO.unpack_from(data)[0] + 1)
    return False


def _take_columns(sheet: Sheet, data: bytes) -> bool:
    if len(data) >= 10 and data[8] & 1:
        first, last = _TWO.unpack_from(data)
        sheet.hidden_columns.update(range(first + 1, min(last, 255) + 2))
    return False


def _take_formula(sheet: Sheet, data: bytes) -> bool:
    """Whether the result is a text, which stands in the next record."""
    if len(data) < 16:
        return False
    place = _TWO.unpack_from(data)
    sheet.formulas.add(place)
    if data[12:14] != b"\xff\xff":
        _take_negative(sheet, place, _DOUBLE.unpack_from(data, 6)[0])
    elif data[6] == 2:
        sheet.errors[place] = _ERRORS.get(data[8], "#N/A")
    elif data[6] == 3 and data[14] & _CALCULATE_ON_LOAD:
        sheet.without_value.add(place)
    return data[12:14] == b"\xff\xff" and data[6] == 0


def _take_number(sheet: Sheet, data: bytes) -> bool:
    if len(data) >= 14:
        _take_negative(sheet, _TWO.unpack_from(data), _DOUBLE.unpack_from(data, 6)[0])
    return False


def _take_short(sheet: Sheet, data: bytes) -> bool:
    if len(data) >= 10 and data[9] & 0x80:
        _take_negative(sheet, _TWO.unpack_from(data), _short(data, 6))
    return False


def _take_several(sheet: Sheet, data: bytes) -> bool:
    row, column = _TWO.unpack_from(data) if len(data) >= 4 else (0, 0)
    for place in range(6, len(data) - 5, 6):
        if data[place + 3] & 0x80:
            _take_negative(sheet, (row, column + place // 6 - 1), _short(data, place))
    return False


def _short(data: bytes, offset: int) -> float:
    """A number packed into four bytes: a whole one or half a double, perhaps times a hundred."""
    (packed,) = _LONG.unpack_from(data, offset)
    if packed & 2:
        number = float(packed >> 2)
    else:
        number = _DOUBLE.unpack(bytes(4) + _LONG.pack(packed & ~3))[0]
    return number / 100 if packed & 1 else number


def _take_negative(sheet: Sheet, place: Place, number: float) -> None:
    if -_LARGEST <= number < 0:
        sheet.negative[place] = number


def _take_error(sheet: Sheet, data: bytes) -> bool:
    if len(data) >= 8 and data[7]:
        row, column, _format = _CELL.unpack_from(data)
        sheet.errors[row, column] = _ERRORS.get(data[6], "#N/A")
    return False


def _take_printed(sheet: Sheet, data: bytes) -> bool:
    """What is printed on each page; in two bytes a sign, or in one."""
    wide = len(data) > 2 and data[2] & 1
    sheet.around += printed_texts(data[3:].decode("utf-16-le" if wide else "latin-1", "replace"))
    return False


_TAKES = {
    _HEADER: _take_printed,
    _FOOTER: _take_printed,
    _ROW: _take_row,
    _COLINFO: _take_columns,
    _FORMULA: _take_formula,
    _NUMBER: _take_number,
    _RK: _take_short,
    _MULRK: _take_several,
    _BOOLERR: _take_error,
}
