"""疑点: what is claimed, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator

from reports import words
from reports.looks import Column, Form
from reports.models import Snapshot
from reports.rows import Row
from reports.tables.base import Frozen, Table
from reports.tables.cells import DAY

CODE = "contradictions"
_THING, _SIDES, _SEEN = "责任事项", "两方面的事实", "处理"
_COLUMNS = (
    Column("序号", 6, Form.NUMBER, _THING, key="number"),
    Column("责任部门", 14, Form.TEXT, _THING, key="department_name"),
    Column("事项", 20, Form.TEXT, _THING, key="title"),
    Column("责任", 8, Form.WORD, _THING, key="duty"),
    Column("清单", 15, Form.TEXT, _THING, key="list_title"),
    Column("疑点", 12, Form.TEXT, _SIDES, key="label"),
    Column("申报或登记的", 24, Form.TEXT, _SIDES, key="claim"),
    Column("与之不符的", 24, Form.TEXT, _SIDES, key="found"),
    Column("发现日期", DAY, Form.DATE, _SEEN, key="found_on"),
    Column("此前出现次数", 6, Form.NUMBER, _SEEN, key="recurrence"),
    Column("需要核实的", 22, Form.TEXT, _SEEN, key="expected"),
)
_NOTE = (
    "注：列出截止日当天尚未处理的疑点，即部门申报或登记的与检查、共享平台记录、使用部门反映不相符的事项；"
    "疑点是核实的线索，不是结论，不影响本报告的各项指标。"
)


def table(frozen: Frozen) -> Table:
    """The weightiest first."""
    snapshot = frozen.snapshot
    return Table(
        CODE,
        "疑点",
        _COLUMNS,
        lambda: _rows(snapshot),
        note=_NOTE,
        empty="截止日没有尚未处理的疑点。",
        is_detail=True,
        frozen_columns=3,
    )


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    cases = snapshot.contradictions.select_related("line").order_by(
        "-weight", "-recurrence", "case_id"
    )
    for number, case in enumerate(cases.iterator(chunk_size=2_000), 1):
        line = case.line
        yield Row(
            [
                number,
                line.department_name,
                line.title,
                words.duty_of(line),
                line.list_title,
                case.label,
                case.claim,
                case.found,
                case.found_on,
                case.recurrence,
                case.expected,
            ]
        )
