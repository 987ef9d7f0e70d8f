"""The filtered obligations as a table for other programs: rows, CSV and a plain workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from accounts import audit, file_properties
from accounts.cell_text import Cleaned, clean, keep_underscores
from accounts.csv_text import harmless
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import as_it_was, lights
from obligations.chunks import chunks
from obligations.kinds import kinds
from obligations.models import Duty, Light, Obligation, RoleInItem, Status
from obligations.models.obligation import ObligationQuerySet

MAX_SHEET_ROWS = 20_000
# The sheet that lists what no cell could hold, where there is any.
CLEANED = "文字清理说明"
_CLEANED_HEAD = ("单元格", "去除的非法字符（个）", "截去的超长文字（个）")

# Query path -> heading; the order of the columns.
_COLUMNS = {
    "item__list__kind": "清单类别",
    "item__list__title": "清单",
    "item__list__batch": "批次",
    "item__serial": "序号",
    "item__title": "责任事项",
    "item__body__name": "清单所列部门",
    "department__name": "责任部门",
    "duty": "责任",
    "role_in_item": "牵头/配合",
    "external": "上级责任",
    "status": "状态",
    "light": "灯",
    "light_reason": "亮灯原因",
    "due_text": "时限原文",
    "original_due_on": "原定时限",
    "due_on": "现行时限",
    "planned_on": "计划完成",
    "completed_on": "实际完成",
    "verified_on": "核验日期",
    "item__scenes": "一件事",
    "contact_office": "责任处室",
    "contact_name": "责任人",
    "contact_phone": "联系电话",
    "progress_note": "进展",
}


def record_export(rows: ObligationQuerySet, *, by: User, form: str, asked: str) -> None:
    """Audit who takes which rows out; RuleViolation where a workbook would be too long."""
    count = rows.count()
    if form == "xlsx" and count > MAX_SHEET_ROWS:
        raise RuleViolation(
            _("%(count)s rows are too many for one workbook: narrow the filter, or use CSV.")
            % {"count": count}
        )
    detail = {"form": form, "filter": asked[:1000], "rows": count}
    audit.record(by, verb="export", by=by, detail=detail)


def csv_lines(rows: ObligationQuerySet, *, past: dt.date | None = None) -> Iterator[bytes]:
    """The filtered obligations as CSV; `past`: as they were on a day for which `rows` are."""
    return lines_of(_table(rows, past=past))


def workbook(rows: ObligationQuerySet, *, past: dt.date | None = None) -> bytes:
    """The filtered obligations as a plain workbook."""
    return book_of("责任事项", _table(rows, past=past))


def lines_of(table: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The lines of a CSV file that Excel opens as UTF-8 and that holds no formula."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield "\ufeff".encode()
    for cells in table:
        writer.writerow([harmless(one) if isinstance(one, str) else one for one in cells])
        yield line.getvalue().encode("utf-8", "replace")
        line.seek(0)
        line.truncate()


def book_of(title: str, table: Iterable[Sequence[Any]]) -> bytes:
    """A plain workbook: one header row, dates as dates, text always as text. What no cell can hold
    is left out and listed on a second sheet."""
    book = Workbook(write_only=True)
    file_properties.say(book.properties, title=title)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    cleaned: list[tuple[str, int, int]] = []
    for number, cells in enumerate(table, 1):
        texts = [clean(cell) if isinstance(cell, str) else cell for cell in cells]
        sheet.append([_cell(sheet, cell, heading=number == 1) for cell in texts])
        cleaned += [
            (f"{get_column_letter(place)}{number}", cell.removed, cell.cut)
            for place, cell in enumerate(texts, 1)
            if isinstance(cell, Cleaned) and (cell.removed or cell.cut)
        ]
    if cleaned:
        listing = book.create_sheet(CLEANED)
        for row in (_CLEANED_HEAD, *cleaned):
            listing.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _table(rows: ObligationQuerySet, *, past: dt.date | None) -> Iterator[Sequence[Any]]:
    yield tuple(_COLUMNS.values())
    words = _words()
    if past is not None:
        yield from _past_table(rows, words, past=past)
        return
    for cells in rows.values_list(*_COLUMNS).iterator(chunk_size=2000):
        yield tuple(_shown(name, cell, words) for name, cell in zip(_COLUMNS, cells, strict=True))


def _past_table(
    rows: ObligationQuerySet, words: dict[str, dict[Any, str]], *, past: dt.date
) -> Iterator[Sequence[Any]]:
    """Batch by batch, for what no state keeps is read from the audit trail."""
    paths = {name: name.split("__") for name in _COLUMNS}
    for chunk in chunks(list(rows.values_list("pk", flat=True))):
        found = Obligation.objects.select_related("item__list", "item__body", "department")
        by_key = found.defer("item__raw").in_bulk(chunk)
        for row in as_it_was.put_back([by_key[pk] for pk in chunk if pk in by_key], on=past):
            cells = {name: _followed(row, path) for name, path in paths.items()}
            yield tuple(_shown(name, cell, words) for name, cell in cells.items())


def _followed(row: Obligation, path: Sequence[str]) -> Any:
    found: Any = row
    for name in path:
        found = getattr(found, name, None)
    return found


def _shown(name: str, cell: Any, words: dict[str, dict[Any, str]]) -> Any:
    if name == "item__scenes":
        return cell.strip("、")  # It is stored with one at both ends.
    return words[name].get(cell, cell) if name in words else cell


def _words() -> dict[str, dict[Any, str]]:
    """What stored codes are called."""
    return {
        "item__list__kind": {kind.code: str(kind.label) for kind in kinds().values()},
        "duty": {code: str(label) for code, label in Duty.choices},
        "role_in_item": {code: str(label) for code, label in RoleInItem.choices},
        "external": {True: _("yes"), False: _("no")},
        "status": {code: str(label) for code, label in Status.choices},
        "light": {code: str(label) for code, label in Light.choices},
        "light_reason": {code: lights.sentence_of(code) for code in lights.CONDITIONS},
    }


def _cell(sheet: Any, value: Any, *, heading: bool) -> Any:
    if isinstance(value, Cleaned):
        cell = WriteOnlyCell(sheet, keep_underscores(value.text))
        cell.data_type = "s"
        if heading:
            cell.font = Font(bold=True)
        return cell
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(sheet, dt.datetime.combine(value, dt.time()))
        cell.number_format = "yyyy-mm-dd"
        return cell
    return value


def file_name(*, on: dt.date, form: str) -> str:
    """What the file is called."""
    return f"责任事项-{on:%Y%m%d}.{form}"
