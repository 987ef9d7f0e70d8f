"""总体情况: the figures of the whole and of each kind of list, with native charts."""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from reports import layouts
from reports.drafts import Draft
from reports.sheets import plain
from reports.tables import Table
from reports.tables.overview import LIGHTS
from reports.words import LIGHT_WORDS

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


def add(draft: Draft, table: Table, departments: Table) -> None:
    """The table of figures and the charts: lights of the whole, and by department."""
    sheet = plain.add(draft, table)
    rows = list(table.rows())
    below = layouts.FIRST_ROW + len(rows)
    layouts.merge_repeats(sheet, column=1, first_row=layouts.FIRST_ROW, below=below)
    first = layouts.FIRST_ROW + [row.values[0] for row in rows].index(LIGHTS)
    layouts.colour_lights(sheet, f"B{first}:B{below - 1}")
    row = below + 3
    sheet.row_breaks.append(Break(id=row - 1))
    _place(sheet, _light_chart(sheet, first=first), table, row=row)
    count = min(sum(1 for _row in departments.rows()), _CHARTED_DEPARTMENTS)
    if count:
        chart = _department_chart(departments, count=count)
        _place(sheet, chart, table, row=row + _CHART_ROWS + 1, rows=_TALL_CHART_ROWS)


def _place(
    sheet: Worksheet, chart: BarChart, table: Table, *, row: int, rows: int = _CHART_ROWS
) -> None:
    """Over the whole width of the table, however wide a reader draws its columns."""
    anchor = TwoCellAnchor(
        _from=AnchorMarker(col=0, row=row),
        to=AnchorMarker(col=len(table.columns), row=row + rows),
    )
    chart.anchor = anchor  # type: ignore[assignment]  # the stubs know cell names only
    sheet.add_chart(chart)


def _light_chart(sheet: Worksheet, *, first: int) -> BarChart:
    last = first + len(LIGHT_WORDS) - 1
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


def _department_chart(table: Table, *, count: int) -> BarChart:
    """Stacked lights, one bar a department, from the sheet of departments."""
    chart = _bar_chart("各部门亮灯情况（项）")
    chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 60
    for light in LIGHT_WORDS:
        series = Series(_cells(table, light.value, count=count), title=LIGHT_WORDS[light])
        series.graphicalProperties.solidFill = CHART_COLOURS[light.value]
        chart.append(series)
    chart.set_categories(_cells(table, "department", count=count))
    chart.legend.position = "b"
    chart.dataLabels = None
    return chart


def _cells(table: Table, key: str, *, count: int) -> Reference:
    """The first cells of a column on the table's own sheet, which may not be there yet."""
    place = [column.key for column in table.columns].index(key) + 1
    letter, first = get_column_letter(place), layouts.FIRST_ROW
    return Reference(range_string=f"'{table.name}'!${letter}${first}:${letter}${first + count - 1}")


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
