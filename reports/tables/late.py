"""补录事项: what of the days reported was put on record after them, and is in the figures."""

from __future__ import annotations

from collections.abc import Iterator

from reports import words
from reports.looks import Column, Form
from reports.models import Snapshot
from reports.rows import Row
from reports.tables.base import Frozen, Table
from reports.tables.cells import DAY

CODE = "recorded-since"
_THING, _ACT = "责任事项", "补录"
_COLUMNS = (
    Column("序号", 6, Form.NUMBER, _THING, key="number"),
    Column("责任部门", 22, Form.TEXT, _THING, key="department_name"),
    Column("事项", 36, Form.TEXT, _THING, key="title"),
    Column("清单", 30, Form.TEXT, _THING, key="list_title"),
    Column("办理", 18, Form.WORD, _ACT, key="act"),
    Column("生效日期", DAY, Form.DATE, _ACT, key="effective_on"),
    Column("录入时间", 23, Form.MOMENT, _ACT, key="recorded_at"),
    Column("录入人", 14, Form.WORD, _ACT, key="person"),
)
_NOTE = (
    "注：列出截止日及以前生效、截止日之后至冻结本报告数据时录入的办理事项，均已计入本报告；"
    "截止日当天形成的报告如有不同，原因在此。部门更名等不针对单个责任事项的，事项一栏为“—”。"
)


def table(frozen: Frozen) -> Table:
    """In the order in which it was put on record."""
    snapshot = frozen.snapshot
    return Table(
        CODE,
        "补录事项",
        _COLUMNS,
        lambda: _rows(snapshot),
        note=_NOTE,
        is_detail=True,
        frozen_columns=3,
    )


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    acts = snapshot.late_acts.order_by("recorded_at", "entry_id")
    for number, one in enumerate(acts.iterator(chunk_size=2_000), 1):
        yield Row(
            [
                number,
                one.department_name,
                one.title or words.NOTHING,
                one.list_title or words.NOTHING,
                one.act,
                one.effective_on,
                one.recorded_at,
                one.person,
            ]
        )
