"""Deadlines as lists write them: text, kind and day are kept; what cannot be read is refused."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from obligations.deadlines import BadDate, Deadline, parse

ISSUED_ON = date(2024, 12, 31)

READ = [
    (date(2025, 6, 30), "2025-06-30"),
    (datetime(2025, 6, 30, 23, 59), "2025-06-30"),  # noqa: DTZ001 a cell has no zone
    (datetime(2025, 6, 30, 20, 0, tzinfo=UTC), "2025-07-01"),
    (45930, "2025-09-30"),
    (45930.75, "2025-09-30"),
    (36526, "2000-01-01"),
    (73050, "2099-12-31"),
    ("45930", "2025-09-30"),
    ("45930.5", "2025-09-30"),
    (20251231, "2025-12-31"),
    ("20251231", "2025-12-31"),
    (202512, "2025-12-31"),
    ("202512", "2025-12-31"),
    ("202502", "2025-02-28"),
    (2025.12, "2025-12-31"),
    (2025.09, "2025-09-30"),
    ("2025.12", "2025-12-31"),
    ("2025.10", "2025-10-31"),
    ("2025.1", "2025-01-31"),
    ("2025.9.30", "2025-09-30"),
    ("2025/6/30", "2025-06-30"),
    ("2025-6-30", "2025-06-30"),
    ("2025/9", "2025-09-30"),
    ("2024-02", "2024-02-29"),
    ("2025年9月底", "2025-09-30"),
    ("2025年9月末", "2025-09-30"),
    ("2025年9月30日", "2025-09-30"),
    ("2025年9月30日前", "2025-09-30"),
    ("2025年9月30日之前", "2025-09-30"),
    ("2025年9月30日以前完成", "2025-09-30"),
    ("2025年9月底前完成", "2025-09-30"),
    ("2025年9月底前完成，并长期坚持", "2025-09-30"),
    ("于2025年10月底前实现共享", "2025-10-31"),
    ("截至2025年底", "2025-12-31"),
    ("2025 年 9 月 30 日", "2025-09-30"),
    ("2025年9月", "2025-09-30"),
    ("9月底", "2024-09-30"),
    ("9月30日", "2024-09-30"),
    ("九月底", "2024-09-30"),
    ("十二月三十一日", "2024-12-31"),
    ("二〇二五年十月底", "2025-10-31"),
    ("明年6月底", "2025-06-30"),
    ("9月中旬", "2024-09-20"),
    ("2025年9月上旬", "2025-09-10"),
    ("2025年2月下旬", "2025-02-28"),
    ("2025年上半年", "2025-06-30"),
    ("上半年", "2024-06-30"),
    ("2025年下半年", "2025-12-31"),
    ("年底", "2024-12-31"),
    ("年底前", "2024-12-31"),
    ("2025年底", "2025-12-31"),
    ("2025年年底前", "2025-12-31"),
    ("2025年内", "2025-12-31"),
    ("2025年", "2025-12-31"),
    ("一季度", "2024-03-31"),
    ("2025年第三季度末", "2025-09-30"),
    ("2025年第4季度", "2025-12-31"),
    ("２０２５年９月３０日", "2025-09-30"),
    ("２０２５．１２", "2025-12-31"),
    ("2025-09-30 00:00:00", "2025-09-30"),
    ("2025/9/30 18:00", "2025-09-30"),
    ("2025-09-30T08:00:00", "2025-09-30"),
    ("2025-09-30T20:00:00Z", "2025-10-01"),
    ("2025年9月30日 24:00前", "2025-09-30"),
    ("2025年9月30日18时前完成", "2025-09-30"),
    ("2025年9月30日（星期二）", "2025-09-30"),
]
ONGOING = [
    "持续推进",
    "长期",
    "长期坚持",
    "按部署",
    "按照国家统一部署推进",
    "常态化",
    "常态化推进。",
    " 持续推进 ",
]
REFUSED = {
    "is empty": ["", "   ", "　"],
    "is not a date": [
        "尽快",
        "不详",
        "-",
        "/",
        "3个月内",
        "10个工作日内",
        "持续到年底",
        "月底",
        "2025年9月底和12月底",
        "6月底完成接口，12月底上线",
        "2025-2027年",
        "Sep 30, 2025",
        "2025-9/30",
        "2025-09-30 25:00",
        "9" * 5000,
        True,
        float("nan"),
        float("inf"),
        10**400,
    ],
    "does not exist": [
        "2025-02-30",
        "2025年2月29日",
        "2025年13月底",
        "2025.13",
        2025.13,
        20250230,
        "202513",
        "2025年9月0日",
    ],
    "more than one way": [
        "月中",
        "2025年9月中",
        "2025年9月初",
        "2025年9月前",
        "2025年前完成",
        "2025年上半年前",
        "25年9月底",
        "9/30",
        2025.1,
        2025,
        "2025",
    ],
    "negative": [-1, -45930, "-5"],
    "outside the years": [
        "1999-12-31",
        "2100-01-01",
        date(1999, 12, 31),
        0,
        36525,
        73051,
        "2025930",
        999_999_999,
    ],
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(("written", "on"), READ)
def test_a_written_deadline_is_read_as_its_day(written, on):
    deadline = parse(written, issued_on=ISSUED_ON)
    assert (deadline.kind, deadline.on) == ("date", date.fromisoformat(on))


@pytest.mark.parametrize("written", ONGOING)
def test_a_standing_task_is_ongoing_and_has_no_day(written):
    assert parse(written, issued_on=None) == Deadline(text=written, kind="ongoing", on=None)


@pytest.mark.parametrize(
    ("sentence", "written"),
    [(sentence, written) for sentence, cells in REFUSED.items() for written in cells],
)
def test_what_cannot_be_read_is_refused_with_its_reason(sentence, written):
    with pytest.raises(BadDate, match=sentence):
        parse(written, issued_on=ISSUED_ON)


@pytest.mark.parametrize("written", ["9月底", "年底", "上半年", "一季度", "明年底", "9月30日"])
def test_without_a_year_and_a_date_of_issue_there_is_no_day(written):
    with pytest.raises(BadDate, match="has no year"):
        parse(written, issued_on=None)


def test_the_year_in_the_text_needs_no_date_of_issue():
    assert parse("2025年9月底", issued_on=None).on == date(2025, 9, 30)


def test_a_1904_workbook_counts_its_serial_numbers_from_1904():
    assert parse(44468, issued_on=None, date1904=True).on == date(2025, 9, 30)
    assert parse("44468", issued_on=None, date1904=True).on == date(2025, 9, 30)


def test_the_text_is_kept_as_written():
    assert parse(" ９月底前 ", issued_on=ISSUED_ON).text == " ９月底前 "
    assert parse(45930.0, issued_on=None).text == "45930"
    assert parse(date(2025, 9, 30), issued_on=None).text == "2025-09-30"


def test_a_refusal_speaks_chinese_to_a_clerk():
    with translation.override("zh-hans"), pytest.raises(BadDate, match="“尽快”不是日期") as refusal:
        parse("尽快", issued_on=None)
    assert "持续推进" in str(refusal.value)


def test_a_long_cell_is_not_repeated_in_full():
    with pytest.raises(BadDate) as refusal:
        parse("很快" * 500, issued_on=None)
    assert len(str(refusal.value)) < 200


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["-", "/", "."]))
def test_every_day_is_read_back_from_each_way_of_writing_it(day, sign):
    for written in (
        f"{day.year}{sign}{day.month}{sign}{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日前",
        (day - date(1899, 12, 30)).days,
    ):
        assert parse(written, issued_on=None).on == day


@given(st.text(max_size=60) | st.floats() | st.integers())
def test_anything_else_is_refused_and_never_crashes(written):
    try:
        deadline = parse(written, issued_on=ISSUED_ON)
    except BadDate:
        return
    assert deadline.kind == "ongoing" or 2000 <= deadline.on.year <= 2099
