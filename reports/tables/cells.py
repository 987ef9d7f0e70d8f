"""Columns of detail tables: how a frozen line fills each, and rows read while they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from reports import words
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import ObligationLine, Snapshot
from reports.models.lines import ObligationLineQuerySet
from reports.rows import OFFICE_ZONE, Row
from reports.tables.base import Table

# Wide enough for 2026年12月31日 in whatever font a program has: a date that does not fit shows
# as ####.
DAY = 15.3


@dataclass(frozen=True)
class Cell:
    """A column and how a line fills it."""

    column: Column
    value: Callable[[ObligationLine], Value]


def detail(
    code: str,
    name: str,
    cells: Sequence[Cell],
    lines: ObligationLineQuerySet,
    *,
    empty: str,
    note: str = "",
) -> Table:
    """A table of one row a line, numbered; the first columns tell which line it is."""
    number = Column("序号", 6, Form.NUMBER, cells[0].column.group, key="number")
    columns = [number, *(cell.column for cell in cells)]
    return Table(
        code,
        name,
        columns,
        lambda: _rows(cells, lines),
        note=note,
        empty=empty,
        is_detail=True,
        frozen_columns=3,
    )


def _rows(cells: Sequence[Cell], lines: ObligationLineQuerySet) -> Iterator[Row]:
    fillers = [cell.value for cell in cells]
    for number, line in enumerate(lines.read(), 1):
        yield Row([number, *(fill(line) for fill in fillers)])


def field(label: str, width: float, name: str, group: str, form: Form = Form.TEXT) -> Cell:
    """A column that shows a field as it is."""
    return Cell(Column(label, width, form, group, key=name), attrgetter(name))


def chosen(label: str, width: float, name: str, group: str, labels: dict[str, str]) -> Cell:
    """A column that shows the word for a field's value."""
    return Cell(
        Column(label, width, Form.WORD, group, key=name),
        lambda line: labels.get(getattr(line, name), getattr(line, name)),
    )


def due(label: str, width: float, name: str, group: str) -> Cell:
    """A due day, or the words for having none."""
    return Cell(
        Column(label, width, Form.DATE, group, key=name),
        lambda line: words.ONGOING if line.due_kind == "ongoing" else getattr(line, name),
    )


def duty(group: str, width: float = 8) -> Cell:
    return Cell(Column("责任", width, Form.WORD, group, key="duty"), words.duty_of)


def status(group: str, width: float = 10) -> Cell:
    return Cell(Column("状态", width, Form.WORD, group, key="status"), words.status_of)


def light(group: str) -> Cell:
    return Cell(
        Column("亮灯", 5.5, Form.LIGHT, group, key="light"),
        lambda line: words.SHORT_LIGHTS[line.light],
    )


def reason(label: str, width: float, group: str, *, snapshot: Snapshot) -> Cell:
    """Why the light is what it is."""
    days = {"due_soon": snapshot.due_soon_days}
    return Cell(
        Column(label, width, Form.TEXT, group, key="light_reason"),
        lambda line: words.reason_of(line.light_reason, days),
    )


def day_of(moment: dt.datetime | None) -> dt.date | None:
    return moment.astimezone(OFFICE_ZONE).date() if moment else None


CONTACT = [
    field("责任处室", 13, "contact_office", "责任人"),
    field("姓名", 9, "contact_name", "责任人", Form.WORD),
    field("联系电话", 13.5, "contact_phone", "责任人", Form.CODE),
]
