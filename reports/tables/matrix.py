"""部门清单对照: each department under each list, numerator, denominator and rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q

from obligations.indicators import Figure
from obligations.models import Status
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import FigureLine
from reports.rows import Row
from reports.tables.base import Frozen, Table, as_total
from reports.words import rate_value

CODE = "matrix"
_NONE = Figure(0, 0)
_Figures = Mapping[tuple[str, str], Figure]


def table(frozen: Frozen) -> Table:
    """An empty pair of cells is nothing owed, not a rate of 0 %."""
    departments = frozen.figures[FigureLine.Grouping.DEPARTMENT]
    figures = _figures(frozen)
    counted = {of_list for _department, of_list in figures}
    lists = [line for line in frozen.lists if line.key in counted]
    rows = [
        Row([number, line.name, *_values(_of(figures, line.key, lists))])
        for number, line in enumerate(departments, 1)
    ]
    sums = [Figure(one.verified, one.applicable) for one in lists]
    total = as_total(["", "合计", *_values(sums)])
    note = "注：格内为已销号、计入和完成率；空格表示该部门在该清单下没有计入的责任事项。"
    return Table(
        CODE,
        "部门清单对照",
        _columns(lists),
        lambda: rows,
        total,
        note,
        empty="没有计入的责任事项。",
    )


def _columns(lists: Sequence[FigureLine]) -> list[Column]:
    found = [
        Column("序号", 5.5, Form.NUMBER, key="number"),
        Column("责任部门", 26, key="department"),
        Column("已销号", 8, Form.NUMBER, "全部清单", key="verified"),
        Column("计入", 8, Form.NUMBER, "全部清单", key="counted"),
        Column("比率", 9, Form.PERCENT, "全部清单", key="completion_rate"),
    ]
    for line in lists:
        key = f"list_{line.key}"
        found += [
            Column("已销号", 8, Form.NUMBER, line.name, key=f"{key}_verified"),
            Column("计入", 8, Form.NUMBER, line.name, key=f"{key}_counted"),
            Column("比率", 9, Form.PERCENT, line.name, key=f"{key}_completion_rate"),
        ]
    return found


def _figures(frozen: Frozen) -> dict[tuple[str, str], Figure]:
    """(department, list) -> completion."""
    counted = frozen.snapshot.lines.filter(counted=True).order_by()
    grouped = counted.values("department_id", "list_id").annotate(
        owed=Count("pk"), done=Count("pk", filter=Q(status=Status.VERIFIED))
    )
    return {
        (str(row["department_id"]), str(row["list_id"])): Figure(row["done"], row["owed"])
        for row in grouped
    }


def _of(figures: _Figures, department: str, lists: Sequence[FigureLine]) -> list[Figure]:
    return [figures.get((department, line.key), _NONE) for line in lists]


def _values(figures: Sequence[Figure]) -> list[Value]:
    """The sum over all lists, then each list."""
    values: list[Value] = []
    for place, one in enumerate([sum(figures, _NONE), *figures]):
        owes = one.denominator or not place
        values += [one.numerator, one.denominator, rate_value(one)] if owes else [None] * 3
    return values
