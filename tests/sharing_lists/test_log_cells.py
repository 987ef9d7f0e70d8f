"""Times and counts of logs: every way that means one, and none that may mean two."""

import pytest

from obligations.tables.grids import Cell
from sharing_lists import log_cells


def text(written):
    return Cell("text", written)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("20251019", "2025-10-19T00:00:00+08:00"),
        ("20251019083000", "2025-10-19T08:30:00+08:00"),
        ("2025年10月19日 8时30分", "2025-10-19T08:30:00+08:00"),
        ("２０２５－１０－１９　０８：３０", "2025-10-19T08:30:00+08:00"),
        ("45949.5", "2025-10-19T12:00:00+08:00"),
        # The same moment, wherever the platform's clock hangs.
        ("2025-10-19T00:30:00Z", "2025-10-19T08:30:00+08:00"),
        ("2025-10-19 23:30:00+00:00", "2025-10-20T07:30:00+08:00"),
        ("2025-10-19T08:30:00.125+0800", "2025-10-19T08:30:00+08:00"),
    ],
)
def test_a_time_is_read_in_any_way_that_means_one_moment(written, at):
    assert log_cells.moment(text(written), date1904=False).isoformat() == at


@pytest.mark.parametrize(
    "written",
    [
        *("昨天", "2025-13-01", "1999-01-01", "2025年10月", "10/19/2025", "08:30"),
        # Two days may be meant.
        *("2025111", "2025101", "202510190830"),
        *("2025-10-19 24:00:00", "下午8:05", "1760832000", "9999-12-31T23:00-12:00"),
    ],
)
def test_what_is_no_time_is_refused_with_how_to_write_one(written):
    with pytest.raises(log_cells.Unfit) as refused:
        log_cells.moment(text(written), date1904=False)
    assert written in str(refused.value)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1284", 1284),
        ("1.2万", 12_000),
        ("3亿", 300_000_000),
        ("１，２８４条", 1284),
        ("1,234,567 行", 1_234_567),
        ("12.0", 12),
        ("０", 0),
    ],
)
def test_a_count_is_read_in_any_way_that_means_one_number(written, number):
    assert log_cells.count(text(written)) == number


@pytest.mark.parametrize(
    "written",
    [
        *("很多", "约12", "-5", "1.5", "1.23456万", "1 284", "1,28,4", "TRUE", "1.2万万"),
        # A sheet that shows a number so has lost its last figures.
        "1.2E+11",
        "9" * 30,
    ],
)
def test_what_is_no_count_is_refused_and_named(written):
    with pytest.raises(log_cells.Unfit) as refused:
        log_cells.count(text(written))
    assert written in str(refused.value)


def test_an_error_of_the_sheet_is_no_count():
    with pytest.raises(log_cells.Unfit):
        log_cells.count(Cell("error", "12"))
