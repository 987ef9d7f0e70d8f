"""其他指标分部门: the indicators that rest on deliveries, requests, calls and the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from obligations.indicators import Figure
from reports import definitions
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import FigureLine
from reports.rows import Row
from reports.tables.base import Frozen, Table, as_total
from reports.words import rate_value

CODE = "indicators"
_Of = Callable[[FigureLine], Figure]


def table(frozen: Frozen) -> Table:
    """对接完成率, then every further indicator of which the scope has anything to count."""
    shown = _shown(frozen)
    columns = [
        Column("序号", 5.5, Form.NUMBER, key="number"),
        Column("责任部门", 24, key="department"),
    ]
    for code, name, of in shown:
        # Calls and probes are counted in millions.
        width = max(5.5, len(f"{of(frozen.whole).denominator:,}") + 1.5)
        columns += [
            Column("分子", width, Form.NUMBER, name, key=f"{code}_numerator"),
            Column("分母", width, Form.NUMBER, name, key=f"{code}_denominator"),
            Column("比率", 8.5, Form.PERCENT, name, key=f"{code}_rate"),
        ]
    lines = frozen.figures[FigureLine.Grouping.DEPARTMENT]
    rows = [
        Row([number, line.name, *_values([line], shown)]) for number, line in enumerate(lines, 1)
    ]
    total = as_total(["", "合计", *_values(lines, shown)])
    note = (
        "注：各项指标的分子、分母见“说明”；本报告范围内没有可计数据的指标不列；"
        "合计比率为分子之和除以分母之和。"
    )
    empty = "没有可计数据的其他指标。"
    return Table(CODE, "其他指标", columns, lambda: rows, total, note, empty=empty)


def _shown(frozen: Frozen) -> list[tuple[str, str, _Of]]:
    found: list[tuple[str, str, _Of]] = [("docking", "对接完成率", lambda line: line.docking_rate)]
    for one in definitions.further():
        if frozen.whole.rate(one.code).denominator:
            found.append((one.code, one.name, lambda line, code=one.code: line.rate(code)))  # type: ignore[misc]
    return found


def _values(lines: Sequence[FigureLine], shown: Sequence[tuple[str, str, _Of]]) -> list[Value]:
    values: list[Value] = []
    for _code, _name, of in shown:
        figure = sum((of(line) for line in lines), Figure(0, 0))
        values += [figure.numerator, figure.denominator, rate_value(figure)]
    return values
