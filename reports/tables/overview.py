"""总体情况: the figures of the whole and of each kind of list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from obligations.indicators import Figure
from reports import definitions
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import FigureLine
from reports.rows import Row
from reports.tables.base import Frozen, Table
from reports.words import KIND_WORDS, LIGHT_WORDS, NOTHING, rate_value

CODE = "overview"
NAME = "总体情况"
RATES, STATES, SIZES, LIGHTS = "比率", "办理状态", "规模", "亮灯"
_OWN: dict[str, Callable[[FigureLine], Figure]] = {
    "completion": lambda line: line.counts.completion_rate,
    "on_time": lambda line: line.counts.on_time_rate,
    "original_on_time": lambda line: line.counts.original_on_time_rate,
    "docking": lambda line: line.docking_rate,
    "verifying": lambda line: line.decision_rate,
}
_NOTE = "注：各项指标的分子、分母和计入口径见“说明”；状态和亮灯的分母是计入的责任事项。"


def table(frozen: Frozen) -> Table:
    """Rates first, then states and sizes; lights last, as the chart reads them there."""
    lines = [frozen.whole, *frozen.figures[FigureLine.Grouping.KIND]]
    sizes = _sizes(lines, frozen.external)
    rows = [*_rates(lines), *_states(lines), *sizes, *_lights(lines)]
    return Table(CODE, NAME, _columns(lines), lambda: rows, note=_NOTE, frozen_columns=0)


def _columns(lines: Sequence[FigureLine]) -> list[Column]:
    found = [Column("类别", 12, Form.WORD, key="section"), Column("指标", 38, key="indicator")]
    for line in lines:
        group, key = _group_name(line), line.key or "all"
        found += [
            Column("分子", 11, Form.NUMBER, group, key=f"{key}_numerator"),
            Column("分母", 11, Form.NUMBER, group, key=f"{key}_denominator"),
            Column("比率", 11, Form.PERCENT, group, key=f"{key}_rate"),
        ]
    return found


def _group_name(line: FigureLine) -> str:
    return KIND_WORDS.get(line.key, line.name) if line.key else "全部清单"


def _rates(lines: Sequence[FigureLine]) -> list[Row]:
    """Those of every report, then those that rest on more than lines."""
    found = [
        _rate(RATES, one.name, [_OWN[one.code](line) for line in lines]) for one in definitions.OWN
    ]
    # A snapshot of before they were frozen has none of them.
    frozen = [one for one in definitions.further() if one.code in lines[0].rates]
    return found + [
        _rate(RATES, one.name, [line.rate(one.code) for line in lines]) for one in frozen
    ]


def _states(lines: Sequence[FigureLine]) -> list[Row]:
    return [
        _share(lines, STATES, "待签收", "issued"),
        _share(lines, STATES, "推进中", "in_progress"),
        _share(lines, STATES, "待部门审签", "claimed"),
        _share(lines, STATES, "待核验", "endorsed"),
        _share(lines, STATES, "其中按期申报待核验", "waiting_in_time"),
        _share(lines, STATES, "已核验销号", "verified"),
    ]


def _sizes(lines: Sequence[FigureLine], external: Mapping[str, int]) -> list[Row]:
    """What the first page of the product counts is what our own departments owe."""
    both = [(line, external[line.key]) for line in lines]
    return [
        _number("清单事项（条）", [line.item_count + line.idle_item_count for line in lines]),
        _number("其中不产生责任的（不予共享等）", [line.idle_item_count for line in lines]),
        _number("责任事项（含上级单位承担的）", [line.total for line in lines]),
        _number("其中本级各部门承担的", [line.total - away for line, away in both]),
        _number("其中上级单位承担的（不计入）", [away for _line, away in both]),
        _number("计入指标的责任事项", [line.applicable for line in lines]),
        _number("不计入的责任事项（灰灯，含上级单位承担的）", [line.grey for line in lines]),
    ]


def _lights(lines: Sequence[FigureLine]) -> list[Row]:
    return [_share(lines, LIGHTS, word, light.value) for light, word in LIGHT_WORDS.items()]


def _rate(section: str, name: str, figures: Sequence[Figure]) -> Row:
    values: list[Value] = [section, name]
    for figure in figures:
        values += [figure.numerator, figure.denominator, rate_value(figure)]
    return Row(values)


def _share(lines: Sequence[FigureLine], section: str, name: str, field: str) -> Row:
    """How many of the applicable ones."""
    return _rate(section, name, [Figure(getattr(line, field), line.applicable) for line in lines])


def _number(name: str, numbers: Sequence[int]) -> Row:
    values: list[Value] = [SIZES, name]
    for number in numbers:
        values += [number, NOTHING, NOTHING]
    return Row(values)
