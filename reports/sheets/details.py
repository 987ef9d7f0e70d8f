"""需协调事项, 逾期清单 and the ledgers: one streamed row an obligation line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Case, QuerySet, When
from openpyxl.utils import get_column_letter

from obligations import lights
from obligations.kinds import Kind, kinds
from obligations.models import Block, Duty, RoleInItem, Status
from reports import layouts
from reports.drafts import KIND_WORDS, NOTHING, SHORT_LIGHTS, Draft
from reports.looks import Column, Form
from reports.models import ObligationLine
from reports.rows import OFFICE_ZONE, Row, Value
from reports.terms import text_of

_CHUNK = 2_000


@dataclass(frozen=True)
class Cell:
    """A column and how a line fills it."""

    column: Column
    value: Callable[[ObligationLine], Value]
    # The line's light colours this cell.
    coloured: bool = False


def add_coordination(draft: Draft) -> None:
    """What waits for others: confirmed blocks, and what central bodies have not opened."""
    lines = ObligationLine.objects.filter(snapshot=draft.snapshot).to_coordinate()
    # Ministry by ministry; what the province itself must settle comes last.
    own_last = Case(When(superior_name="", then=1), default=0)
    rows = lines.order_by(own_last, "superior_name", "-waiting_days", "department_position", "pk")
    _add(draft, "需协调事项", _COORDINATION, rows)


def add_overdue(draft: Draft) -> None:
    """Red lights, the longest delay first."""
    rows = draft.snapshot.lines.filter(light="red").order_by(
        "-overdue_days", "department_position", "department_name", "pk"
    )
    _add(draft, "逾期清单", _OVERDUE, rows)


def add_ledgers(draft: Draft) -> None:
    """One ledger for each kind of list: its own columns, then what became of each duty."""
    for kind in kinds().values():
        lines = draft.snapshot.lines.filter(kind=kind.code)
        rows = lines.order_by("list_id", "position", "item_id", "department_position", "pk")
        name = f"明细台账-{KIND_WORDS.get(kind.code, kind.label)}"
        _add(draft, name, _ledger(kind), rows)


def _add(draft: Draft, name: str, cells: Sequence[Cell], lines: QuerySet[ObligationLine]) -> None:
    columns = [Column("序号", 6, Form.NUMBER, cells[0].column.group)]
    columns += [cell.column for cell in cells]
    sheet = draft.add_table_sheet(name, columns, frozen_columns=3)
    sheet.auto_filter.ref = (
        f"A{layouts.LABEL_ROW}:{get_column_letter(len(columns))}{layouts.LABEL_ROW}"
    )
    draft.book.stream(sheet, columns, _rows(cells, lines), first_row=layouts.FIRST_ROW)


def _rows(cells: Sequence[Cell], lines: QuerySet[ObligationLine]) -> Iterator[Row]:
    coloured = [place for place, cell in enumerate(cells, 1) if cell.coloured]
    fillers = [cell.value for cell in cells]
    for number, line in enumerate(lines.iterator(chunk_size=_CHUNK), 1):
        states = dict.fromkeys(coloured, line.light)
        yield Row([number, *(fill(line) for fill in fillers)], states=states)


def _field(label: str, width: float, name: str, group: str, form: Form = Form.TEXT) -> Cell:
    return Cell(Column(label, width, form, group), lambda line: getattr(line, name))


def _chosen(label: str, width: float, name: str, group: str, words: dict[str, str]) -> Cell:
    return Cell(
        Column(label, width, Form.WORD, group),
        lambda line: words.get(getattr(line, name), getattr(line, name)),
    )


_STATUS: dict[str, str] = {
    Status.DRAFT: "待下达",
    Status.ISSUED: "待签收",
    Status.IN_PROGRESS: "推进中",
    Status.CLAIMED: "待部门审签",
    Status.ENDORSED: "待核验",
    Status.VERIFIED: "已核验销号",
    Status.WITHDRAWN: "撤销",
}
_DUTY: dict[str, str] = {
    Duty.SUPPLY: "供数",
    Duty.CATALOGUE: "编目",
    Duty.APPLY: "申请",
    Duty.CONNECT: "对接",
    Duty.USE: "应用",
    Duty.RETURN: "回流",
    Duty.VERIFY: "校核",
}
_ROLE: dict[str, str] = {RoleInItem.LEAD: "牵头", RoleInItem.SUPPORTING: "配合"}
_CAUSE: dict[str, str] = {
    Block.Cause.NOT_OPENED: "上级未开放",
    Block.Cause.TECHNICAL: "技术",
    Block.Cause.DISPUTED: "争议",
    Block.Cause.FUNDING: "经费",
    Block.Cause.OTHER: "其他",
}


def _duty(line: ObligationLine) -> str:
    if line.external:
        return "上级开放"
    return f"{_ROLE[line.role_in_item]}{_DUTY[line.duty]}"


def _status(line: ObligationLine) -> str:
    if line.external and line.status != Status.WITHDRAWN:
        return "已开放" if line.opened_on else "未开放"
    return _STATUS[line.status]


def _due(name: str) -> Callable[[ObligationLine], Value]:
    """A due day, or the words for having none."""
    return lambda line: "持续推进" if line.due_kind == "ongoing" else getattr(line, name)


def _sentence(line: ObligationLine) -> str:
    return lights.sentence_of(line.light_reason)


def _day_of(moment: dt.datetime | None) -> dt.date | None:
    return moment.astimezone(OFFICE_ZONE).date() if moment else None


# Wide enough for 2026年12月31日: a date that does not fit shows as ####.
_DAY = 14.5
_LIGHT = Cell(
    Column("亮灯", 6, Form.WORD, "履行情况"), lambda line: SHORT_LIGHTS[line.light], coloured=True
)
_CONTACT = [
    _field("责任处室", 11, "contact_office", "责任人"),
    _field("姓名", 9, "contact_name", "责任人", Form.WORD),
    _field("联系电话", 13, "contact_phone", "责任人", Form.CODE),
]
_COORDINATION = [
    Cell(
        Column("协调对象", 20, Form.TEXT, "需协调的事"),
        lambda line: line.superior_name or "本省协调",
    ),
    Cell(
        Column("类别", 12, Form.WORD, "需协调的事"),
        lambda line: "受阻" if line.blocked else "上级尚未开放",
    ),
    _field("责任部门", 20, "department_name", "需协调的事"),
    _field("事项", 34, "title", "需协调的事"),
    Cell(Column("责任", 12, Form.WORD, "需协调的事"), _duty),
    _field("清单", 28, "list_title", "需协调的事"),
    _chosen("受阻原因", 12, "block_cause", "受阻", _CAUSE),
    _field("具体说明", 36, "block_reason", "受阻"),
    Cell(Column("要求完成", 15, Form.DATE, "时限"), _due("due_on")),
    Cell(Column("起算日期", 15, Form.DATE, "时限"), lambda line: line.waiting_since or NOTHING),
    Cell(
        Column("已等待工作日", 13, Form.NUMBER, "时限"),
        lambda line: line.waiting_days if line.waiting_since else NOTHING,
    ),
    Cell(
        Column("影响省内事项", 13, Form.NUMBER, "时限"),
        lambda line: line.dependant_count if line.external else NOTHING,
    ),
]
_OVERDUE = [
    _field("责任部门", 20, "department_name", "责任事项"),
    _field("事项", 34, "title", "责任事项"),
    Cell(Column("责任", 12, Form.WORD, "责任事项"), _duty),
    _field("清单", 28, "list_title", "责任事项"),
    Cell(Column("原定时限", 15, Form.DATE, "时限"), _due("original_due_on")),
    Cell(Column("现行时限", 15, Form.DATE, "时限"), _due("due_on")),
    _field("逾期工作日", 12, "overdue_days", "时限", Form.NUMBER),
    Cell(Column("状态", 12, Form.WORD, "履行情况"), _status),
    _LIGHT,
    Cell(Column("原因", 26, Form.TEXT, "履行情况"), _sentence),
    _field("进展和存在问题", 30, "progress_note", "履行情况"),
    *_CONTACT,
]
_PROGRESS = [
    _field("责任部门", 13, "department_name", "责任"),
    Cell(Column("责任", 10, Form.WORD, "责任"), _duty),
    Cell(Column("计入", 5, Form.WORD, "责任"), lambda line: "是" if line.counted else "否"),
    Cell(Column("原定时限", _DAY, Form.DATE, "时限"), _due("original_due_on")),
    Cell(Column("现行时限", _DAY, Form.DATE, "时限"), _due("due_on")),
    _field("计划完成", _DAY, "planned_on", "时限", Form.DATE),
    Cell(Column("状态", 10, Form.WORD, "履行情况"), _status),
    _LIGHT,
    Cell(Column("亮灯原因", 14, Form.TEXT, "履行情况"), _sentence),
    _field("逾期工作日", 7, "overdue_days", "履行情况", Form.NUMBER),
    Cell(Column("签收日期", _DAY, Form.DATE, "办理"), lambda line: _day_of(line.accepted_at)),
    _field("实际完成", _DAY, "completed_on", "办理", Form.DATE),
    _field("核验日期", _DAY, "verified_on", "办理", Form.DATE),
    _field("退回次数", 5, "returned_count", "办理", Form.NUMBER),
    _field("复开次数", 5, "reopened_count", "办理", Form.NUMBER),
    _field("佐证材料", 16, "evidence", "办理"),
    _field("进展", 16, "progress_note", "办理"),
    _field("依赖的上级单位", 12, "superior_name", "受阻"),
    _chosen("原因", 8, "block_cause", "受阻", _CAUSE),
    _field("说明", 14, "block_reason", "受阻"),
    *_CONTACT,
]
_WIDTHS = {"serial": 6, "code": 14, "items": 18, "choice": 8, "choices": 9, "deadline": 11}


def _ledger(kind: Kind) -> list[Cell]:
    """The title and its list first, to stay in view; then the kind's columns, then ours."""
    title = kind.column(kind.title)
    group = "清单内容"
    own = [
        Cell(
            Column(column.label, _WIDTHS.get(column.type, 11), _form(column.type), group),
            lambda line, column=column: text_of(line, column),  # type: ignore[misc]
        )
        for column in kind.columns
        if column.field != kind.title
    ]
    return [
        _field(title.label, 20, "title", group),
        _field("所属清单", 16, "list_title", group),
        *own,
        *_PROGRESS,
    ]


def _form(column_type: str) -> Form:
    if column_type in ("serial", "choice", "choices", "security"):
        return Form.WORD
    return Form.CODE if column_type == "code" else Form.TEXT
