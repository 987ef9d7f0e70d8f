"""需协调事项 and 逾期清单: the obligations that leadership must look at."""

from __future__ import annotations

from django.db.models import Case, When

from reports.looks import Column, Form
from reports.models import ObligationLine, Snapshot
from reports.tables.base import Frozen, Table
from reports.tables.cells import (
    CONTACT,
    DAY,
    Cell,
    chosen,
    detail,
    due,
    duty,
    field,
    light,
    reason,
    status,
)
from reports.words import CAUSES, NOTHING

COORDINATION, OVERDUE, DUE_SOON = "coordination", "overdue", "due-soon"


def coordination(frozen: Frozen) -> Table:
    """What waits for others: confirmed blocks, and what central bodies have not opened."""
    lines = ObligationLine.objects.filter(snapshot=frozen.snapshot).to_coordinate()
    # Ministry by ministry; what the province itself must settle comes last.
    own_last = Case(When(superior_name="", then=1), default=0)
    rows = lines.order_by(own_last, "superior_name", "-waiting_days", "department_position", "pk")
    note = "注：受阻的自统筹部门确认之日起算，上级尚未开放的自其要求完成日期起算。"
    empty = "没有受阻的责任事项，也没有到期尚未开放的上级单位事项。"
    return detail(COORDINATION, "需协调事项", _COORDINATION, rows, note=note, empty=empty)


def overdue(frozen: Frozen) -> Table:
    """Red lights, the longest delay first."""
    rows = frozen.snapshot.lines.filter(light="red").order_by(
        "-overdue_days", "department_position", "department_name", "pk"
    )
    cells = [
        *_THING,
        due("原定时限", DAY, "original_due_on", "时限"),
        due("现行时限", DAY, "due_on", "时限"),
        field("逾期工作日", 8, "overdue_days", "时限", Form.NUMBER),
        *_standing(frozen.snapshot),
        field("进展和存在问题", 50, "progress_note", _STANDING),
        field("退回原因", 20, "return_reason", _STANDING),
        *CONTACT,
    ]
    note = "注：逾期工作日从现行时限的次日起算；申报迟于时限的算到申报日，失约的从宽限期满起算。"
    empty = "没有逾期、失约的责任事项（没有红灯）。"
    return detail(OVERDUE, "逾期清单", cells, rows, note=note, empty=empty)


def due_soon(frozen: Frozen) -> Table:
    """What falls due within the days of the light rule, the nearest first."""
    lines = ObligationLine.objects.filter(snapshot=frozen.snapshot).falling_due()
    rows = lines.order_by("due_on", "department_position", "department_name", "pk")
    cells = [
        *_THING,
        due("原定时限", DAY, "original_due_on", "时限"),
        due("现行时限", DAY, "due_on", "时限"),
        field("剩余工作日", 8, "left_days", "时限", Form.NUMBER),
        field("计划完成", DAY, "planned_on", "时限", Form.DATE),
        *_standing(frozen.snapshot),
        field("进展和存在问题", 80, "progress_note", _STANDING),
        *CONTACT,
    ]
    days = frozen.snapshot.due_soon_days
    note = f"注：列出 {days} 个工作日内到期、尚未申报完成的责任事项。"
    empty = f"没有 {days} 个工作日内到期、尚未申报完成的责任事项。"
    return detail(DUE_SOON, "临期清单", cells, rows, note=note, empty=empty)


def _standing(snapshot: Snapshot) -> list[Cell]:
    return [
        status(_STANDING),
        light(_STANDING),
        reason("原因", 18, _STANDING, snapshot=snapshot),
    ]


_STANDING = "履行情况"
_THING = (
    field("责任部门", 16, "department_name", "责任事项"),
    field("事项", 24, "title", "责任事项"),
    duty("责任事项"),
    field("清单", 20, "list_title", "责任事项"),
)
_COORDINATION = [
    Cell(
        Column("协调对象", 14, Form.TEXT, "需协调的事", key="counterpart"),
        lambda line: line.superior_name or "本省协调",
    ),
    Cell(
        Column("类别", 8, Form.WORD, "需协调的事", key="sort"),
        lambda line: "受阻" if line.blocked else "上级尚未开放",
    ),
    field("责任部门", 14, "department_name", "需协调的事"),
    field("事项", 22, "title", "需协调的事"),
    duty("需协调的事"),
    field("清单", 18, "list_title", "需协调的事"),
    chosen("受阻原因", 8, "block_cause", "受阻", CAUSES),
    field("具体说明", 24, "block_reason", "受阻"),
    due("要求完成", DAY, "due_on", "时限"),
    Cell(
        Column("起算日期", DAY, Form.DATE, "时限", key="waiting_since"),
        lambda line: line.waiting_since or NOTHING,
    ),
    Cell(
        Column("已等待工作日", 7, Form.NUMBER, "时限", key="waiting_days"),
        lambda line: line.waiting_days if line.waiting_since else NOTHING,
    ),
    Cell(
        Column("影响省内事项", 7, Form.NUMBER, "时限", key="dependant_count"),
        lambda line: line.dependant_count if line.external else NOTHING,
    ),
]
