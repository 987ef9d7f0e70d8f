"""Tables of a report as a page prints them: headings with their spans, cells as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice

from accounts import text_widths
from accounts.cell_text import clean
from reports import heights
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import Snapshot
from reports.overflow import MOST_LINES
from reports.rows import OFFICE_ZONE, Row
from reports.tables import Table, tables_of
from reports.words import SHORT_LIGHTS, day_text

# More rows than anybody reads on paper; all of them are in the workbook.
LISTED = 300
WHOLE_TEXT = "……（全文见报告工作簿）"
_LEDGERS = "ledger-"
_LIGHTS = {word: light for light, word in SHORT_LIGHTS.items()}


@dataclass(frozen=True)
class Head:
    """One cell of a table's heading."""

    label: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Cell:
    """One cell and how it looks, as a class of the style sheet."""

    text: str
    look: str


@dataclass(frozen=True)
class PrintTable:
    """A table as the template walks through it."""

    name: str
    # Of each column, in percent of the paper.
    widths: list[str]
    groups: list[Head]
    labels: list[Head]
    rows: list[list[Cell]]
    total: list[Cell]
    note: str
    # What is said where there are no rows.
    empty: str
    is_cut: bool

    @property
    def is_wide(self) -> bool:
        return sum(one.columns for one in self.groups) > _MANY


def printed(snapshot: Snapshot) -> Iterator[PrintTable]:
    """The report's tables but the ledgers, which are for programs that filter."""
    for table in tables_of(snapshot):
        if not table.code.startswith(_LEDGERS):
            yield _printed(table)


def _printed(table: Table) -> PrintTable:
    rows = list(islice(table.rows(), LISTED + 1))
    return PrintTable(
        name=table.name,
        widths=_widths(table.columns),
        groups=list(_groups(table.columns)),
        labels=[Head(column.label) for column in table.columns if column.group],
        rows=[_cells(table.columns, row) for row in rows[:LISTED]],
        total=_cells(table.columns, table.total) if table.total and rows else [],
        note=table.note,
        empty=table.empty,
        is_cut=len(rows) > LISTED,
    )


def _widths(columns: Sequence[Column]) -> list[str]:
    """As in the workbook: a browser alone would give all the room to the longest text."""
    whole = sum(column.width for column in columns)
    return [f"{100 * column.width / whole:.2f}%" for column in columns]


def _groups(columns: Sequence[Column]) -> Iterator[Head]:
    """The upper row: groups over their columns; a column without one stands over both rows."""
    both = any(column.group for column in columns)
    for group, found in groupby(columns, key=lambda column: column.group):
        under = list(found)
        if group:
            yield Head(group, columns=len(under))
        else:
            yield from (Head(column.label, rows=2 if both else 1) for column in under)


def _cells(columns: Sequence[Column], row: Row) -> list[Cell]:
    pairs = zip(columns, row.values, strict=True)
    return [Cell(_shown(value, column), _look(value, column)) for column, value in pairs]


def _shown(value: Value, column: Column) -> str:
    """A value as it reads on paper; of a text that the workbook has on a sheet of its own, too,
    the beginning alone: it would fill pages, with nothing beside it."""
    text, room = text_of(value, column.form), text_widths.usable(column.width)
    if text_widths.lines_of(text, text.encode(), room=room) <= MOST_LINES:
        return text
    return heights.shortened(text, room=room, lines=MOST_LINES, ending=WHOLE_TEXT)


def text_of(value: Value, form: Form) -> str:
    """A value as it reads on paper."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        moment = value.astimezone(OFFICE_ZONE)
        return f"{day_text(moment.date())}{moment:%H:%M}"
    if isinstance(value, dt.date):
        return day_text(value)
    if isinstance(value, Decimal) and form is Form.PERCENT:
        return f"{value * 100:.1f}%"
    if isinstance(value, int) and form is Form.NUMBER:
        return f"{value:,}"
    return clean(str(value)).text


def _look(value: Value, column: Column) -> str:
    if column.form is Form.LIGHT and isinstance(value, str) and value in _LIGHTS:
        return f"lit-{_LIGHTS[value]}"
    if isinstance(value, int | float | Decimal):
        # Numbers are not parted; days are, where many columns stand on one page.
        return "short-cell whole-cell"
    return "wide-cell" if column.form in (Form.TEXT, Form.CODE) else "short-cell"


_MANY = 14
