"""Reads the canonical content of any .xlsx, row by row; memory stays small. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO, TypeVar

from lxml import etree

from obligations.tables import archives, packages, sheet, workbook
from obligations.tables.archives import Archive
from obligations.tables.findings import refusal
from obligations.tables.grids import column_number
from reports import canonical
from reports.canonical import Cell, SheetPrint
from reports.verifying import objects, sights, styles
from reports.verifying.sights import Sight

# A report of 100,000 obligations takes a tenth of it.
UNPACKED_BYTES = 4 * 2**30

Row = tuple[int, list[Cell]]
_T = TypeVar("_T")
# A column's letters stand in each of its cells.
_column = lru_cache(sights.COLUMNS)(column_number)


@dataclass
class Sheet:
    """One worksheet; its digest, and what it lets people see, stand when its rows are read to
    their end."""

    name: str
    visible: bool
    rows: Iterator[Row]
    sight: Sight
    seen: SheetPrint = field(init=False)

    def __post_init__(self) -> None:
        self.seen = SheetPrint(self.name)


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """Every worksheet in order, each to be read before the next; raises Refused."""
    with archives.open_archive(file, unpacked_bytes=UNPACKED_BYTES) as archive:
        packages.refuse_document_types(archive)
        if packages.inspect(archive) != ".xlsx":
            raise refusal("unsupported_type", "workbook", suffix="", content="")
        main = packages.main_part(archive)
        root = packages.parse(archive, main)
        if workbook.is_1904(root):
            # Its days would be other ones than those that are shown.
            raise refusal("unsupported_type", "workbook", suffix="", content="1904")
        texts, looks = _shared_texts(archive, main), styles.of_workbook(archive, main)
        for part in workbook.sheet_parts(archive, root, main):
            sight = Sight(looks, objects.of_sheet(archive, part.path))
            found = Sheet(part.name, part.visible, iter(()), sight)
            found.rows = _rows(archive, part.path, texts, found)
            yield found


def _shared_texts(archive: Archive, main: str) -> list[str]:
    path = workbook.related(archive, main, "sharedStrings")
    return [*_elements(archive, path, sheet.rich_text, "si")] if path else []


def _elements(
    archive: Archive, path: str, take: Callable[[etree._Element], _T], *names: str
) -> Iterator[_T]:
    with archive.open(path) as member:
        try:
            for element in sheet.elements(member, *names):
                yield take(element)
                sheet.forget(element)
        except etree.XMLSyntaxError as error:
            raise refusal("corrupt", "part", part=path) from error


def _rows(archive: Archive, path: str, texts: list[str], found: Sheet) -> Iterator[Row]:
    last = 0
    sight = found.sight

    def take(element: etree._Element) -> list[Cell] | None:
        nonlocal last
        if not element.tag.endswith("}row"):
            sight.take(element)
            return None
        last = _number_of(element) or last + 1
        cells = _cells(element, texts, last, sight)
        sight.row(last, element, cells)
        return cells

    for cells in _elements(archive, path, take, "row", *sights.TOLD):
        if cells is None:
            continue
        told = [
            canonical.without_mark(last, cell) or None if isinstance(cell, str) else cell
            for cell in cells
        ]
        found.seen.add(last, told)
        yield last, told


def _number_of(row: etree._Element) -> int:
    """0 where it has none."""
    number = str(row.get("r", ""))
    return int(number) if number.isdecimal() and len(number) < 8 else 0


def _cells(row: etree._Element, texts: list[str], number: int, sight: Sight) -> list[Cell]:
    cells: list[Cell] = []
    for child in row.iterchildren("{*}c"):
        place = _column(child.get("r", "").rstrip("0123456789")) or len(cells) + 1
        if place > sights.COLUMNS:
            raise refusal("corrupt")
        if place > len(cells):
            cells += [None] * (place - len(cells))
        cells[place - 1] = value = _cell(child, texts)
        if value is not None:
            sight.cell(number, place, child.get("s", "0"), value)
    return cells


def _cell(cell: etree._Element, texts: list[str]) -> Cell:
    kind, value = cell.get("t", "n"), ""
    for part in cell:
        name = str(part.tag).rpartition("}")[2]
        if name == "f":
            return {"f": part.text or ""}
        if name == "is":
            return sheet.rich_text(part) or None
        if name == "v":
            value = part.text or ""
    if not value:
        return None
    if kind == "s":
        known = value.isdecimal() and len(value) < 10 and int(value) < len(texts)
        return texts[int(value)] or None if known else {"e": value}
    if kind == "str":
        return value
    return _number(value) if kind in ("n", "b") else {"e": value}


def _number(text: str) -> Cell:
    try:
        number = float(text)
    except ValueError:
        return {"e": text}
    return canonical.number_of(number) if math.isfinite(number) else {"e": text}
