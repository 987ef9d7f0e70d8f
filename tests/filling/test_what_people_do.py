"""Pasted text, formulas, sorted and deleted rows, edited keys: what people do to a workbook."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from obligations.filling import columns
from obligations.models import Obligation
from tests.filling.conftest import FIRST, PLACES

pytestmark = pytest.mark.django_db


def messages(upload):
    return [(one["row"], one["column"], one["kind"]) for one in upload.problems]


# What a person writes -> the day that is understood.
DAYS = {
    dt.date(2025, 9, 30): "2025-09-30",
    "2025-09-30": "2025-09-30",
    "２０２５．９．３０": "2025-09-30",
    "2025年9月底": "2025-09-30",
    "9月底": "2025-09-30",
    "2025/9/30 17:30": "2025-09-30",
    45930: "2025-09-30",
    20250930: "2025-09-30",
    "年底": "2025-12-31",
}
NO_DAYS = ["9月前", "尽快", "持续推进", "1999-01-01", "2025-02-30"]
NUMBERS = {
    "０２７－１２３４５６７８": "027-12345678",
    13800138000: "13800138000",
    " 027-1234\n": "027-1234",
}


def test_days_are_understood_as_people_write_them(at_work, filled, hand_in):
    for _written in DAYS:
        at_work()
    book = filled()
    for row, written in enumerate(DAYS):
        book.put(row, 计划完成=written)
        book.cell("计划完成", row).number_format = (
            "yyyy-mm-dd" if isinstance(written, dt.date) else "General"
        )

    upload = hand_in(book)

    assert [one["fields"]["planned_on"][1] for one in upload.changes] == list(DAYS.values())


def test_what_is_no_day_is_a_problem_of_its_cell(at_work, filled, hand_in):
    for _written in NO_DAYS:
        at_work()
    book = filled()
    for row, written in enumerate(NO_DAYS):
        book.put(row, 计划完成=written)

    upload = hand_in(book)

    places = [(FIRST + row, "计划完成", "bad_date") for row in range(len(NO_DAYS))]
    assert messages(upload) == places


def test_telephone_numbers_are_understood(rows, filled, hand_in):
    book = filled()
    for row, written in enumerate(NUMBERS):
        book.put(row, 联系电话=written)

    upload = hand_in(book)

    assert [one["fields"]["contact_phone"][1] for one in upload.changes] == list(NUMBERS.values())


def test_a_formula_counts_with_its_result_and_without_one_is_a_problem(
    rows, made, hand_in, with_formula
):
    with_result = hand_in(with_formula(made(), result="来自公式"))
    without = hand_in(with_formula(made(), result=None))

    assert with_result.changes[0]["fields"] == {"contact_office": ["", "来自公式"]}
    assert any("4" in notice for notice in with_result.notices)
    assert messages(without) == [(4, "责任处室", "formula_no_value")]


def test_text_like_a_formula_stays_text_both_ways(rows, filled, hand_in, confirm, made):
    book = filled()
    book.put(进展="=1+1", 责任人="@张三")
    book.cell("进展").data_type = "s"

    confirm(hand_in(book))

    row = Obligation.objects.get(pk=rows[0].pk)
    assert (row.progress_note, row.contact_name) == ("=1+1", "@张三")
    again = load_workbook(io.BytesIO(made()))[columns.SHEET]
    cell = again.cell(FIRST, PLACES["进展"])
    assert (cell.data_type, cell.value) == ("s", "=1+1")
    assert hand_in(made()).changes == []


def test_rows_may_be_sorted(rows, filled, hand_in):
    book = filled().put(进展="第一行").put(row=2, 进展="第三行")
    turned = [[cell.value for cell in row] for row in book.sheet.iter_rows(min_row=FIRST)][::-1]
    for number, values in enumerate(turned, FIRST):
        for place, value in enumerate(values, 1):
            book.sheet.cell(number, place).value = value

    upload = hand_in(book)

    found = {one["pk"]: one["fields"]["progress_note"][1] for one in upload.changes}
    assert found == {rows[0].pk: "第一行", rows[2].pk: "第三行"}
    assert upload.problems == []


def test_only_some_cells_sorted_is_refused(rows, filled, hand_in):
    """Keys that stayed while the items moved would hand in one row's words for another's."""
    book = filled()
    for label in ("清单", "批次", "序号", "责任事项"):
        one, two = book.cell(label), book.cell(label, 1)
        one.value, two.value = two.value, one.value
    book.put(进展="谁的？")

    assert messages(hand_in(book)) == [(4, "编号", "key_moved"), (5, "编号", "key_moved")]


def test_a_deleted_row_stays_as_it_is_and_is_said(rows, filled, hand_in):
    book = filled().put(row=2, 进展="第三行")
    book.sheet.delete_rows(FIRST + 1)

    upload = hand_in(book)

    assert [one["pk"] for one in upload.changes] == [rows[2].pk]
    assert upload.counts["absent"] == 1
    assert any("【示例】数据资源2" in notice for notice in upload.notices)


def test_hidden_and_filtered_rows_count_as_well(rows, filled, hand_in):
    book = filled().put(row=1, 进展="被筛掉的")
    book.sheet.row_dimensions[FIRST + 1].hidden = True

    assert [one["pk"] for one in hand_in(book).changes] == [rows[1].pk]


def test_an_inserted_row_is_a_problem_that_names_the_row(rows, filled, hand_in):
    book = filled()
    book.put(row=3, 责任事项="自己加的", 进展="甲")

    assert messages(hand_in(book)) == [(7, "编号", "unknown_key")]


def test_a_copied_row_is_a_problem_of_both(rows, filled, hand_in):
    book = filled()
    for label, place in PLACES.items():
        book.sheet.cell(FIRST + 3, place).value = book.cell(label).value

    assert messages(hand_in(book)) == [(4, "编号", "key_twice"), (7, "编号", "key_twice")]


def test_edited_locked_cells_are_not_used_but_said(rows, filled, hand_in):
    upload = hand_in(filled().put(责任事项="改了标题", 完成时限="2030-01-01", 进展="甲"))

    assert upload.changes[0]["fields"] == {"progress_note": ["", "甲"]}
    [notice] = upload.notices
    assert "责任事项" in notice
    assert "完成时限" in notice


def test_words_that_the_drop_down_does_not_know_are_refused(rows, filled, hand_in):
    book = filled().put(完成情况="差不多了").put(row=1, 完成情况="已申报")

    assert messages(hand_in(book)) == [(4, "完成情况", "bad_choice"), (5, "完成情况", "bad_choice")]


def test_too_long_a_text_names_the_limit(rows, filled, hand_in):
    upload = hand_in(filled().put(责任人="张" * 101, 进展="字" * 4001))

    assert messages(upload) == [(4, "进展", "too_long"), (4, "责任人", "too_long")]
    assert "4000" in upload.problems[0]["message"]


def test_control_characters_are_refused(rows, filled, hand_in):
    assert messages(hand_in(filled().put(责任人="张\u202e三"))) == [(4, "责任人", "control_char")]


def test_columns_may_be_moved_added_and_lost(rows, filled, hand_in):
    book = filled()
    book.sheet.cell(3, PLACES["进展"]).value = "本处备注"
    book.sheet.cell(3, len(PLACES) + 1).value = "进展"
    book.sheet.cell(FIRST, len(PLACES) + 1).value = "在最后一列"
    book.sheet.cell(3, PLACES["责任人"]).value = None

    upload = hand_in(book)

    assert upload.changes[0]["fields"] == {"progress_note": ["", "在最后一列"]}
    assert any("责任人" in notice for notice in upload.notices)
    assert any("本处备注" in notice for notice in upload.notices)
