"""Rows understood: departments, labels, dates, lists; and every problem with place and remedy."""

import datetime as dt
from pathlib import Path

import pytest

from obligations.kinds import kinds
from tests.importing import books
from tests.importing.books import DOCKED, DOCKING, ROW, SHARING, row

DATA = Path(__file__).parent / "data"
pytestmark = pytest.mark.django_db


def problems(reading):
    return [(problem.kind, problem.row, problem.column) for problem in reading.problems]


def only(reading):
    assert len(reading.problems) == 1, reading.problems
    return reading.problems[0]


def test_a_clean_file_is_accepted_and_its_values_are_normalised(read):
    reading = read(books.workbook(row(共享类型="普遍共享", 共享方式="API", 完成时限="2025年9月底")))
    assert (reading.outcome, reading.problems, reading.row_count) == ("accept", [], 1)
    assert reading.rows[0] == {
        "序号": "1",
        "提供部门": "公安部",
        "数据资源名称": "居住证信息",
        "信息项": "姓名、证号",
        "共享类型": "无条件共享",
        "共享方式": "服务接口",
        "更新周期": "每日",
        "完成时限": "2025-09-30",
    }


def test_a_docking_list_is_accepted(read):
    reading = read(books.workbook(DOCKED, labels=DOCKING), kind="docking")
    assert reading.outcome == "accept"
    assert reading.rows[0]["对接内容"] == "办件、数据"
    assert reading.rows[0]["配合部门"] == "省数据管理局"


@pytest.mark.parametrize(
    ("cells", "kind", "column", "words"),
    [
        ({"完成时限": "尽快"}, "bad_date", "完成时限", "尽快"),
        ({"完成时限": -1}, "bad_date", "完成时限", "-1"),
        ({"完成时限": None}, "required_missing", "完成时限", "必须填写"),
        ({"数据资源名称": None}, "required_missing", "数据资源名称", "必须填写"),
        ({"信息项": None}, "required_missing", "信息项", "属于共享的资源"),
        ({"共享类型": "01"}, "bad_choice", "共享类型", "无条件共享、有条件共享、不予共享"),
        ({"共享方式": "接口、文件"}, "bad_choice", "共享方式", "只能填一个"),
        ({"更新周期": "有空时"}, "bad_choice", "更新周期", "每季度"),
        ({"提供部门": "某某部"}, "unknown_department", "提供部门", "某某部"),
        ({"提供部门": "省公安局"}, "unknown_department", "提供部门", "“省公安厅”"),
        ({"提供部门": "公安部、教育部"}, "multiple_departments", "提供部门", "由“公安部”牵头"),
        ({"数据资源名称": "#N/A"}, "error_value", "数据资源名称", "#N/A"),
        ({"数据资源名称": "居住\u202e证"}, "control_char", "数据资源名称", "U+202E"),
        ({"数据资源名称": "证" * 501}, "too_long", "数据资源名称", "500"),
        ({"信息项": "证" * 4001}, "too_long", "信息项", "4000"),
    ],
)
def test_a_problem_names_its_place_what_is_wrong_and_what_would_be_right(
    read, cells, kind, column, words
):
    reading = read(books.workbook(row(**cells)))
    found = only(reading)
    assert (reading.outcome, found.kind, found.row, found.column) == ("row_errors", kind, 2, column)
    assert words in found.message


def test_the_column_of_a_problem_is_called_as_in_the_file(read):
    labels = ["责任部门" if label == "提供部门" else label for label in SHARING]
    assert only(read(books.workbook(row(提供部门="某某部"), labels=labels))).column == "责任部门"


def test_all_problems_of_all_rows_are_told_in_order(read):
    reading = read(books.workbook(row(共享类型="x", 完成时限="y"), row(提供部门="z")))
    assert problems(reading) == [
        ("bad_choice", 2, "共享类型"),
        ("bad_date", 2, "完成时限"),
        ("unknown_department", 3, "提供部门"),
    ]


def test_what_is_not_shared_needs_neither_items_nor_mode_nor_cycle(read):
    bare = row(共享类型="不予", 信息项=None, 共享方式=None, 更新周期=None)
    assert read(books.workbook(bare)).outcome == "accept"


def test_a_column_that_no_row_needs_may_be_missing_and_else_not(read):
    labels = [label for label in SHARING if label != "共享方式"]
    refused = (1, "公安部", "资源", None, "不予共享", None, "2025-09-30")
    shared = (2, "公安部", "资源2", "姓名", "有条件共享", "每日", "2025-09-30")
    assert read(books.workbook(refused, labels=labels)).outcome == "accept"
    reading = read(books.workbook(refused, shared, labels=labels))
    assert (reading.outcome, problems(reading)) == ("reject", [("missing_column", 1, "共享方式")])


def test_a_repeated_row_is_reported_at_the_title_of_the_later_one(read):
    again = row(信息项="证号；姓名", 更新周期="每周")
    reading = read(books.workbook(ROW, row(信息项="地址"), again))
    found = only(reading)
    assert (found.kind, found.row, found.column) == ("duplicate_row", 4, "数据资源名称")
    assert "第 2 行" in found.message


def test_cells_with_several_bodies_are_split_but_a_name_is_never_broken(read):
    bodies = "人力资源和社会保障部和教育部及省公安厅\n省数据管理局（配合）"
    reading = read(books.workbook((*DOCKED[:6], bodies, DOCKED[7]), labels=DOCKING), kind="docking")
    assert reading.outcome == "accept"
    assert reading.rows[0]["配合部门"] == "人力资源和社会保障部、教育部、省公安厅、省数据管理局"


