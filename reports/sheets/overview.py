"""总体情况: the figures of the whole and of each kind of list, and below them the charts."""

from __future__ import annotations

from openpyxl.chart._chart import ChartBase
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from reports import layouts, paging
from reports.drafts import Draft
from reports.rows import Row
from reports.sheets import charts, plain
from reports.tables import Table
from reports.tables.overview import LIGHTS

# Rows that charts take: a page has room for so many of their height.
_HALF_PAGE, _PAGE = 19, 39
_ROW_HEIGHT = 15.0
_AROUND_BARS = 9
# Between the margins of A4 landscape, less what programs draw higher than it was asked for.
_PAPER_POINTS = 510.0
_TABLE_ROW_HEIGHT = 16.5


def add(draft: Draft, table: Table, *, trend: Table, departments: Table) -> None:
    """The table of figures and the charts: lights of the whole, the trend, and by department."""
    sheet = plain.add(draft, table)
    # The table is one page; on those of the charts its header would stand over nothing.
    sheet.print_title_rows = f"{layouts.TITLE_ROW}:{layouts.META_ROW}"
    rows = list(table.rows())
    below = layouts.FIRST_ROW + len(rows)
    _fit_one_page(sheet, table, below=below)
    layouts.merge_repeats(sheet, column=1, first_row=layouts.FIRST_ROW, below=below)
    first = layouts.FIRST_ROW + [row.values[0] for row in rows].index(LIGHTS)
    layouts.colour_lights(sheet, f"B{first}:B{below - 1}")
    row = _new_page(sheet, below + 2)
    width = len(table.columns)
    _place(sheet, charts.lights(table, first_row=first), row=row, rows=_HALF_PAGE, width=width)
    points = list(trend.rows())
    if len(points) > 1:
        line = charts.trend(trend, count=len(points), with_on_time=_all_have_on_time(points))
        _place(sheet, line, row=row + _HALF_PAGE + 1, rows=_HALF_PAGE, width=width)
    row += _PAGE + 1
    count = len(list(departments.rows()))
    # The lights of one department are those of the whole.
    shown = charts.departments(departments, count=count) if count > 1 else ()
    for chart, bars in shown:
        row = _new_page(sheet, row)
        # Few bars would be drawn as high as they are wide.
        height = min(_PAGE, _AROUND_BARS + 2 * bars)
        _place(sheet, chart, row=row, rows=height, width=width)
        row += height + 1


def _fit_one_page(sheet: Worksheet, table: Table, *, below: int) -> None:
    """The table is one page whatever a program makes of the columns' width, and so are the charts,
    however many lines the title takes."""
    sheet.sheet_properties.pageSetUpPr = None
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = None
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    rows = sheet.row_dimensions
    for row in range(layouts.FIRST_ROW, below):
        rows[row].height = _TABLE_ROW_HEIGHT
    of_table = sum(rows[row].height or _ROW_HEIGHT for row in range(1, below + 2))
    repeated = (layouts.TITLE_ROW, layouts.META_ROW)
    of_charts = sum(rows[row].height for row in repeated) + (_PAGE + 1) * _ROW_HEIGHT
    fitting = int(100 * _PAPER_POINTS / max(of_table, of_charts))
    sheet.page_setup.scale = min(paging.fixed_scale(table.columns), fitting)


def _all_have_on_time(points: list[Row]) -> bool:
    """A dash in a cell would be drawn as 0 %."""
    return not any(isinstance(row.values[-1], str) for row in points)


def _new_page(sheet: Worksheet, row: int) -> int:
    """Break the page after a row; the row of the next one with which a chart begins."""
    sheet.row_breaks.append(Break(id=row))
    return row + 1


def _place(sheet: Worksheet, chart: ChartBase, *, row: int, rows: int, width: int) -> None:
    """Over the whole width of the table, however wide a reader draws its columns."""
    for number in range(row, row + rows + 1):
        sheet.row_dimensions[number].height = _ROW_HEIGHT
    chart.anchor = TwoCellAnchor(  # type: ignore[assignment]  # the stubs know cell names only
        _from=AnchorMarker(col=0, row=row), to=AnchorMarker(col=width, row=row + rows)
    )
    sheet.add_chart(chart)
