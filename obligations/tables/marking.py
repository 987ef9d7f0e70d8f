"""Gives a file back as a workbook whose faulty cells are coloured and commented."""

from __future__ import annotations

import io
import warnings
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as WrittenCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from obligations.tables import (
    gate,
    headers,
    joining,
    problemlist,
    readers,
    rebuilding,
    vocabulary,
)
from obligations.tables.findings import Refused, refusal
from obligations.tables.grids import Grid, column_letters
from obligations.tables.marks import Mark
from obligations.tables.vocabulary import Known, Vocabulary

_AUTHOR = "清单核对"
_UNTITLED = "清单"
_COLOURS = {"error": "FFFFC7CE", "warning": "FFFFF2CC"}
_LEVELS = {"error": "错误", "warning": "提醒"}
_WIDTHS = (32, 8, 24, 8, 90)
_MOST_COMMENTS = 5_000
_MOST_LISTED = 100_000
# Beyond these, keeping the look of a workbook costs more than a child process may take.
_MOST_MERGED_CELLS = 200_000
_MOST_SHEET_BYTES = 60 * 2**20

# What openpyxl raises on workbooks that other programs, and we, can read.
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    etree.LxmlError,
    zipfile.BadZipFile,
)


def mark(
    data: bytes,
    *,
    name: str,
    sheet: str,
    marks: Sequence[Mark],
    known: Sequence[Known] = (),
    mapping: Mapping[str, Any] | None = None,
) -> bytes:
    """The file as .xlsx, marked, with a last sheet that lists all problems; raises Refused."""
    form = gate.inspect(data, name=name)
    kept = _marked_original(data, sheet, name, marks) if form == "xlsx" else None
    if kept is not None:
        return kept
    said = vocabulary.said(mapping or {}, sheet=sheet, known=known)
    grids = _grids(form, data, Vocabulary(known, said=said))
    wanted = _wanted(grids, sheet)
    book = rebuilding.build(grids, untitled=_UNTITLED)
    return _finished(book, book.worksheets[grids.index(wanted)], wanted, name, marks)


def _grids(form: gate.Format, data: bytes, words: Vocabulary) -> list[Grid]:
    """As `choosing.read_table` sees them, without the list of problems of an earlier time."""
    grids: Iterable[Grid] = readers.read_grids(form, data)
    if form == "docx":
        grids = joining.join_continued(grids, words)
    if form == "csv":
        grids = [max(grids, key=lambda grid: headers.sense(grid, headers.find(grid, words)))]
    return [grid for grid in grids if not problemlist.is_ours(grid)]


def _wanted(grids: list[Grid], sheet: str) -> Grid:
    if not grids:
        raise refusal("empty_file", "sheet")
    return next((grid for grid in grids if grid.name == sheet), grids[0])


def _marked_original(data: bytes, sheet: str, name: str, marks: Sequence[Mark]) -> bytes | None:
    """The workbook with its own look; None where that cannot be had, or would change a value."""
    outline, fingerprint = _outline(data, sheet)
    if outline is None or _sheet_bytes(data) > _MOST_SHEET_BYTES:
        return None
    try:
        marked = _marked_book(data, outline, name, marks)
        grid = _wanted(_grids("xlsx", marked, Vocabulary(())), outline.name)
        same = (grid.name, _fingerprint(grid)) == (outline.name, fingerprint)
    except (*_UNREADABLE, Refused):
        return None
    return marked if same else None


def _outline(data: bytes, sheet: str) -> tuple[Grid | None, dict[int, int]]:
    """What marking needs to know of a sheet, and what its rows hold, without holding them.

    None where the workbook is too large to be taken whole into memory.
    """
    grids = _grids("xlsx", data, Vocabulary(()))
    wanted = _wanted(grids, sheet)
    area = sum(
        (bottom - top + 1) * (right - left + 1)
        for grid in grids
        for top, left, bottom, right in grid.merged
    )
    if area > _MOST_MERGED_CELLS:
        return None, {}
    outline = Grid(name=wanted.name, merged=wanted.merged)
    for number, cells in wanted.rows.items():
        first = min(cells)
        outline.rows[number] = {first: cells[first]}
    return outline, _fingerprint(wanted)


