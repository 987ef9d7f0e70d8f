"""Charts that can be read: no number of theirs covers another."""

import datetime as dt
from decimal import Decimal

import pytest

from reports.looks import Column
from reports.rows import Row
from reports.sheets import charts
from reports.tables import Table

COLUMNS = [Column(key, 10, key=key) for key in ("day", "completion_rate", "on_time_rate")]


def trend(*points, with_on_time=True):
    rows = [
        Row([dt.date(2025, number, 28), *(Decimal(rate) for rate in rates)])
        for number, rates in enumerate(points, 1)
    ]
    table = Table("trend", "完成率走势", COLUMNS, lambda: rows)
    return charts.trend(table, count=len(rows), with_on_time=with_on_time)


def moved(series):
    """Place in the line -> where its number stands, of those that do not stand above."""
    assert series.dLbls.position == "t"
    return {label.idx: label.dLblPos for label in series.dLbls.dLbl}


@pytest.mark.parametrize(
    ("completion", "on_time", "expected"),
    [
        ("0.7", "0.6", ({}, {0: "b"})),
        ("0.5", "0.6", ({0: "b"}, {})),
        ("0.6", "0.6", ({}, {0: "b"})),
        # Below it is the axis with the days.
        ("0.02", "0.05", ({0: "r"}, {})),
        ("0.2", "0.6", ({}, {})),
    ],
)
def test_of_points_that_are_close_the_lower_ones_number_gives_way(completion, on_time, expected):
    lines = trend((completion, on_time), ("0.1", "0.9")).series
    assert tuple(map(moved, lines)) == expected
    for line in lines:
        for label in line.dLbls.dLbl:
            shown = (label.showVal, label.showSerName, label.showCatName, label.showLegendKey)
            assert shown == (True, False, False, False)


def test_a_line_alone_has_all_its_numbers_above():
    [line] = trend(("0.1", "0"), ("0.2", "0"), with_on_time=False).series
    assert line.dLbls is None
