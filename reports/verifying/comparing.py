"""Cell by cell: what a changed sheet says, and what the file in store says there."""

from __future__ import annotations

import hashlib
import heapq
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from obligations import filing
from reports import layouts, workbooks
from reports.canonical import Cell
from reports.models import Report
from reports.verifying import asking, reading
from reports.verifying.reading import Row
from reports.verifying.verdicts import Verdict

# More than these are counted, not listed.
LISTED = 50
_SHOWN = 80


def name_cells(
    file: IO[bytes], names: Sequence[str], *, report: Report, stored: Path | None, verdict: Verdict
) -> None:
    """List the cells in which the file's sheets differ from those that were made; `stored` is the
    file `in_store`."""
    with tempfile.TemporaryDirectory() as folder:
        path = stored or _made_anew(report, Path(folder))
        if path is None:
            verdict.notes.append(
                _("The file in store is gone, and cannot be made anew: cells cannot be named.")
            )
            return
        with path.open("rb") as made:
            for sheet in reading.sheets(made):
                if sheet.name in names:
                    _compare(sheet.name, asking.rows(file, sheet.name), sheet.rows, verdict)


def _made_anew(report: Report, folder: Path) -> Path | None:
    """From its snapshot, if it comes out the same."""
    anew = folder / "anew.xlsx"
    workbooks.progress(report.snapshot, to=anew)
    return anew if _sha256(anew) == report.sha256 else None


def in_store(report: Report) -> Path | None:
    """The file in store, where it is what was made."""
    stored = filing.absolute(report.path)
    return stored if stored.is_file() and _sha256(stored) == report.sha256 else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _compare(name: str, found: Iterator[Row], made: Iterator[Row], verdict: Verdict) -> None:
    count, head = 0, {}
    for number, says, said in _side_by_side(found, made):
        if number < layouts.FIRST_ROW:
            head[number] = said
        for column, pair in enumerate(zip_longest(says, said), 1):
            if pair[0] == pair[1]:
                continue
            count += 1
            if count <= LISTED:
                label = _label(head, said, column) if number >= layouts.FIRST_ROW else ""
                _add(verdict, name, (number, column), pair, label=label)
    if count > LISTED:
        text = _("Sheet “%(sheet)s”: %(count)s more cells differ.")
        verdict.add("cell", text % {"sheet": name, "count": count - LISTED}, sheet=name)


def _side_by_side(
    found: Iterator[Row], made: Iterator[Row]
) -> Iterator[tuple[int, list[Cell], list[Cell]]]:
    """The rows of both by their numbers; neither is kept."""
    merged = heapq.merge(_of_side(0, found), _of_side(1, made), key=itemgetter(0, 1))
    for number, group in groupby(merged, key=itemgetter(0)):
        both = {side: cells for _number, side, cells in group}
        yield number, both.get(0, []), both.get(1, [])


def _of_side(side: int, rows: Iterator[Row]) -> Iterator[tuple[int, int, list[Cell]]]:
    for number, cells in rows:
        yield number, side, cells


def _label(head: dict[int, list[Cell]], row: list[Cell], column: int) -> str:
    """What stands above a cell, and at the beginning of its row."""
    above = [_text(head.get(layouts.GROUP_ROW, []), at) for at in range(column, 0, -1)]
    group = next((text for text in above if text), "")
    label = _text(head.get(layouts.LABEL_ROW, []), column)
    first = _text(row, 2) if column != 2 else ""
    return " ".join(dict.fromkeys(text for text in (first, group, label) if text))


def _text(cells: list[Cell], column: int) -> str:
    cell = cells[column - 1] if column <= len(cells) else None
    return _shown(cell) if isinstance(cell, str) else ""


def _add(
    verdict: Verdict,
    sheet: str,
    place: tuple[int, int],
    values: tuple[Cell, Cell],
    *,
    label: str,
) -> None:
    cell = f"{get_column_letter(place[1])}{place[0]}"
    says, said = map(_shown, values)
    named = f"{cell}（{label}）" if label else cell
    text = _("Sheet “%(sheet)s”, cell %(cell)s: the file says %(says)s; written was %(said)s.")
    facts: dict[str, Any] = {"sheet": sheet, "cell": cell, "figure": label}
    facts |= {"file": values[0], "history": values[1]}
    shown = {"sheet": sheet, "cell": named, "says": says, "said": said}
    verdict.add("cell", text % shown, **facts)


def _shown(cell: Cell) -> str:
    """A cell in a sentence: formulas as they are typed."""
    if cell is None:
        return "—"
    if isinstance(cell, dict):
        return f"={cell['f']}" if "f" in cell else cell["e"]
    text = " ".join(str(cell).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
