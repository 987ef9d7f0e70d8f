"""How the workbook looks to the person who opens it."""

import datetime as dt

import pytest

from obligations import completion, dispatch
from obligations.evidence import NewEvidence
from obligations.filling import columns
from obligations.models import Obligation
from tests.filling.conftest import FIRST, PLACES

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 8, 6)
PLAN = [column.label for column in columns.PLAN]
CLAIM = [column.label for column in (*columns.CLAIMING, *columns.PROOF)]


def locked(book, labels, row=0):
    return {book.cell(label, row).protection.locked for label in labels}


def test_what_is_known_is_prefilled(rows, filled, officer):
    contact = ("数据处", "张三", "027-1")
    planned = dt.date(2025, 10, 8)
    dispatch.plan(
        rows[0], by=officer, on=DAY, planned_on=planned, progress_note="联调", contact=contact
    )

    book = filled()

    shown = {label: book.cell(label).value for label in PLACES}
    assert shown["清单"] == "【示例】政务数据共享责任清单（第七批）"
    assert (shown["批次"], shown["序号"], shown["责任"]) == ("7", "1", "供数·牵头")
    assert shown["完成时限"].date() == dt.date(2025, 12, 31)
    assert book.cell("完成时限").is_date
    assert (shown["状态"], shown["灯"]) == ("推进中", "正常")
    assert shown["亮灯原因"]
    assert shown["计划完成"].date() == planned
    assert (shown["进展"], shown["责任处室"], shown["责任人"]) == ("联调", "数据处", "张三")
    assert shown["完成情况"] == "推进中"


def test_a_reason_for_a_return_stands_beside_the_light(rows, filled, officer, reviewer):
    paper = NewEvidence(kind="document", text="某政发〔2025〕3号")
    completion.claim(rows[0], by=officer, on=DAY, with_evidence=[paper])
    completion.send_back(rows[0], by=reviewer, on=DAY, reason="缺测试报告")

    assert "缺测试报告" in filled().cell("亮灯原因").value


def test_a_standing_task_shows_its_words_instead_of_a_day(at_work, filled):
    at_work(due_on=None)

    assert filled().cell("完成时限").value == "持续推进"


def test_only_what_the_status_lets_be_filled_in_is_open(rows, filled, officer, owe, police):
    paper = NewEvidence(kind="document", text="某政发〔2025〕3号")
    completion.claim(rows[1], by=officer, on=DAY, with_evidence=[paper])
    Obligation.objects.filter(pk=rows[2].pk).update(status="endorsed", completed_on=DAY)

    book = filled()

    known = [column.label for column in columns.KNOWN]
    assert locked(book, known) == {True}
    assert (locked(book, PLAN), locked(book, CLAIM)) == ({False}, {False})
    assert (locked(book, PLAN, 1), locked(book, CLAIM, 1)) == ({False}, {True})
    assert (locked(book, PLAN, 2), locked(book, CLAIM, 2)) == ({True}, {True})


def test_the_sheet_is_locked_without_a_password_and_may_be_filtered(rows, filled):
    sheet = filled().sheet

    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.protection.autoFilter
    assert sheet.auto_filter.ref == f"A3:AB{FIRST + 2}"
    assert "未设密码" in sheet["A2"].value


def test_cells_say_what_belongs_in_them(rows, filled):
    by_cells = {str(one.sqref): one for one in filled().sheet.data_validations.dataValidation}

    assert len(by_cells) == len(columns.FILLED)
    done = by_cells["T4:T6"]
    assert (done.type, done.formula1) == ("list", '"推进中,申报完成"')
    assert by_cells["K4:K6"].type == "date"
    assert by_cells["N4:N6"].formula1 == "100"
    assert all(one.prompt for one in by_cells.values())


def test_header_stays_in_sight_and_prints_on_every_page(rows, filled):
    sheet = filled().sheet

    assert sheet.freeze_panes == "F4"
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 2)
    assert sheet.page_setup.fitToHeight == 0
    assert "&P" in sheet.oddFooter.center.text


def test_rows_are_high_enough_for_long_texts(rows, filled, officer):
    dispatch.plan(rows[0], by=officer, on=DAY, progress_note="已完成接口开发。" * 30)

    sheet = filled().sheet

    assert sheet.row_dimensions[FIRST].height > 200
    assert sheet.row_dimensions[FIRST + 1].height < 60


def test_the_instructions_name_every_column_that_is_filled_in(rows, filled):
    told = {row[0].value for row in filled().book[columns.GUIDE].iter_rows(max_col=1)}

    assert {column.label for column in columns.FILLED} <= told


def test_the_keys_are_out_of_sight(rows, filled):
    assert filled().book[columns.KEY_SHEET].sheet_state == "veryHidden"
    assert filled().book.active.title == columns.SHEET


@pytest.mark.parametrize("who", ["reviewer", "coordinator"])
def test_whoever_downloads_it_the_cells_are_open_to_the_officer_who_fills_it_in(
    request, rows, filled, who
):
    book = filled(by=request.getfixturevalue(who))

    assert not book.cell("进展").protection.locked
    assert not book.cell("完成情况").protection.locked
    assert book.cell("状态").protection.locked
