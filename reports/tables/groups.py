"""分部门, 分清单, 分场景: the same figures for each department, list and scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby
from operator import add as plus

from obligations import rates
from obligations.indicators import Counts
from reports.cells import Value
from reports.looks import Column, Form
from reports.models import FigureLine
from reports.rows import Row
from reports.tables.base import Frozen, Table, as_total
from reports.words import ISSUERS, KIND_WORDS, NOTHING, SHORT_LIGHTS, rate_value

DEPARTMENTS, LISTS, SCENES = "departments", "lists", "scenes"
LIGHTS = ("red", "yellow", "blue", "purple", "green")
_STATUSES = {"issued": "待签收", "in_progress": "推进中", "claimed": "待审签", "endorsed": "待核验"}
_COMPLETION = "完成率"
_NUMBER = Column("序号", 5.5, Form.NUMBER, key="number")
_DEPARTMENT = (_NUMBER, Column("责任部门", 26, key="department"))
_LIST = (
    _NUMBER,
    Column("清单", 23, key="list"),
    Column("类别", 6.5, Form.WORD, "清单", key="kind"),
    Column("批次", 4.5, Form.NUMBER, "清单", key="batch"),
    Column("事项", 6.5, Form.NUMBER, "清单事项（条）", key="items"),
    Column("不予共享等", 7, Form.NUMBER, "清单事项（条）", key="idle_items"),
)
_SCENE = (_NUMBER, Column("应用场景（一件事）", 34, key="scene"))
_RANK = Column("排名", 7, Form.WORD, _COMPLETION, key="rank")


def _figure_columns(frozen: Frozen) -> list[Column]:
    """Wide enough for the number of all obligations: one that does not fit shows as ####."""
    wide = len(f"{frozen.whole.total:,}") + 1.5
    number, light = max(5.5, wide), max(4.5, wide)
    return [
        Column("总数", number, Form.NUMBER, "责任事项", key="total"),
        Column("不计入", number, Form.NUMBER, "责任事项", key="not_counted"),
        Column("计入", number, Form.NUMBER, "责任事项", key="counted"),
        *(
            Column(word, number, Form.NUMBER, "办理状态", key=key)
            for key, word in _STATUSES.items()
        ),
        Column("已销号", number, Form.NUMBER, "办理状态", key="verified"),
        *(Column(SHORT_LIGHTS[one], light, Form.NUMBER, "亮灯", key=one) for one in LIGHTS),
        Column("比率", 8.5, Form.PERCENT, _COMPLETION, key="completion_rate"),
        *(
            Column(label, width, form, f"按期完成率（{due}时限）", key=f"{prefix}{key}")
            for due, prefix in (("现行", ""), ("原定", "original_"))
            for label, width, form, key in (
                ("按期", number, Form.NUMBER, "on_time"),
                ("到期", number, Form.NUMBER, "fell_due"),
                ("比率", 8.5, Form.PERCENT, "on_time_rate"),
            )
        ),
    ]


def departments(frozen: Frozen) -> Table:
    """One row a department, with its place among those that can be ranked."""
    lines = frozen.figures[FigureLine.Grouping.DEPARTMENT]
    # One department alone has nobody to compare it with.
    compared = [] if frozen.snapshot.department_id else lines
    places = rates.ranks({line.key: line.counts.completion_rate for line in compared})
    columns = [*_DEPARTMENT, *_figure_columns(frozen)]
    place_of = [column.group for column in columns].index(_COMPLETION)
    columns.insert(place_of, _RANK)
    rows = []
    for number, line in enumerate(lines, 1):
        values = [number, line.name, *figures([line])]
        values.insert(place_of, places.get(line.key, NOTHING))
        rows.append(Row(values))
    total = ["", "合计", *figures(lines)]
    total.insert(place_of, NOTHING)
    note = (
        "注：上级单位承担的事项不计入；合计比率为分子之和除以分母之和；"
        f"分母小于 {rates.LEAST} 的不参加排名。"
    )
    return Table(
        DEPARTMENTS,
        "分部门",
        columns,
        lambda: rows,
        as_total(total),
        note,
        empty="没有下达给各部门的责任事项。",
    )


def lists(frozen: Frozen) -> Table:
    """One row a list, kind by kind; batches of several lists are added up below them: a batch is
    one issuing level's, as the province's first is not the ministries' first."""
    lines = frozen.lists
    rows, number = [], 0

    def batch(line: FigureLine) -> tuple[str, str, int]:
        return line.kind, frozen.levels[line.key], line.position

    for _batch, found in groupby(lines, key=batch):
        together = list(found)
        for line in together:
            number += 1
            rows.append(Row([number, *_of_lists(line.name, [line]), *figures([line])]))
        if len(together) > 1:
            name = f"{_issuer(frozen, together[0])}第 {together[0].position} 批小计"
            rows.append(as_total(["", *_of_lists(name, together), *figures(together)]))
    total: list[Value] = ["", *_of_lists("合计", lines), *figures(lines)]
    total[2:4] = ["", ""]
    note = "注：不计入的包括待下达、已撤销、不适用和上级单位承担的责任事项。"
    columns = [*_LIST, *_figure_columns(frozen)]
    empty = "没有清单。"
    return Table(LISTS, "分清单分批次", columns, lambda: rows, as_total(total), note, empty=empty)


def _issuer(frozen: Frozen, line: FigureLine) -> str:
    """Whose batch it is, where the report has lists of several levels."""
    return ISSUERS.get(frozen.levels[line.key], "") if len({*frozen.levels.values()}) > 1 else ""


def scenes(frozen: Frozen) -> Table:
    """One row a scene; the total counts each obligation once, in however many scenes it is."""
    once, *lines = frozen.figures[FigureLine.Grouping.SCENE]
    rows = [Row([number, line.name, *figures([line])]) for number, line in enumerate(lines, 1)]
    total = as_total(["", "合计（不重复计）", *figures([once])])
    note = "注：一个责任事项可支撑多个“一件事”，在各行中分别计数，合计行只计一次。"
    columns = [*_SCENE, *_figure_columns(frozen)]
    empty = "清单未列明应用场景（一件事）。"
    return Table(SCENES, "分场景", columns, lambda: rows, total, note, empty=empty)


def figures(lines: Sequence[FigureLine]) -> list[Value]:
    """The values of the figure columns for one line, or the sum of several."""
    counts = reduce(plus, (line.counts for line in lines), Counts())
    current, original = counts.on_time_rate, counts.original_on_time_rate
    return [
        counts.total,
        counts.total - counts.applicable,
        counts.applicable,
        *_by_status(lines),
        counts.verified,
        *(getattr(counts, light) for light in LIGHTS),
        rate_value(counts.completion_rate),
        *(current.numerator, current.denominator, rate_value(current)),
        *(original.numerator, original.denominator, rate_value(original)),
    ]


def _by_status(lines: Iterable[FigureLine]) -> list[int]:
    return [sum(getattr(line, status) for line in lines) for status in _STATUSES]


def _of_lists(name: str, lines: Sequence[FigureLine]) -> list[Value]:
    """Name, kind, batch and items of a list, or of lists of one batch."""
    kind = lines[0].kind if lines else ""
    idle = sum(line.idle_item_count for line in lines)
    items = idle + sum(line.item_count for line in lines)
    return [name, KIND_WORDS.get(kind, kind), lines[0].position if lines else "", items, idle]
