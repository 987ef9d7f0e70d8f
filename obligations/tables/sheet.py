"""Reads one worksheet's XML as a stream: cells, merged ranges, what is hidden."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from lxml import etree
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from obligations.tables import limits, packages
from obligations.tables.archives import Archive
from obligations.tables.findings import Refused, refusal
from obligations.tables.grids import Cell, Grid, Merged, column_letters, digits
from obligations.tables.printing import printed_texts

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
TRUE = ("1", "true")
_CORRUPT = Cell("corrupt", "")
_LETTERS = [column_letters(number) for number in range(1, limits.COLUMNS + 1)]


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sheets of a workbook share."""

    # Each as the cell that it makes; None for one of blanks.
    texts: list[Cell | None] = field(default_factory=list)
    date_styles: frozenset[int] = frozenset()
    date1904: bool = False


def read(archive: Archive, path: str, *, name: str, shared: Shared) -> Grid:
    """The sheet's grid. Where it holds too much, reading stops and `overflow` says so."""
    grid = Grid(name=name, date1904=shared.date1904)
    with archive.open(path) as member:
        try:
            for element in elements(member, "row", "mergeCell", "col", "headerFooter"):
                _take(element, grid, shared)
                forget(element)
        except etree.XMLSyntaxError as error:
            raise refusal("corrupt", "part", part=path) from error
        except Refused as overflow:
            grid.overflow = overflow
    return grid


def elements(member: IO[bytes], *names: str) -> Iterator[etree._Element]:
    """The closed elements of these names, whatever their namespace; refuses a doctype."""
    tags = [f"{{*}}{name}" for name in names]
    for _event, element in etree.iterparse(member, events=("end",), tag=tags, **packages.SAFE):
        yield element


def forget(element: etree._Element) -> None:
    """Frees an element and what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def rich_text(element: etree._Element) -> str:
    """All runs of text, without the phonetic guide."""
    if len(element) == 1 and str(element[0].tag).endswith("}t"):
        return _unescaped(element[0].text or "")
    return _unescaped(
        "".join(
            run.text or ""
            for run in element.iter("{*}t")
            if not str(getattr(run.getparent(), "tag", "")).endswith("}rPh")
        )
    )


def _unescaped(text: str) -> str:
    """_x000D_ and the like stand for a character that XML cannot hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_sign, text)


def _sign(found: re.Match[str]) -> str:
    """Half a pair of surrogates is no character: its stand-in is left as it is written."""
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _take(element: etree._Element, grid: Grid, shared: Shared) -> None:
    tag = str(element.tag).rpartition("}")[2]
    if tag == "row":
        _take_row(element, grid, shared)
    elif tag == "mergeCell":
        _take_merged(element, grid)
    elif tag == "headerFooter":
        for child in element:
            grid.around += printed_texts(child.text or "")
    elif element.get("hidden") in TRUE:
        first, last = whole_number(element.get("min")), whole_number(element.get("max"))
        grid.hidden_columns.update(range(first, min(last, first + limits.COLUMNS) + 1))


def whole_number(text: str | None) -> int:
    """0 where the attribute is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _take_row(element: etree._Element, grid: Grid, shared: Shared) -> None:
    number = whole_number(element.get("r")) or next(reversed(grid.rows), 0) + 1
    cells: dict[int, Cell] = {}
    column = 0
    for child in element.iterchildren("{*}c"):
        column = _place(child.get("r"), number, after=column)
        cell = _cell(child, shared)
        if cell is not None:
            cells[column] = cell
    if not cells:
        return
    grid.rows.setdefault(number, {}).update(cells)
    if element.get("hidden") in TRUE:
        grid.hidden_rows.add(number)
    if len(cells) > limits.COLUMNS:
        raise refusal("too_many_columns", count=len(cells), limit=limits.COLUMNS)
    if len(grid.rows) > limits.ROWS + limits.ROWS_AROUND:
        raise refusal("too_many_rows", limit=limits.ROWS)


def _place(reference: str | None, row: int, *, after: int) -> int:
    """The column of a cell, mostly the one after the cell before it."""
    expected = _LETTERS[after] if after < len(_LETTERS) else ""
    if reference == f"{expected}{row}":
        return after + 1
    return _column(reference) or after + 1


def _column(reference: str | None) -> int:
    found = _REFERENCE.fullmatch(reference or "")
    if not found:
        return 0
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number


def _take_merged(element: etree._Element, grid: Grid) -> None:
    first, _colon, last = str(element.get("ref", "")).partition(":")
    start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
    if start and end:
        grid.merged.append(Merged(int(start[2]), _column(first), int(end[2]), _column(last)))
    if len(grid.merged) > limits.MERGED_RANGES:
        raise refusal("corrupt", "merged")


def _cell(element: etree._Element, shared: Shared) -> Cell | None:
    """None for an empty cell."""
    kind = element.get("t", "n")
    value, formula = None, False
    for part in element:
        tag = part.tag
        if tag.endswith("}v"):
            value = part.text or ""
        elif tag.endswith("}f"):
            formula = True
        elif tag.endswith("}is") and kind == "inlineStr":
            return text_cell(rich_text(part), formula=formula)
    if kind == "inlineStr":
        return None
    if formula and not value:
        # An empty text is a result, too; a number without digits is none.
        return None if kind == "str" and value is not None else Cell("no_value", "", True)
    if not value:
        return None
    cell = _value(kind, value.strip() if kind != "str" else value, element.get("s"), shared)
    return cell._replace(formula=formula) if cell and formula else cell


def text_cell(text: str, *, formula: bool = False) -> Cell | None:
    """None where there is nothing but blanks."""
    return Cell("text", text, formula) if text.strip() else None


def _value(kind: str, value: str, style: str | None, shared: Shared) -> Cell | None:
    if kind == "s":
        known = value.isdecimal() and len(value) < 10 and int(value) < len(shared.texts)
        return shared.texts[int(value)] if known else _CORRUPT
    if kind == "str":
        return text_cell(_unescaped(value))
    if kind == "e":
        return Cell("error", value)
    if kind == "b":
        return Cell("text", {"1": "TRUE", "true": "TRUE"}.get(value, "FALSE"))
    if kind == "d":
        return _iso_date(value)
    return _numeric(value, style, shared) if kind == "n" else _CORRUPT


def _iso_date(value: str) -> Cell:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return _CORRUPT
    return Cell("date", moment.replace(tzinfo=None).isoformat())


def _numeric(value: str, style: str | None, shared: Shared) -> Cell:
    try:
        number = float(value)
    except ValueError:
        return _CORRUPT
    if not math.isfinite(number):
        return _CORRUPT
    if number >= 0 and whole_number(style) in shared.date_styles and style is not None:
        moment = _from_serial(number, shared)
        if moment is not None:
            return Cell("date", moment.isoformat())
    whole = value.lstrip("-").isdecimal() and len(value) <= 16
    return Cell("number", value if whole else digits(number))


def _from_serial(number: float, shared: Shared) -> dt.datetime | None:
    epoch = CALENDAR_MAC_1904 if shared.date1904 else CALENDAR_WINDOWS_1900
    try:
        moment = from_excel(number, epoch)
    except (OverflowError, ValueError):
        return None
    if isinstance(moment, dt.datetime):
        return moment
    return dt.datetime.combine(moment, dt.time()) if isinstance(moment, dt.date) else None
