"""本期变化: what became different since the report before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from obligations.models import Status
from reports import words
from reports.cells import Value
from reports.changes import Change, between, counts, previous_of
from reports.looks import Column, Form
from reports.models import ObligationLine, Snapshot
from reports.rows import Row
from reports.tables.base import Frozen, Table
from reports.tables.cells import DAY

CODE = "changes"
_CHUNK = 2_000
_THING, _EARLIER, _NOW = "责任事项", "上期", "本期"
_COLUMNS = (
    Column("序号", 6, Form.NUMBER, _THING, key="number"),
    Column("变化", 9, Form.WORD, _THING, key="change"),
    Column("责任部门", 16, Form.TEXT, _THING, key="department_name"),
    Column("事项", 26, Form.TEXT, _THING, key="title"),
    Column("责任", 8, Form.WORD, _THING, key="duty"),
    Column("清单", 20, Form.TEXT, _THING, key="list_title"),
    Column("状态", 10, Form.WORD, _EARLIER, key="was_status"),
    Column("时限", DAY, Form.DATE, _EARLIER, key="was_due_on"),
    Column("亮灯", 5.5, Form.LIGHT, _EARLIER, key="was_light"),
    Column("状态", 10, Form.WORD, _NOW, key="status"),
    Column("时限", DAY, Form.DATE, _NOW, key="due_on"),
    Column("亮灯", 5.5, Form.LIGHT, _NOW, key="light"),
    Column("实际完成", DAY, Form.DATE, _NOW, key="completed_on"),
)


def table(frozen: Frozen) -> Table:
    """Sort by sort; the first report says that there is none before."""
    previous = previous_of(frozen.snapshot)
    changes = between(frozen.snapshot, previous) if previous else []
    return Table(
        CODE,
        "本期变化",
        _COLUMNS,
        lambda: _rows(changes),
        note=_note(previous, changes),
        empty="与上期相比没有变化。" if previous else "没有可比对的上期报告。",
        is_detail=True,
        frozen_columns=4,
    )


def _note(previous: Snapshot | None, changes: Sequence[Change]) -> str:
    if previous is None:
        return "注：同一范围在此之前没有已发布的报告，本期无可比对的上期。"
    count = counts(changes)
    told = "，".join(f"{change.name} {count[change.code]} 项" for change in changes)
    day = words.day_text(previous.as_of)
    return (
        f"注：与截至{day}的上期报告（第 {previous.pk} 号快照）相比：{told}。"
        "同一责任事项有几种变化的，分别列出；灯色变化只列没有其他变化的。"
    )


def _rows(changes: Sequence[Change]) -> Iterator[Row]:
    number = 0
    for change in changes:
        lines = change.lines.order_by("department_position", "department_name", "list_id", "pk")
        for line in lines.iterator(chunk_size=_CHUNK):
            number += 1
            yield Row([number, change.name, *_values(line, is_gone=change.code == "gone")])


def _values(line: ObligationLine, *, is_gone: bool) -> list[Value]:
    now: list[Value] = [words.NOTHING] * 4
    if not is_gone:
        now = [words.status_of(line), words.due_of(line), _light(line.light), line.completed_on]
    return [
        line.department_name,
        line.title,
        words.duty_of(line),
        line.list_title,
        *_earlier(line),
        *now,
    ]


def _earlier(line: ObligationLine) -> list[Value]:
    """What `changes.between` put beside the line; a dash for what was not there."""
    was = vars(line)
    status = was["was_status"]
    if status is None:
        return [words.NOTHING] * 3
    if line.external and status != Status.WITHDRAWN:
        told = words.opening_of(was["was_opened_on"])
    else:
        told = words.STATUSES[status]
    due = words.ONGOING if was["was_due_kind"] == "ongoing" else was["was_due_on"]
    return [told, due, _light(was["was_light"])]


def _light(code: str) -> str:
    return words.SHORT_LIGHTS[code]
