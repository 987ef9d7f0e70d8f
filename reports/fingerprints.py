"""Fingerprints (SHA-256) over canonical content: of a snapshot's lines, of a workbook's cells.

They say whether content is the same, whatever program, database or style wrote it down.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

import orjson
from openpyxl.worksheet.worksheet import Worksheet

from obligations.models.judged import FACTS
from reports import canonical
from reports.canonical import SheetPrint
from reports.models import Snapshot

_CHUNK = 2_000
_ESCAPED_UNDERSCORE = "_x005F_"
# Each is a promise to files that were made: names are added under a new canonical.FORMAT only.
HEAD = (
    *("as_of", "taken_at", "region_id", "department_id", "on_list_id", "batch", "batch_kind"),
    *("batch_level", "scene", "is_own", "scope_name", "taken_by_name"),
    *("reporting_body", "phone", "rules_version", "calendar_version", "program_version"),
    *("due_soon_days", "recorded_later_count", "previous_id", "is_demo"),
)
FIGURES = (
    *("grouping", "key", "name", "position", "kind", "item_count", "idle_item_count"),
    *("total", "applicable", "verified", "fell_due", "on_time"),
    *("originally_fell_due", "originally_on_time", "waiting_in_time"),
    *("red", "yellow", "blue", "green", "purple", "grey"),
    *("issued", "in_progress", "claimed", "endorsed", "docking", "docking_verified"),
    *("decided", "decided_in_time", "rates"),
)
TREND = ("day", "applicable", "verified", "fell_due", "on_time")
DOUBTS = (
    *("case_id", "line__obligation_id", "code", "weight", "label"),
    *("claim", "found", "expected", "found_on", "recurrence"),
)
# Yielded only where there are any, as are reports of open lists alone: what is older keeps its own.
LATE = (
    *("entry_id", "obligation_id", "department_id", "department_name", "title", "list_title"),
    *("act", "person", "effective_on", "recorded_at"),
)
# Likewise: what was frozen before they were has none.
COUNTED = (
    *("code", "obligation_id", "department_id", "subject_id", "subject", "due_on", "done_on"),
    *("numerator", "denominator"),
)
LINES = (
    *("obligation_id", "item_id", "kind", "list_id", "list_title", "list_level", "batch"),
    *("position", "title", "body_name", "scenes", "terms"),
    *("department_id", "department_name", "department_position", "duty", "role_in_item"),
    *("counted", "due_text", "due_kind", "original_due_on", "issued_at", "accepted_at"),
    *("decided_count", "decided_in_time_count", "returned_count", "reopened_count"),
    *("return_reason", "progress_note", "contact_office", "contact_name", "contact_phone"),
    *("self_verified", "opened_on", "evidence", "superior_name", "block_cause", "block_reason"),
    *("blocked_on", "waiting_since", "dependant_count"),
    *("overdue_days", "waiting_days", "left_days"),
    *(*FACTS, "light", "light_reason"),
)


def of_snapshot(snapshot: Snapshot) -> str:
    """Of head, figures and lines as they stand in the database now."""
    digest = hashlib.sha256(canonical.FORMAT.encode())
    for line in _lines(snapshot):
        digest.update(line)
    return digest.hexdigest()


def _lines(snapshot: Snapshot) -> Iterator[bytes]:
    """One JSON array each: the head, the figures by group and key, the trend by day, the
    contradictions by case, the late acts by their entry, what further rates count, the lines by
    obligation."""
    yield _json("head", [getattr(snapshot, name) for name in HEAD])
    if not snapshot.is_internal:
        yield _json("open", [])
    figures = snapshot.figures.order_by().values_list(*FIGURES)
    # Sorted here: databases put texts in different orders.
    for values in sorted(figures, key=lambda one: (one[0], one[1])):
        yield _json("figure", values)
    for point in snapshot.trend.order_by("day").values_list(*TREND):
        yield _json("trend", point)
    for doubt in snapshot.contradictions.order_by("case_id").values_list(*DOUBTS):
        yield _json("doubt", doubt)
    for late in snapshot.late_acts.order_by("entry_id").values_list(*LATE):
        yield _json("late", late)
    counted = snapshot.counted_lines.order_by("code", "obligation_id", "subject_id")
    for one in counted.values_list(*COUNTED).iterator(chunk_size=_CHUNK):
        yield _json("counted", one)
    lines = snapshot.lines.order_by("obligation_id").values_list(*LINES)
    place = LINES.index("terms")
    for row in lines.iterator(chunk_size=_CHUNK):
        told = list(row)
        # Nearly all are texts that need nothing done.
        told[place] = {
            name: value if type(value) is str and value[:1] != "[" else _plain(value)
            for name, value in told[place].items()
        }
        yield _json("line", told)


def _json(sort: str, values: Iterable[Any]) -> bytes:
    told = [sort, *values]
    try:
        return b"\n" + orjson.dumps(told, option=_OPTIONS)
    except orjson.JSONEncodeError:
        # Half a pair of surrogates, which SQLite may hold inside JSON.
        return b"\n" + json.dumps(told, default=str, sort_keys=True).encode()


_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


def _plain(value: Any) -> Any:
    """A value out of JSON: SQLite hands lists over as text, and truth as a number."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def add_cells(seen: SheetPrint, sheet: Worksheet) -> None:
    """Take in the cells that openpyxl keeps. Asking it for rows would make the missing ones."""
    cells: dict[tuple[int, int], Any] = sheet._cells
    for number, of_row in groupby(sorted(cells), key=lambda place: place[0]):
        told: list[canonical.Cell] = []
        for _row, column in of_row:
            told += [None] * (column - 1 - len(told))
            told.append(_cell(number, cells[number, column].value))
        seen.add(number, told)


def of_sheet(sheet: Worksheet) -> str:
    """Of a sheet none of whose rows are streamed."""
    seen = SheetPrint(sheet.title)
    add_cells(seen, sheet)
    return seen.hexdigest()


def _cell(row: int, value: Any) -> canonical.Cell:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return canonical.without_mark(row, value.replace(_ESCAPED_UNDERSCORE, "_")) or None
    return _KINDS[type(value)](value)


_KINDS: dict[type, Callable[[Any], canonical.Cell]] = {
    **dict.fromkeys((int, float, Decimal, bool), canonical.number_of),
    **dict.fromkeys(
        (dt.date, dt.datetime), lambda day: canonical.number_of(canonical.serial_of(day))
    ),
}
