"""Reads the sheets of an .xlsx package: names, shared strings, formats; tolerant of odd writers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from openpyxl.styles.numbers import is_date_format

from obligations.tables import packages, sheet
from obligations.tables.archives import Archive, open_archive
from obligations.tables.findings import refusal
from obligations.tables.grids import Cell, Grid

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_VISIBLE = ("", "visible")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it."""

    name: str
    path: str
    visible: bool


def read_sheets(data: bytes) -> Iterator[Grid]:
    """The grids of all worksheets, in order."""
    with open_archive(BytesIO(data)) as archive:
        main = packages.main_part(archive)
        root = packages.parse(archive, main)
        parts = sheet_parts(archive, root, main)
        if not parts:
            raise refusal("corrupt", "part", part=main)
        shared = sheet.Shared(
            texts=_shared_texts(archive, main),
            date_styles=_date_styles(archive, main),
            date1904=is_1904(root),
        )
        for part in parts:
            grid = sheet.read(archive, part.path, name=part.name, shared=shared)
            grid.hidden = not part.visible
            yield grid


def sheet_parts(archive: Archive, root: etree._Element, main: str) -> list[SheetPart]:
    relations = packages.relations(archive, main)
    parts: dict[str, SheetPart] = {}  # a part that many sheets name is read once
    for element in root.iter("{*}sheet"):
        key = next((value for name, value in element.items() if str(name).endswith("}id")), "")
        kind, path = relations.get(str(key), ("", ""))
        if kind.endswith("/worksheet"):
            state = str(element.get("state", ""))
            part = SheetPart(str(element.get("name", "")), path, state in _VISIBLE)
            parts.setdefault(path, part)
    return list(parts.values())


def is_1904(root: etree._Element) -> bool:
    properties = root.find("{*}workbookPr")
    return properties is not None and properties.get("date1904") in ("1", "true")


def related(archive: Archive, main: str, kind: str) -> str:
    """The path of the workbook's part of one kind; "" where it has none."""
    for found, path in packages.relations(archive, main).values():
        if found.endswith(f"/{kind}") and path in archive:
            return path
    return ""


def _shared_texts(archive: Archive, main: str) -> list[Cell | None]:
    path = related(archive, main, "sharedStrings")
    if not path:
        return []
    texts: list[Cell | None] = []
    with archive.open(path) as member:
        try:
            for element in sheet.elements(member, "si"):
                texts.append(sheet.text_cell(sheet.rich_text(element)))
                sheet.forget(element)
        except etree.XMLSyntaxError as error:
            raise refusal("corrupt", "part", part=path) from error
    return texts


def _date_styles(archive: Archive, main: str) -> frozenset[int]:
    """The indexes of cell formats that show a number as a date."""
    path = related(archive, main, "styles")
    if not path:
        return frozenset()
    root = packages.parse(archive, path)
    codes = {
        str(element.get("numFmtId")): str(element.get("formatCode", ""))
        for element in root.iter("{*}numFmt")
    }
    formats = root.find("{*}cellXfs")
    found = set()
    for index, element in enumerate(formats if formats is not None else ()):
        key = str(element.get("numFmtId", "0"))
        built_in = key.isdecimal() and int(key) in _BUILT_IN_DATES
        if is_date_format(codes[key]) if key in codes else built_in:
            found.add(index)
    return frozenset(found)
