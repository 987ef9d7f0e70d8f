"""Tables of a report for other programs: CSV and JSON, written while the rows are read."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import orjson
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.cell_text import legal
from accounts.csv_text import harmless
from accounts.errors import RuleViolation
from accounts.models import User
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import Snapshot
from reports.rows import OFFICE_ZONE, Row
from reports.tables import Table, table
from reports.words import NOTHING

CSV, JSON = "csv", "json"
# What Chinese spreadsheet programs open without asking: Excel and WPS know UTF-8 by its mark.
ENCODINGS = ("utf-8", "gb18030")
_BATCH = 500


@dataclass(frozen=True)
class Given:
    """A table on its way out."""

    name: str
    media_type: str
    content: Iterator[bytes]


def give(
    snapshot: Snapshot, code: str, *, by: User, form: str, encoding: str = ENCODINGS[0]
) -> Given:
    """A table of a snapshot that `by` may see, in a form; audited. Http404 where there is none."""
    permissions.require(by, "read_reports")
    if encoding not in ENCODINGS:
        raise RuleViolation(
            _("This encoding is not known: choose %(known)s.") % {"known": ", ".join(ENCODINGS)}
        )
    with translation.override("zh-hans"):
        try:
            found = table(snapshot, code)
        except KeyError:
            raise Http404 from None
    detail = {"table": code, "form": form, "as_of": snapshot.as_of.isoformat()}
    department = snapshot.department_id
    audit.record(snapshot, verb="download_table", by=by, detail=detail, department_id=department)
    name = file_name(snapshot, found, form=form)
    if form == JSON:
        return Given(name, "application/json", json_pieces(snapshot, found))
    return Given(name, f"text/csv; charset={encoding}", csv_pieces(found, encoding=encoding))


def file_name(snapshot: Snapshot, found: Table, *, form: str) -> str:
    """Such as 全省数据共享责任清单落实情况-逾期清单-20261123.csv."""
    return f"{snapshot.file_stem}-{found.name}-{snapshot.as_of:%Y%m%d}.{form}"


def csv_pieces(found: Table, *, encoding: str) -> Iterator[bytes]:
    """One line of labels, the rows, and the 合计 row where the table has one."""
    yield "\ufeff".encode() if encoding == "utf-8" else b""
    total = [found.total] if found.total else []
    rows = chain(found.rows(), total)
    forms = [column.form for column in found.columns]
    head = [labels(found.columns)]
    lines = chain(head, ([_as_csv(*pair) for pair in _pairs(row, forms)] for row in rows))
    for batch in _batches(lines):
        written = io.StringIO()
        csv.writer(written).writerows(batch)
        yield written.getvalue().encode(encoding, "replace")


def json_pieces(snapshot: Snapshot, found: Table) -> Iterator[bytes]:
    """One object; its rows are objects by the columns' keys."""
    keys = [column.key for column in found.columns]
    head = {
        "table": found.code,
        "name": found.name,
        "as_of": snapshot.as_of,
        "scope": snapshot.scope_name,
        "state": snapshot.state,
        "rules_version": snapshot.rules_version,
        "calendar_version": snapshot.calendar_version,
        "columns": [_about(column) for column in found.columns],
        "note": found.note,
    }
    yield orjson.dumps(head)[:-1] + b',"rows":['
    between = b""
    for batch in _batches(found.rows()):
        yield between + b",".join(_dumped(keys, row) for row in batch)
        between = b","
    total = _dumped(keys, found.total) if found.total else b"null"
    yield b'],"total":' + total + b"}"


def labels(columns: Sequence[Column]) -> list[str]:
    """One heading a column; those that stand twice bear their group's before them, and the number
    of the row gives way to the list's own 序号."""
    count = Counter(column.label for column in columns)
    return [_heading(column, repeated=count[column.label] > 1) for column in columns]


def _heading(column: Column, *, repeated: bool) -> str:
    if not repeated:
        return column.label
    return "行号" if column.key == "number" else f"{column.group}{column.label}"


def _about(column: Column) -> dict[str, str]:
    form = column.form.name.lower()
    return {"key": column.key, "label": column.label, "group": column.group, "form": form}


def _pairs(row: Row, forms: Sequence[Form]) -> Iterable[tuple[Value, Form]]:
    return zip(row.values, forms, strict=True)


def _as_csv(value: Value, form: Form) -> object:
    """Numbers stay numbers; text that a program would take for a formula is made harmless."""
    if isinstance(value, str):
        return harmless(legal(value))
    if isinstance(value, Decimal):
        return f"{value * 100:.1f}%" if form is Form.PERCENT else str(value)
    return "" if value is None else _day_or(value)


def _dumped(keys: Sequence[str], row: Row) -> bytes:
    values = zip(keys, map(_as_json, row.values), strict=True)
    return orjson.dumps(dict(values))


def _as_json(value: Value) -> object:
    """Rates are decimal strings, such as "0.333"; what has no value is null."""
    if isinstance(value, str):
        return None if value == NOTHING else legal(value)
    return str(value) if isinstance(value, Decimal) else _day_or(value)


def _day_or(value: Value) -> object:
    """Days and moments in ISO's form, moments in the office's zone; other values as they are."""
    if isinstance(value, dt.datetime):
        return value.astimezone(OFFICE_ZONE).isoformat(" ", "minutes")[:16]
    return value.isoformat() if isinstance(value, dt.date) else value


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Words of rows are Chinese whoever reads; between batches the thread is nobody's."""
    found = iter(rows)
    while True:
        with translation.override("zh-hans"):
            batch = list(islice(found, _BATCH))
        if not batch:
            return
        yield batch
