"""上报表: each list in its own columns, with 状态 and 完成情况, from the frozen lines alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.utils import translation

from obligations.kinds import Column as OfficialColumn
from obligations.kinds import ColumnType, Kind, kinds
from obligations.models import Status
from reports import layouts
from reports.books import Book
from reports.drafts import Draft
from reports.looks import Column, Form
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.overflow import Cleanings
from reports.rows import Row
from reports.sheets import long_texts
from reports.terms import reader
from reports.words import KIND_WORDS, day_text, duty_of, status_of

DONE, OVERDUE, BLOCKED, UNDER_WAY = "已完成", "逾期", "受阻", "推进中"
NOT_ISSUED, NOT_APPLICABLE, WITHDRAWN = "待下达", "不适用", "撤销"
_WIDTHS: dict[str, float] = {
    "serial": 6,
    "items": 22,
    "text": 14,
    "choice": 9,
    "choices": 10,
    "code": 14,
    "deadline": 12,
}
_TITLE_WIDTH, _STATE_WIDTH, _COMPLETION_WIDTH = 24, 9, 48
_SHEET_NAME = 31
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\'")


def write(snapshot: Snapshot, *, to: Path) -> Cleanings:
    """Write the report for the superior body: one sheet a list; returns what was cleaned."""
    with translation.override("zh-hans"):
        draft = Draft(Book(made_at=snapshot.taken_at), snapshot)
        lists = snapshot.figures.filter(grouping=FigureLine.Grouping.LIST)
        names: set[str] = set()
        for line in lists.order_by("kind", "position", "name", "key"):
            _add_list(draft, line, names)
        draft.book.save(to, before_the_frame=lambda: long_texts.add(draft))
    return draft.book.cleanings


def file_name(snapshot: Snapshot) -> str:
    """Such as 全省数据共享责任清单落实情况上报表-20261123.xlsx."""
    return f"{snapshot.file_stem}上报表-{snapshot.as_of:%Y%m%d}.xlsx"


def _add_list(draft: Draft, line: FigureLine, names: set[str]) -> None:
    kind = kinds()[line.kind]
    sheet = draft.book.add_sheet(_name(line, names))
    columns = columns_of(kind)
    idle = [f"不产生责任的{line.idle_item_count}条未列入"] if line.idle_item_count else []
    pages = layouts.frame(
        draft.book,
        sheet,
        columns,
        title=f"{line.name}落实情况上报表",
        meta=layouts.APART.join([draft.meta, *idle]),
        name=sheet.title,
        # So that whoever reads 完成情况 sees of which item.
        frozen_columns=1 + [column.key for column in columns].index(kind.title),
    )
    rows = rows_of(draft.snapshot, kind, list_id=int(line.key))
    draft.book.stream(
        sheet,
        columns,
        rows,
        first_row=layouts.FIRST_ROW,
        empty=layouts.nothing("本清单没有产生责任的事项。", pages),
        closing=layouts.closing(signers=draft.signers, note="", pages=pages, columns=columns),
        shortens=True,
    )


def columns_of(kind: Kind) -> list[Column]:
    """The official list's, then ours."""
    own = [
        Column(
            one.label,
            _TITLE_WIDTH if one.field == kind.title else _WIDTHS.get(one.type, 13),
            _form(one.type),
            key=one.field,
        )
        for one in kind.columns
    ]
    return [
        *own,
        Column("状态", _STATE_WIDTH, Form.WORD, "落实情况", key="status"),
        Column("完成情况", _COMPLETION_WIDTH, Form.TEXT, "落实情况", key="completion"),
    ]


def rows_of(snapshot: Snapshot, kind: Kind, *, list_id: int) -> Iterator[Row]:
    """One row an item, in the order of the list."""
    lines = snapshot.lines.filter(list_id=list_id).order_by(
        "position", "item_id", "-external", "role_in_item", "department_position", "pk"
    )
    readers = [_reader(column, kind) for column in kind.columns]
    for _item, group in groupby(lines.read(), key=attrgetter("item_id")):
        owed = list(group)
        texts = [read(owed[0]) for read in readers]
        yield Row([*texts, state_of(owed), "；".join(map(_completion, owed))])


def _reader(column: OfficialColumn, kind: Kind) -> Callable[[ObligationLine], str]:
    return attrgetter("title") if column.field == kind.title else reader(column)


def state_of(owed: Sequence[ObligationLine]) -> str:
    """One word for an item; what a central body owes says so only where nobody else owes."""
    own = [line for line in owed if not line.external]
    if not own:
        return status_of(owed[0])
    counted = [line for line in own if line.counted]
    if not counted:
        return _uncounted(own)
    if any(line.light == "red" for line in counted):
        return OVERDUE
    if all(line.status == Status.VERIFIED for line in counted):
        return DONE
    return BLOCKED if any(line.blocked for line in counted) else UNDER_WAY


def _uncounted(own: Sequence[ObligationLine]) -> str:
    statuses = {line.status for line in own}
    if statuses == {Status.WITHDRAWN}:
        return WITHDRAWN
    return NOT_ISSUED if Status.DRAFT in statuses else NOT_APPLICABLE


def _completion(line: ObligationLine) -> str:
    """What became of one duty, in half a sentence."""
    parts = [f"{line.department_name}（{duty_of(line)}）{status_of(line)}"]
    if line.completed_on:
        parts.append(f"{day_text(line.completed_on)}完成")
    elif line.counted and line.due_on:
        parts.append(f"要求{day_text(line.due_on)}完成")
    if line.overdue_days:
        parts.append(f"逾期{line.overdue_days}个工作日")
    if line.blocked and line.block_reason:
        parts.append(f"受阻：{line.block_reason}")
    if line.progress_note:
        parts.append(f"进展：{line.progress_note}")
    return "，".join(parts)


def _form(column_type: ColumnType) -> Form:
    if column_type in ("serial", "choice", "choices", "security"):
        return Form.WORD
    return Form.CODE if column_type == "code" else Form.TEXT


def _name(line: FigureLine, names: set[str]) -> str:
    """A name for the sheet that Excel takes and no other sheet has."""
    kind = KIND_WORDS.get(line.kind, line.kind)
    wanted = f"{kind}-第{line.position}批".translate(_NOT_IN_NAMES)[:_SHEET_NAME]
    found, number = wanted, 1
    while found in names:
        number += 1
        found = f"{wanted[: _SHEET_NAME - 5]}（{number}）"
    names.add(found)
    return found
