"""总体情况: the figures of the whole and of each kind of list, with native charts."""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from obligations.indicators import Figure
from reports import layouts
from reports.drafts import LIGHT_WORDS, NOTHING, Draft, rate_value
from reports.looks import PLAIN, Column, Form
from reports.models import FigureLine
from reports.rows import Row, Value
from reports.sheets import groups

NAME = "总体情况"
CHART_COLOURS = {
    "red": "C0392B",
    "yellow": "E0A800",
    "blue": "2F6FB5",
    "purple": "7D5BA6",
    "green": "3C8D40",
}
# The chart by department stays readable up to here; the table has all of them.
_CHARTED_DEPARTMENTS = 40
_CHART_ROWS = 16
# Names of departments stand aslant and need room.
_TALL_CHART_ROWS = 26


def add(draft: Draft) -> Worksheet:
    """The table of figures; the charts are added when their sheets are there."""
    sheet = draft.add_table_sheet(NAME, _columns(draft))
    rows = [*_rates(draft), *_states(draft), *_sizes(draft), *_lights(draft)]
    below = layouts.table(draft.book, sheet, _columns(draft), rows, first_row=layouts.FIRST_ROW)
    layouts.merge_repeats(sheet, column=1, first_row=layouts.FIRST_ROW, below=below)
    note = "注：各项指标的分子、分母和计入口径见“封面与说明”；状态和亮灯的分母是计入的责任事项。"
    layouts.signature(
        draft.book,
        sheet,
        row=below,
        width=len(_columns(draft)),
        signers=draft.signers,
        note=note,
    )
    return sheet


def add_charts(draft: Draft, sheet: Worksheet, departments: Worksheet) -> None:
    """Lights of the whole from this sheet, lights by department from theirs."""
    last = layouts.FIRST_ROW + len(_rows_before_lights(draft)) + len(LIGHT_WORDS) - 1
    row = last + 4
    sheet.row_breaks.append(Break(id=row - 1))
    _place(sheet, _light_chart(sheet, last=last), draft, row=row)
    count = min(len(draft.figures[FigureLine.Grouping.DEPARTMENT]), _CHARTED_DEPARTMENTS)
    if count:
        chart = _department_chart(departments, count=count)
        _place(sheet, chart, draft, row=row + _CHART_ROWS + 1, rows=_TALL_CHART_ROWS)


def _place(
    sheet: Worksheet, chart: BarChart, draft: Draft, *, row: int, rows: int = _CHART_ROWS
) -> None:
    """Over the whole width of the table, however wide a reader draws its columns."""
    anchor = TwoCellAnchor(
        _from=AnchorMarker(col=0, row=row),
        to=AnchorMarker(col=len(_columns(draft)), row=row + rows),
    )
    chart.anchor = anchor  # type: ignore[assignment]  # the stubs know cell names only
    sheet.add_chart(chart)


def _rows_before_lights(draft: Draft) -> list[Row]:
    return [*_rates(draft), *_states(draft), *_sizes(draft)]


def _columns(draft: Draft) -> list[Column]:
    found = [Column("类别", 14, Form.WORD), Column("指标", 32)]
    for line in _lines(draft):
        group = line.name or "全部清单"
        found += [
            Column("分子", 13, Form.NUMBER, group),
            Column("分母", 13, Form.NUMBER, group),
            Column("比率", 13, Form.PERCENT, group),
        ]
    return found


def _lines(draft: Draft) -> list[FigureLine]:
    return [draft.whole, *draft.figures[FigureLine.Grouping.KIND]]


def _rates(draft: Draft) -> list[Row]:
    lines = _lines(draft)
    return [
        _rate("完成率（销号率）", [line.counts.completion_rate for line in lines]),
        _rate("按期完成率（现行时限）", [line.counts.on_time_rate for line in lines]),
        _rate("按期完成率（原定时限）", [line.counts.original_on_time_rate for line in lines]),
        _rate("对接完成率", [line.docking_rate for line in lines]),
        _rate("核验及时率（统筹部门）", [line.decision_rate for line in lines]),
    ]


