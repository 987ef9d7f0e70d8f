"""Evidence in the workbook: every kind that is a number, and the days that it covers."""

import datetime as dt

import pytest

from obligations.models import Evidence

pytestmark = pytest.mark.django_db

AUGUST = (dt.date(2025, 8, 1), dt.date(2025, 8, 31))


def kept(row):
    columns = ("kind", "text", "period_from", "period_to")
    return set(Evidence.objects.filter(obligation=row).values_list(*columns))


def test_every_kind_is_taken_and_what_lasts_covers_no_days(rows, filled, hand_in, confirm):
    book = filled().put(
        佐证文号="某政发〔2025〕3号",
        目录代码="307001001/000001",
        登记编号="GGSJ-330000-2025-000117",
        接口编码="JK-2025-0117",
        佐证链接="https://example.cn/1",
        到数回执="DS-20250831-0007",
        佐证期间="2025-08-01至2025-08-31",
        完成情况="申报完成",
    )
    upload = hand_in(book)
    assert upload.problems == []
    assert upload.changes[0]["fields"]["receipt"] == [
        "",
        "DS-20250831-0007（2025-08-01 至 2025-08-31）",
    ]
    confirm(upload)

    assert kept(rows[0]) == {
        ("document", "某政发〔2025〕3号", None, None),
        ("catalogue", "307001001/000001", None, None),
        ("registration", "GGSJ-330000-2025-000117", None, None),
        ("interface", "JK-2025-0117", *AUGUST),
        ("link", "https://example.cn/1", *AUGUST),
        ("receipt", "DS-20250831-0007", *AUGUST),
    }


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("2025年8月", AUGUST),
        ("2025-08", AUGUST),
        ("２０２５.8.1 ～ 2025.8.31", AUGUST),
        ("2025年8月1日到8月31日", AUGUST),
        ("2025-07 至 2025-08", (dt.date(2025, 7, 1), dt.date(2025, 8, 31))),
        (dt.date(2025, 8, 6), (dt.date(2025, 8, 6), dt.date(2025, 8, 6))),
        ("20250806", (dt.date(2025, 8, 6), dt.date(2025, 8, 6))),
    ],
)
def test_periods_as_people_write_them(rows, filled, hand_in, confirm, written, days):
    confirm(hand_in(filled().put(接口编码="JK-1", 佐证期间=written)))
    assert kept(rows[0]) == {("interface", "JK-1", *days)}


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"到数回执": "DS-1"}, "期间"),
        ({"佐证文号": "某政发〔2025〕3号", "佐证期间": "2025-08"}, "没有对应的佐证"),
        ({"佐证期间": "2025-08"}, "没有对应的佐证"),
        ({"接口编码": "JK-1", "佐证期间": "上个月"}, "不能确定为一段期间"),
        ({"接口编码": "JK-1", "佐证期间": "2025-08-31至2025-08-01"}, "早于起始日期"),
        ({"接口编码": "JK-1", "佐证期间": "8月1日至8月2日至8月3日"}, "不能确定为一段期间"),
    ],
)
def test_what_covers_nothing_or_no_days_is_a_problem(rows, filled, hand_in, cells, sentence):
    upload = hand_in(filled().put(**cells))

    assert upload.state == "problems"
    assert sentence in upload.problems[0]["message"]
    assert not Evidence.objects.exists()


def test_the_same_piece_for_another_period_is_another_piece(rows, filled, hand_in, confirm):
    book = filled().put(到数回执="DS-1", 佐证期间="2025-07")
    confirm(hand_in(book))
    assert hand_in(book).state == "unchanged"

    confirm(hand_in(filled().put(到数回执="DS-1", 佐证期间="2025-08")))
    assert Evidence.objects.filter(text="DS-1").count() == 2
    confirm(hand_in(filled().put(接口编码="JK-1", 佐证期间="2025-08")))
    assert hand_in(filled().put(接口编码="JK-1")).state == "unchanged"