def _fingerprint(grid: Grid) -> dict[int, int]:
    """A hash of each row's values; results of formulas that are missing are no values."""
    prints = {}
    for number, cells in grid.rows.items():
        found = [
            (column, cell.kind, cell.text)
            for column, cell in sorted(cells.items())
            if cell.kind not in ("no_value", "corrupt")
        ]
        if found:
            prints[number] = hash(tuple(found))
    return prints


def _marked_book(data: bytes, outline: Grid, name: str, marks: Sequence[Mark]) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl leaves out is not what we look for
        book = load_workbook(io.BytesIO(data), data_only=True)
    for ours in [sheet for sheet in book.worksheets if _lists_problems(sheet)]:
        book.remove(ours)
    for sheet in book.worksheets:
        _clean(sheet)
    return _finished(book, book[outline.name], outline, name, marks)


def _sheet_bytes(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(info.file_size for info in archive.infolist() if info.filename.endswith(".xml"))


def _lists_problems(sheet: Worksheet) -> bool:
    labels = tuple(str(cell.value or "") for cell in next(sheet.iter_rows(max_row=1), ()))
    is_named = sheet.title.startswith(problemlist.NAME)
    return is_named and labels[: len(problemlist.LABELS)] == problemlist.LABELS


def _clean(sheet: Worksheet) -> None:
    """Takes away the marks of an earlier time."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
            if cell.has_style and cell.fill.fgColor.rgb in _COLOURS.values():
                cell.fill = PatternFill()


def _finished(
    book: Workbook, sheet: Worksheet, grid: Grid, name: str, marks: Sequence[Mark]
) -> bytes:
    _mark_cells(sheet, grid, marks)
    _list_problems(book, sheet.title, name, marks)
    book.active = book.sheetnames.index(sheet.title)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _mark_cells(sheet: Worksheet, grid: Grid, marks: Sequence[Mark]) -> None:
    starts = _starts_of_merged(grid, marks)
    sentences: dict[tuple[int, int], list[str]] = {}
    levels: dict[tuple[int, int], str] = {}
    for found in marks:
        if not found.row:
            continue
        column = found.column or min(grid.rows.get(found.row, {1: None}))
        place = starts.get((found.row, column), (found.row, column))
        sentences.setdefault(place, []).append(found.sentence)
        if levels.get(place) != "error":
            levels[place] = found.level
    for count, (place, said) in enumerate(sentences.items()):
        cell = sheet.cell(*place)
        cell.fill = PatternFill("solid", fgColor=_COLOURS[levels[place]])
        if count < _MOST_COMMENTS and isinstance(cell, WrittenCell):
            cell.comment = _comment(cell, dict.fromkeys(said))


def _starts_of_merged(grid: Grid, marks: Sequence[Mark]) -> dict[tuple[int, int], tuple[int, int]]:
    """Marked cells inside merged ranges -> the cell that is seen."""
    columns: dict[int, set[int]] = {}
    for found in marks:
        columns.setdefault(found.row, set()).add(found.column)
    rows = sorted(columns)
    starts: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in grid.merged:
        for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]:
            for column in columns[row]:
                if left <= column <= right:
                    starts[row, column] = (top, left)
    return starts


def _comment(cell: WrittenCell, sentences: Iterable[str]) -> Comment:
    text = "\n".join(rebuilding.writable(sentence) for sentence in sentences)
    if cell.comment is not None:  # somebody's own remark stays
        text = f"{text}\n{cell.comment.text}"
    lines = sum(1 + len(line) // 22 for line in text.split("\n"))
    return Comment(text, _AUTHOR, height=min(20 + 18 * lines, 400), width=320)


def _list_problems(book: Workbook, title: str, name: str, marks: Sequence[Mark]) -> None:
    """A last sheet with every problem, each with a link to its cell."""
    sheet = book.create_sheet(problemlist.NAME)
    sheet.append(problemlist.LABELS)
    for cell, width in zip(sheet[1], _WIDTHS, strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "A2"
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, found in enumerate(marks[:_MOST_LISTED], start=2):
        letters = column_letters(found.column)
        place = f"{letters} {found.label}".strip()
        texts = (name, "", place, _LEVELS[found.level], found.sentence)
        for column, text in enumerate(texts, start=1):
            if text:
                rebuilding.write_text(sheet.cell(number, column), text)
        sheet.cell(number, 5).alignment = wrapped
        if found.row:
            cell = sheet.cell(number, 2, found.row)
            target = f"'{title.replace(chr(39), chr(39) * 2)}'!{letters or 'A'}{found.row}"
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target)
