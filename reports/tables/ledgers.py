"""明细台账: one for each kind of list, its own columns, then what became of each duty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from obligations.kinds import Kind
from reports.looks import Column, Form
from reports.models import Snapshot
from reports.tables.base import Frozen, Table
from reports.tables.cells import (
    CONTACT,
    DAY,
    Cell,
    chosen,
    day_of,
    detail,
    due,
    duty,
    field,
    light,
    reason,
    status,
)
from reports.terms import reader
from reports.words import CAUSES, KIND_WORDS

_WIDTHS = {"serial": 6, "code": 14, "items": 21, "choice": 8, "choices": 9, "deadline": 11}


def code_of(kind: Kind) -> str:
    """Such as ledger-sharing."""
    return f"ledger-{kind.code}"


def maker(kind: Kind) -> Callable[[Frozen], Table]:
    """What makes the ledger of a kind."""
    return partial(_table, kind=kind)


def _table(frozen: Frozen, *, kind: Kind) -> Table:
    lines = frozen.snapshot.lines.filter(kind=kind.code)
    rows = lines.order_by("list_id", "position", "item_id", "department_position", "pk")
    called = KIND_WORDS.get(kind.code, kind.label)
    cells = [*_own(kind), *_progress(frozen.snapshot)]
    empty = f"没有{called}类的责任事项。"
    return detail(code_of(kind), f"明细台账-{called}", cells, rows, empty=empty)


def _own(kind: Kind) -> list[Cell]:
    """Which obligation it is, to stay in view and on every page; then the list's columns."""
    title = kind.column(kind.title)
    group = "清单内容"
    return [
        field(title.label, 24, "title", _THING),
        field("责任部门", 16, "department_name", _THING),
        field("所属清单", 20, "list_title", group),
        *(
            Cell(
                Column(
                    column.label,
                    _WIDTHS.get(column.type, 12),
                    _form(column.type),
                    group,
                    key=f"item_{column.field}",
                ),
                reader(column),
            )
            for column in kind.columns
            if column.field != kind.title
        ),
    ]


def _form(column_type: str) -> Form:
    if column_type in ("serial", "choice", "choices", "security"):
        return Form.WORD
    return Form.CODE if column_type == "code" else Form.TEXT


def _progress(snapshot: Snapshot) -> list[Cell]:
    """What became of it."""
    return [
        duty("责任"),
        Cell(
            Column("计入", 5, Form.WORD, "责任", key="counted"),
            lambda line: "是" if line.counted else "否",
        ),
        due("原定时限", DAY, "original_due_on", "时限"),
        due("现行时限", DAY, "due_on", "时限"),
        field("计划完成", DAY, "planned_on", "时限", Form.DATE),
        status("履行情况"),
        light("履行情况"),
        reason("亮灯原因", 18, "履行情况", snapshot=snapshot),
        field("逾期工作日", 7, "overdue_days", "履行情况", Form.NUMBER),
        Cell(
            Column("签收日期", DAY, Form.DATE, "办理", key="accepted_on"),
            lambda line: day_of(line.accepted_at),
        ),
        field("实际完成", DAY, "completed_on", "办理", Form.DATE),
        field("核验日期", DAY, "verified_on", "办理", Form.DATE),
        field("退回次数", 5, "returned_count", "办理", Form.NUMBER),
        field("复开次数", 5, "reopened_count", "办理", Form.NUMBER),
        field("佐证材料", 18, "evidence", "办理"),
        field("进展", 34, "progress_note", "办理"),
        field("依赖的上级单位", 14, "superior_name", "受阻"),
        chosen("原因", 8, "block_cause", "受阻", CAUSES),
        field("说明", 22, "block_reason", "受阻"),
        *CONTACT,
    ]


_THING = "责任事项"
