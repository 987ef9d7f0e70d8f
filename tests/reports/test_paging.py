"""How columns lie on paper: every column once, whole groups where that is possible."""

import pytest

from accounts import text_widths
from reports import heights, paging
from reports.looks import Column


def columns(*widths, group=""):
    return [Column(f"栏{width}", width, group=group) for width in widths]


def test_what_can_be_read_on_one_page_stays_on_one():
    assert paging.of(columns(10, 20, 30), repeated=1).spans == [(1, 3)]
    # Little is not blown up to the width of the paper; what nearly fills it is fitted to it.
    assert paging.of(columns(10, 20, 30), repeated=1).scale == 85
    assert paging.of(columns(80, 80), repeated=1).scale == 0


def test_wide_tables_take_several_pages_that_repeat_the_first_columns_and_end_between_groups():
    held = [
        *columns(6, 20, group="责任事项"),
        *columns(30, 30, group="清单内容"),
        *columns(15, 15, 15, group="时限"),
        *columns(40, 40, group="责任人"),
    ]
    pages = paging.of(held, repeated=2)
    assert pages.spans == [(3, 7), (8, 9)]
    assert (pages.repeated, pages.breaks, pages.start) == (2, [7], 3)
    assert 70 <= pages.scale <= 85


@pytest.mark.parametrize("count", [30, 41, 77])
def test_every_column_stands_on_one_page_and_every_page_fits(count):
    held = columns(6, 20, *([13.5, 8, 15.3] * count)[:count], group="清单内容")
    pages = paging.of(held, repeated=2)
    shown = [place for first, last in pages.spans for place in range(first, last + 1)]
    assert shown == list(range(3, len(held) + 1))
    for first, last in pages.spans:
        width = 26 + sum(column.width for column in held[first - 1 : last])
        assert width * 6.7 * pages.scale / 100 <= 784


def test_a_column_that_is_wider_than_a_page_has_one_of_its_own():
    pages = paging.of(columns(6, 400, 10), repeated=1)
    assert pages.spans == [(2, 2), (3, 3)]


def test_lines_below_a_table_are_parted_where_the_page_ends_and_nothing_is_lost():
    note = "注：逾期工作日从现行时限的次日起算。" * 9
    lines = heights.parted(note, width=100)
    assert "".join(lines) == note
    assert all(text_widths.digits(line) <= text_widths.usable(100) for line in lines)
    assert len(lines) == 4


def test_fields_side_by_side_are_parted_between_them_where_that_takes_no_further_line():
    fields = ["填报单位：省数据管理局", "填报时间：2026年11月27日", "联系电话：0000-12345678"]

    def lines(width):
        return heights.between(fields, apart="　　", width=width, size=12).split("\n")

    assert lines(100) == ["　　".join(fields)]
    assert lines(75) == ["　　".join(fields[:2]), fields[2]]
    assert lines(45) == fields
    # Broken anywhere they take two lines; between fields it would be three.
    assert lines(55) == ["　　".join(fields)]
