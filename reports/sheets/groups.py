"""分部门, 分清单, 分场景: the same figures for each department, list and scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add as plus

from openpyxl.worksheet.worksheet import Worksheet

from obligations.indicators import Counts, Figure
from reports import layouts
from reports.drafts import KIND_WORDS, NOTHING, SHORT_LIGHTS, Draft, rate_value
from reports.looks import Column, Form
from reports.models import FigureLine
from reports.rows import Row, Value

_STATUSES = {"issued": "待签收", "in_progress": "推进中", "claimed": "待审签", "endorsed": "待核验"}
_LIGHTS = ("red", "yellow", "blue", "purple", "green")
# A rate of one or two obligations says nothing about a department.
SMALLEST_RANKED = 3

_FIGURES = (
    Column("总数", 7, Form.NUMBER, "责任事项"),
    Column("不计入", 7, Form.NUMBER, "责任事项"),
    Column("计入", 7, Form.NUMBER, "责任事项"),
    *(Column(word, 7, Form.NUMBER, "办理状态") for word in _STATUSES.values()),
    Column("已销号", 7, Form.NUMBER, "办理状态"),
    *(Column(SHORT_LIGHTS[light], 6, Form.NUMBER, "亮灯") for light in _LIGHTS),
    Column("比率", 9, Form.PERCENT, "完成率"),
    *(
        Column(label, width, form, f"按期完成率（{due}时限）")
        for due in ("现行", "原定")
        for label, width, form in (
            ("按期", 7, Form.NUMBER),
            ("到期", 7, Form.NUMBER),
            ("比率", 9, Form.PERCENT),
        )
    ),
)


def first_light_column() -> int:
    """The sheet column of the first light in the table of departments."""
    labels = [column.label for column in _FIGURES]
    return len(_DEPARTMENT) + labels.index(SHORT_LIGHTS[_LIGHTS[0]]) + 1


_DEPARTMENT = (Column("序号", 6, Form.NUMBER), Column("责任部门", 26))
_LIST = (
    Column("序号", 6, Form.NUMBER),
    Column("清单", 34),
    Column("类别", 11, Form.WORD, "清单"),
    Column("批次", 6, Form.NUMBER, "清单"),
    Column("事项", 7, Form.NUMBER, "清单事项（条）"),
    Column("不予共享等", 8, Form.NUMBER, "清单事项（条）"),
)
_SCENE = (Column("序号", 6, Form.NUMBER), Column("应用场景（一件事）", 34))
_RANK = Column("排名", 7, Form.WORD, "完成率")


def add_departments(draft: Draft) -> Worksheet:
    """One row a department, with its place among those that can be ranked."""
    lines = draft.figures[FigureLine.Grouping.DEPARTMENT]
    places = ranks([line.counts.completion_rate for line in lines])
    place_of = len(_DEPARTMENT) + [column.group for column in _FIGURES].index("完成率") + 1
    columns = [*_DEPARTMENT, *_FIGURES]
    columns.insert(place_of, _RANK)
    rows = []
    for number, (line, place) in enumerate(zip(lines, places, strict=True), 1):
        values = [number, line.name, *_values(line.counts, _by_status([line]))]
        values.insert(place_of, place or NOTHING)
        rows.append(Row(values))
    summed = ["", "合计", *_summed(lines)]
    summed.insert(place_of, NOTHING)
    note = "注：上级单位承担的事项不计入；合计比率为分子之和除以分母之和；分母小于 3 的不参加排名。"
    return _add(draft, "分部门", columns, rows, total=summed, note=note)


def add_lists(draft: Draft) -> Worksheet:
    """One row a list."""
    lines = draft.figures[FigureLine.Grouping.LIST]
    rows = [
        Row([number, *_of_list(line), *_values(line.counts, _by_status([line]))])
        for number, line in enumerate(lines, 1)
    ]
    items = sum(line.item_count + line.idle_item_count for line in lines)
    idle = sum(line.idle_item_count for line in lines)
    total = ["", "合计", "", "", items, idle, *_summed(lines)]
    note = "注：不计入的包括待下达、已撤销、不适用和上级单位承担的责任事项。"
    return _add(draft, "分清单", [*_LIST, *_FIGURES], rows, total=total, note=note)


def add_scenes(draft: Draft) -> Worksheet:
    """One row a scene; the total counts each obligation once, in however many scenes it is."""
    once, *lines = draft.figures[FigureLine.Grouping.SCENE]
    rows = [
        Row([number, line.name, *_values(line.counts, _by_status([line]))])
        for number, line in enumerate(lines, 1)
    ]
    total = ["", "合计（不重复计）", *_summed([once])]
    note = "注：一个责任事项可支撑多个“一件事”，在各行中分别计数，合计行只计一次。"
    return _add(draft, "分场景", [*_SCENE, *_FIGURES], rows, total=total, note=note)


def ranks(figures: Sequence[Figure]) -> list[int | None]:
    """Each figure's place, the best first; ties share a place, small denominators have none."""
    rated = [figure for figure in figures if figure.denominator >= SMALLEST_RANKED]
    return [
        # The exact fractions are compared, by cross-multiplication, not the rounded rates.
        1
        + sum(
            other.numerator * figure.denominator > figure.numerator * other.denominator
            for other in rated
        )
        if figure.denominator >= SMALLEST_RANKED
        else None
        for figure in figures
    ]


def _add(
    draft: Draft,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    total: Sequence[Value],
    note: str,
) -> Worksheet:
    sheet = draft.add_table_sheet(name, columns, frozen_columns=2)
    filled = [*rows, layouts.total(total)]
    below = layouts.table(draft.book, sheet, columns, filled, first_row=layouts.FIRST_ROW)
    layouts.signature(
        draft.book, sheet, row=below, width=len(columns), signers=draft.signers, note=note
    )
    return sheet


def _of_list(line: FigureLine) -> list[Value]:
    kind = KIND_WORDS.get(line.kind, line.kind)
    items = line.item_count + line.idle_item_count
    return [
        line.name,
        kind,
        line.position,
        items,
        line.idle_item_count,
    ]


def _values(counts: Counts, statuses: list[int]) -> list[Value]:
    """The values of the figure columns."""
    current, original = counts.on_time_rate, counts.original_on_time_rate
    return [
        counts.total,
        counts.total - counts.applicable,
        counts.applicable,
        *statuses,
        counts.verified,
        *(getattr(counts, light) for light in _LIGHTS),
        rate_value(counts.completion_rate),
        *(current.numerator, current.denominator, rate_value(current)),
        *(original.numerator, original.denominator, rate_value(original)),
    ]


def _by_status(lines: Iterable[FigureLine]) -> list[int]:
    lines = list(lines)
    return [sum(getattr(line, status) for line in lines) for status in _STATUSES]


def _summed(lines: Sequence[FigureLine]) -> list[Value]:
    counts = reduce(plus, (line.counts for line in lines), Counts())
    return _values(counts, _by_status(lines))