def _states(draft: Draft) -> list[Row]:
    return [
        _share(draft, "办理状态", "待签收", "issued"),
        _share(draft, "办理状态", "推进中", "in_progress"),
        _share(draft, "办理状态", "待部门审签", "claimed"),
        _share(draft, "办理状态", "待核验", "endorsed"),
        _share(draft, "办理状态", "其中按期申报待核验", "waiting_in_time"),
        _share(draft, "办理状态", "已核验销号", "verified"),
    ]


def _sizes(draft: Draft) -> list[Row]:
    lines = _lines(draft)
    return [
        _number(
            "规模", "清单事项（条）", [line.item_count + line.idle_item_count for line in lines]
        ),
        _number("规模", "其中不产生责任的（不予共享等）", [line.idle_item_count for line in lines]),
        _number("规模", "责任事项", [line.total for line in lines]),
        _number("规模", "计入指标的责任事项", [line.applicable for line in lines]),
        _number("规模", "不计入的责任事项（灰灯）", [line.grey for line in lines]),
    ]


def _lights(draft: Draft) -> list[Row]:
    return [
        _share(draft, "亮灯", word, light.value, state=light.value)
        for light, word in LIGHT_WORDS.items()
    ]


def _rate(name: str, figures: list[Figure]) -> Row:
    values: list[Value] = ["比率", name]
    for figure in figures:
        values += [figure.numerator, figure.denominator, rate_value(figure)]
    return Row(values)


def _share(draft: Draft, sort: str, name: str, field: str, *, state: str = PLAIN) -> Row:
    """How many of the applicable ones."""
    values: list[Value] = [sort, name]
    for line in _lines(draft):
        figure = Figure(getattr(line, field), line.applicable)
        values += [figure.numerator, figure.denominator, rate_value(figure)]
    return Row(values, states={1: state} if state else None)


def _number(sort: str, name: str, numbers: list[int]) -> Row:
    values: list[Value] = [sort, name]
    for number in numbers:
        values += [number, NOTHING, NOTHING]
    return Row(values)


def _light_chart(sheet: Worksheet, *, last: int) -> BarChart:
    first = last - len(LIGHT_WORDS) + 1
    series = Series(Reference(sheet, min_col=3, min_row=first, max_row=last), title="责任事项")
    for place, light in enumerate(LIGHT_WORDS):
        point = DataPoint(idx=place)
        point.graphicalProperties.solidFill = CHART_COLOURS[light.value]
        series.dPt.append(point)
    chart = _bar_chart("亮灯情况（项）")
    chart.append(series)
    chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=last))
    chart.legend = None
    chart.gapWidth = 80
    return chart


def _department_chart(sheet: Worksheet, *, count: int) -> BarChart:
    """Stacked lights, one bar a department, from the table of departments."""
    first, last = layouts.FIRST_ROW, layouts.FIRST_ROW + count - 1
    chart = _bar_chart("各部门亮灯情况（项）")
    chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 60
    for place, light in enumerate(LIGHT_WORDS):
        column = groups.first_light_column() + place
        values = Reference(sheet, min_col=column, min_row=first, max_row=last)
        series = Series(values, title=LIGHT_WORDS[light])
        series.graphicalProperties.solidFill = CHART_COLOURS[light.value]
        chart.append(series)
    chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=last))
    chart.legend.position = "b"
    chart.dataLabels = None
    return chart


def _bar_chart(title: str) -> BarChart:
    chart = BarChart()
    chart.type = "col"
    chart.title = title
    # Without these Excel hides the axes of charts that openpyxl wrote.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    chart.y_axis.number_format = "0"
    chart.dataLabels = DataLabelList()
    chart.dataLabels.showVal = True
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(chart.dataLabels, other, False)
    return chart
