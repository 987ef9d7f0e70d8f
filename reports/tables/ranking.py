"""部门排名: by completion, with ties; below them those that cannot be ranked, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from obligations import rates
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import FigureLine
from reports.rows import Row
from reports.tables.base import Frozen, Table
from reports.words import NOTHING, rate_value

CODE = "ranking"
_COLUMNS = (
    Column("名次", 8, Form.NUMBER, key="place"),
    Column("责任部门", 34, key="department"),
    Column("已销号", 10, Form.NUMBER, "完成率", key="verified"),
    Column("计入", 10, Form.NUMBER, "完成率", key="counted"),
    Column("比率", 11, Form.PERCENT, "完成率", key="completion_rate"),
    Column("按期", 10, Form.NUMBER, "按期完成率（现行时限）", key="on_time"),
    Column("到期", 10, Form.NUMBER, "按期完成率（现行时限）", key="fell_due"),
    Column("比率", 11, Form.PERCENT, "按期完成率（现行时限）", key="on_time_rate"),
    Column("名次", 8, Form.WORD, "按期完成率（现行时限）", key="on_time_place"),
    Column("逾期（红灯）", 12, Form.NUMBER, key="red"),
    Column("说明", 40, key="remark"),
)
_Places = Mapping[str, int]


def table(frozen: Frozen) -> Table:
    """The best first; equal rates share a place, the next one leaves as many out."""
    lines = frozen.figures[FigureLine.Grouping.DEPARTMENT]
    places = rates.ranks({line.key: line.counts.completion_rate for line in lines})
    on_time = rates.ranks({line.key: line.counts.on_time_rate for line in lines})
    shared = Counter(places.values())
    ranked = sorted((line for line in lines if line.key in places), key=lambda one: places[one.key])
    others = [line for line in lines if line.key not in places]
    rows = [
        *(_row(line, places, on_time, remark=_tie(shared[places[line.key]])) for line in ranked),
        *(_row(line, places, on_time, remark=_reason(line)) for line in others),
    ]
    note = (
        f"注：按完成率由高到低排列，只排分母不小于 {rates.LEAST} 的部门；"
        "比率按准确值比较，相同的名次并列。按期完成率另排名次，规则相同。"
    )
    empty = "没有可排名的部门。"
    return Table(CODE, "部门排名", _COLUMNS, lambda: rows, note=note, empty=empty)


def _row(line: FigureLine, places: _Places, on_time: _Places, *, remark: str) -> Row:
    completion, timely = line.counts.completion_rate, line.counts.on_time_rate
    values: list[Value] = [
        places.get(line.key, NOTHING),
        line.name,
        *(completion.numerator, completion.denominator, rate_value(completion)),
        *(timely.numerator, timely.denominator, rate_value(timely)),
        on_time.get(line.key, NOTHING),
        line.red,
        remark,
    ]
    return Row(values)


def _tie(count: int) -> str:
    return f"{count} 个部门并列" if count > 1 else ""


def _reason(line: FigureLine) -> str:
    """Why it has no place."""
    if not line.applicable:
        return "没有计入的责任事项，不参加排名"
    return f"计入的责任事项不足 {rates.LEAST} 项，不参加排名"