def test_short_names_find_their_body(read):
    assert (
        read(books.workbook(row(提供部门="人社部"))).rows[0]["提供部门"] == "人力资源和社会保障部"
    )


def test_other_cycles_keep_their_words(read):
    reading = read(books.workbook(row(更新周期="其他（按批次）")))
    values = reading.drafts[0].values
    assert (values["update_cycle"], values["update_cycle_text"]) == ("other", "其他（按批次）")


def test_the_date_of_issue_gives_the_year_of_deadlines_without_one(read):
    data = books.workbook(row(完成时限="9月底"))
    assert only(read(data)).kind == "bad_date"
    reading = read(data, issued_on=dt.date(2024, 12, 31))
    assert reading.rows[0]["完成时限"] == "2024-09-30"


def test_ongoing_deadlines_keep_their_words(read):
    assert read(books.workbook(row(完成时限="持续推进"))).rows[0]["完成时限"] == "持续推进"


def test_a_formula_without_a_result_is_a_problem(read):
    def formula(sheet):
        sheet["C2"] = "=A2"

    assert only(read(books.workbook(change=formula))).kind == "formula_no_value"


def test_text_that_begins_like_a_formula_is_text(read):
    def text(sheet):
        sheet["C2"] = "=1+1"
        sheet["C2"].data_type = "s"

    assert read(books.workbook(change=text)).rows[0]["数据资源名称"] == "=1+1"


def test_words_about_secrecy_warn_and_do_not_refuse(read):
    reading = read(books.workbook(row(数据资源名称="不涉密单位名单")))
    assert [(w.kind, "第 2 行" in w.message) for w in reading.warnings] == [("secret_word", True)]
    assert reading.outcome == "accept"


def test_a_secret_file_leaves_no_row_in_the_reading(read):
    reading = read(books.workbook((*ROW, "机密"), labels=(*SHARING, "密级")))
    assert (reading.outcome, reading.is_secret, reading.rows) == ("reject", True, [])
    assert problems(reading) == [("secret", 2, "密级")]


@pytest.mark.parametrize(
    ("text", "shown"), [("内部", "内部"), ("非涉密", "非密"), ("公开", "公开"), ("非密", "非密")]
)
def test_rows_that_are_not_secret_are_read(read, text, shown):
    reading = read(books.workbook((*ROW, text), labels=(*SHARING, "密级")))
    assert reading.rows[0]["密级"] == shown


def test_a_central_body_without_counterpart_is_said_once(read):
    reading = read(books.workbook(row(提供部门="教育部"), row(提供部门="教育部", 信息项="x")))
    assert [(w.kind, w.message) for w in reading.warnings] == [
        ("no_counterpart", "“教育部”没有对应的省级部门，只生成上级责任事项。")
    ]


def test_rows_of_one_resource_become_one_item_with_all_its_cells(read):
    reading = read(books.workbook(ROW, (2, *ROW[1:3], "地址", *ROW[4:])))
    (draft,) = reading.drafts
    assert (draft.values["data_items"], draft.rows) == (["姓名", "证号", "地址"], [2, 3])
    assert [cells["序号"] for cells in draft.raw] == ["1", "2"]


def test_rows_that_disagree_stay_two_items(read):
    reading = read(books.workbook(ROW, row(信息项="地址", 共享类型="无条件")))
    assert [draft.values["share_type"] for draft in reading.drafts] == [
        "conditional",
        "unconditional",
    ]
    assert len({draft.identity_hash for draft in reading.drafts}) == 2


@pytest.mark.parametrize(
    ("sheet", "kind", "missing"),
    [
        ("2部门信息资源产生清单", "sharing", ["提供部门", "完成时限"]),
        ("2部门信息资源产生清单", "docking", ["系统名称", "主管部门", "对接内容", "完成时限"]),
        ("3部门信息系统清单", "docking", ["主管部门", "对接内容", "完成时限"]),
        ("4部门信息资源需求清单", "sharing", ["提供部门", "数据资源名称", "共享类型", "完成时限"]),
        (
            "行政执法综合数据编目情况统计",
            "sharing",
            ["提供部门", "数据资源名称", "共享类型", "完成时限"],
        ),
    ],
)
def test_real_templates_are_refused_naming_exactly_what_they_lack(read, sheet, kind, missing):
    data = (DATA / "template-shapes.xlsx").read_bytes()
    reading = read(data, kind=kind, sheet=sheet)
    assert [problem.column for problem in reading.problems] == missing
    assert {problem.kind for problem in reading.problems} == {"missing_column"}


def test_a_statistics_sheet_has_no_header_of_a_list(read):
    data = (DATA / "template-shapes.xlsx").read_bytes()
    found = only(read(data, sheet="省直单位推送案件量"))
    assert found.kind == "no_header"
    assert "提供部门、数据资源名称、共享类型、完成时限" in found.message


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("sharing", ["数据资源名称", "共享类型"]),
        ("docking", ["系统名称", "主管部门", "对接内容"]),
    ],
)
def test_a_task_division_table_lacks_what_other_lists_need(read, kind, missing):
    data = (DATA / "dingzhou-2021-task-division.csv").read_bytes()
    reading = read(data, name="定州.csv", kind=kind)
    assert reading.outcome == "reject"
    assert [problem.column for problem in reading.problems] == missing
    assert {problem.kind for problem in reading.problems} == {"missing_column"}


@pytest.mark.parametrize("code", ["sharing", "docking"])
def test_every_label_and_alias_of_a_kind_names_one_column_only(code):
    seen = {}
    for column in kinds()[code].columns:
        for name in (column.label, *column.aliases):
            assert seen.setdefault(name, column.field) == column.field
