"""Native charts: patterns, marks and labels beside colours, to be read in black and white."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import NumFmt
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import DataPoint, Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.descriptors import Typed
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter

from obligations.models import Light
from reports import layouts
from reports.tables import Table
from reports.words import LIGHT_WORDS

# Colour, and the pattern beside it; without one it is the full colour. In grey there are a dark, a
# middle and a pale tone, and two patterns.
_LOOKS: dict[str, tuple[str, str]] = {
    Light.RED: ("A93226", ""),
    Light.YELLOW: ("C99700", ""),
    Light.BLUE: ("2F6FB5", "wdUpDiag"),
    Light.PURPLE: ("6C4A96", "diagCross"),
    Light.GREEN: ("CFE8CF", ""),
}
_DARK = (Light.RED,)
_EDGE, _PAPER = "404040", "FFFFFF"
# So many departments are read in one chart; more go on in the next.
DEPARTMENTS_A_CHART = 20


class _Labels(DataLabelList):
    """Labels with a number format of their own: openpyxl cannot say that it is not the cells'."""

    numFmt = Typed(expected_type=NumFmt, allow_none=True)  # type: ignore[assignment]
    __elements__ = DataLabelList.__elements__
    __nested__ = tuple(name for name in DataLabelList.__nested__ if name != "numFmt")


_NOT_SHOWN = ("showSerName", "showCatName", "showLegendKey", "showPercent")
# Numbers of points that stand closer than this would cover each other.
_CLOSE = Decimal("0.15")
_NAME_OF_DAY = 'yyyy"年"m"月"d"日"'


def lights(table: Table, *, first_row: int) -> BarChart:
    """The lights of the whole: one bar a light."""
    last_row = first_row + len(LIGHT_WORDS) - 1
    chart = _bars("亮灯情况（项）")
    series = Series(_cells(table, "all_numerator", first_row, last_row), title="责任事项")
    for place, light in enumerate(LIGHT_WORDS):
        point = DataPoint(idx=place, spPr=_look(light))
        series.dPt.append(point)
    chart.append(series)
    chart.set_categories(_cells(table, "indicator", first_row, last_row))
    chart.legend = None
    chart.gapWidth = 80
    return chart


def departments(table: Table, *, count: int) -> Iterator[tuple[BarChart, int]]:
    """Stacked lights, one bar a department, from the sheet of departments; and how many bars."""
    starts = range(0, count, DEPARTMENTS_A_CHART)
    for number, start in enumerate(starts, 1):
        part = f"（{number}/{len(starts)}）" if len(starts) > 1 else ""
        chart = _bars(f"各部门亮灯情况（项）{part}")
        chart.type = "bar"
        chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 40
        first = layouts.FIRST_ROW + start
        last = layouts.FIRST_ROW + min(start + DEPARTMENTS_A_CHART, count) - 1
        for light in LIGHT_WORDS:
            series = Series(_cells(table, light.value, first, last), title=LIGHT_WORDS[light])
            series.spPr = _look(light)
            if light in _DARK:
                series.dLbls = _labels("0;;")
                series.dLbls.txPr = _text(solidFill=_PAPER, b=True)
            chart.append(series)
        chart.set_categories(_cells(table, "department", first, last))
        # The first department on top, as in the table.
        chart.x_axis.scaling.orientation = "maxMin"
        chart.x_axis.tickLblSkip = 1
        # The numbers stand below all the same.
        chart.y_axis.crosses = "max"
        # Its squares are as high as its text: the patterns must be seen in them.
        chart.legend = Legend(legendPos="b", txPr=_text(sz=1200))
        yield chart, last - first + 1


def trend(table: Table, *, count: int, with_on_time: bool) -> LineChart:
    """完成率 over time, and 按期完成率 where every point has one."""
    chart = LineChart()
    _plain(chart, "完成率走势", labels="0.0%")
    last = layouts.FIRST_ROW + count - 1
    lines = [("completion_rate", "完成率", "1F4E79", "solid", "circle")]
    if with_on_time:
        lines.append(("on_time_rate", "按期完成率（现行时限）", "A93226", "dash", "triangle"))
    for key, name, colour, dash, mark in lines:
        series = Series(_cells(table, key, layouts.FIRST_ROW, last), title=name)
        series.spPr = GraphicalProperties()
        series.spPr.line.solidFill, series.spPr.line.dashStyle = colour, dash
        series.spPr.line.width = 22_000
        series.marker = Marker(size=7, spPr=GraphicalProperties(solidFill=colour))
        series.marker.symbol = mark
        series.smooth = False
        if with_on_time:
            series.dLbls = _labels("0.0%")
            series.dLbls.dLbl = list(_apart(table, key))
            series.dLbls.position = "t"
        chart.append(series)
    chart.set_categories(_cells(table, "day", layouts.FIRST_ROW, last))
    chart.x_axis.number_format = _NAME_OF_DAY
    chart.y_axis.number_format = "0%"
    # What is written above a point at 100 % needs room below the title.
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1.15
    chart.y_axis.majorUnit = 0.2
    chart.dataLabels.position = "t"
    chart.legend = Legend(legendPos="b")
    return chart


def _apart(table: Table, key: str) -> Iterator[DataLabel]:
    """Where a number does not stand above its point, because the other line's would cover it."""
    keys = [column.key for column in table.columns]
    places = [keys.index(one) for one in ("completion_rate", "on_time_rate")]
    for number, row in enumerate(table.rows()):
        rate, on_time = (Decimal(str(row.values[place])) for place in places)
        low = min(rate, on_time)
        is_lower = key == ("on_time_rate" if on_time == low else "completion_rate")
        if is_lower and abs(rate - on_time) < _CLOSE:
            # Below a point near the axis there is no room.
            found = DataLabel(idx=number, dLblPos="b" if low >= _CLOSE else "r", showVal=True)
            for other in _NOT_SHOWN:
                setattr(found, other, False)
            yield found


def _cells(table: Table, key: str, first_row: int, last_row: int) -> Reference:
    """Cells of a column on the table's own sheet, which may not be there yet."""
    place = [column.key for column in table.columns].index(key) + 1
    letter = get_column_letter(place)
    return Reference(range_string=f"'{table.name}'!${letter}${first_row}:${letter}${last_row}")


def _look(light: str) -> GraphicalProperties:
    colour, pattern = _LOOKS[light]
    look = GraphicalProperties()
    if pattern:
        # The stubs know neither the words of patterns as text nor colours as such.
        fill: Any = PatternFillProperties()
        fill.prst = pattern
        fill.fgClr, fill.bgClr = ColorChoice(), ColorChoice()
        fill.fgClr.srgbClr, fill.bgClr.srgbClr = colour, _PAPER
        look.pattFill = fill
    else:
        look.solidFill = colour
    look.line.solidFill = _EDGE
    return look


def _bars(title: str) -> BarChart:
    chart = BarChart()
    chart.type = "col"
    # Nothing is written on a part that is not there.
    _plain(chart, title, labels="0;;")
    chart.y_axis.number_format = "0"
    return chart


def _plain(chart: BarChart | LineChart, title: str, *, labels: str) -> None:
    chart.title = title
    # Without these Excel hides the axes of charts that openpyxl wrote.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    chart.dataLabels = _labels(labels)


def _labels(number_format: str) -> _Labels:
    found = _Labels()
    found.numFmt = NumFmt(formatCode=number_format)
    found.showVal = True
    for other in _NOT_SHOWN:
        setattr(found, other, False)
    return found


def _text(**look: Any) -> RichText:
    text = CharacterProperties(**look)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=text), endParaRPr=text)
    return RichText(p=[paragraph])
