"""What was recognised in a sheet and why; and what a person says of it instead."""

from pathlib import Path

import openpyxl
import pytest

from obligations.kinds import kinds
from obligations.tables import choosing, headers, vocabulary
from obligations.tables.findings import Refused
from obligations.tables.grids import Cell, Grid, Merged
from obligations.tables.headers import Vocabulary
from tests.importing import books, documents
from tests.importing.books import KNOWN, ROW

SHAPES = Path(__file__).parent / "data" / "template-shapes.xlsx"
# Words that no list uses: 提供部门, 数据资源名称, 共享类型, 完成时限 in B, C, E, H.
UNKNOWN = ("序号", "数源单位名", "资源题名", "信息项", "开放属性", "共享方式", "更新周期", "办结日")
MEANT = {"2": "body", "3": "title", "5": "share_type", "8": "deadline"}
TITLED = [("某省清单",)]


def read(data, *, name="a.xlsx", sheet="", **said):
    return choosing.read_table(data, name=name, known=KNOWN, sheet=sheet, **said)


def refused(data, **more):
    with pytest.raises(Refused) as caught:
        read(data, **more)
    return caught.value


def mapping(top=2, bottom=2, **columns):
    return {"top": top, "bottom": bottom, "columns": columns or MEANT}


def grid_of(*rows, merged=()):
    cells = [
        {column: Cell("text", text) for column, text in enumerate(row, 1) if text} for row in rows
    ]
    return Grid("清单", dict(enumerate(cells, 1)), [Merged(*one) for one in merged])


def whys(layout):
    return {one["letters"]: (one["field"], one["why"]) for one in layout["columns"]}


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("完成时限", "label"),
        ("*完成 \n时限：", "label"),
        ("完成时间", "alias"),
        ("完成时限（年月日）", "bracket"),
        ("完成时间/时限", "slash"),
    ],
)
def test_a_layout_says_why_a_column_was_recognised(label, why):
    found = read(books.workbook(labels=(*books.SHARING[:7], label)))
    assert whys(found.layout)["H"] == ("deadline", why)


def test_a_layout_says_which_part_of_a_merged_label_was_recognised():
    grid = grid_of(
        ("提供部门", "数据", "", "共享", "期限"),
        ("（全称）", "数据资源名称", "信息项", "类型", ""),
        merged=[(1, 2, 1, 3), (1, 5, 2, 5)],
    )
    found = headers.find(grid, Vocabulary(KNOWN))
    assert found.whys == {1: "joined", 2: "lower", 3: "lower", 4: "joined"}
    assert found.fields[4] == "share_type"


def test_every_column_has_letters_label_and_samples_and_the_unlabelled_ones_too():
    rows = [(n, "公安部", f"资源{n}", *ROW[3:], f"旁注{n}") for n in range(1, 6)]
    found = read(books.workbook(*rows, above=TITLED)).layout
    assert (found["top"], found["bottom"], found["missing"]) == (2, 2, [])
    columns = {one["letters"]: one for one in found["columns"]}
    assert columns["C"]["samples"] == ["资源1", "资源2", "资源3"]
    assert columns["B"]["samples"] == ["公安部"]
    assert (columns["I"]["label"], columns["I"]["samples"][0]) == ("", "旁注1")
    assert found["first_rows"][0] == {"number": 1, "text": "某省清单"}


@pytest.mark.parametrize("sheet", openpyxl.load_workbook(SHAPES, read_only=True).sheetnames)
@pytest.mark.parametrize("code", ["sharing", "docking"])
def test_every_template_shape_has_a_layout_also_where_it_is_refused(sheet, code):
    known = [
        vocabulary.Known(c.field, c.label, c.aliases, c.required) for c in kinds()[code].columns
    ]
    try:
        layout = choosing.read_table(
            SHAPES.read_bytes(), name="a.xlsx", known=known, sheet=sheet
        ).layout
        refusal = set()
    except Refused as caught:
        layout, refusal = caught.layout, {finding.kind for finding in caught.findings}
    assert refusal <= {"missing_column", "no_header"}
    assert (layout["sheet"], len(layout["sheets"])) == (sheet, 5)
    assert layout["top"] >= 1
    assert len(layout["columns"]) >= 3
    assert bool(layout["missing"]) == bool(refusal)


def test_a_refusal_for_missing_columns_carries_the_layout():
    found = refused(books.workbook(labels=UNKNOWN, above=TITLED)).layout
    assert found["missing"] == ["body", "title", "share_type", "deadline"]
    assert whys(found)["B"] == ("", "")
    assert whys(found)["A"] == ("serial", "label")


def test_where_no_header_is_found_the_likeliest_row_is_offered():
    labels = [f"列名{letter}" for letter in "甲乙丙丁戊己庚辛"]
    found = refused(books.workbook(labels=labels, above=TITLED))
    assert found.kind == "no_header"
    assert (found.layout["top"], found.layout["columns"][1]["label"]) == (2, "列名乙")


def test_repeated_columns_and_sheets_to_choose_are_in_the_layout():
    twice = refused(books.workbook((*ROW, "x"), labels=(*books.SHARING, "完成时间")))
    assert (twice.kind, twice.layout["repeated"]) == ("duplicate_column", [[8, 9]])

    def second(sheet):
        other = sheet.parent.create_sheet("另一张")
        for line in (books.SHARING, ROW):
            other.append(line)

    choose = refused(books.workbook(change=second))
    assert choose.kind == "choose_sheet"
    assert [(one["name"], one["complete"]) for one in choose.layout["sheets"]] == [
        ("清单", True),
        ("另一张", True),
    ]
    unknown = refused(books.workbook(change=second), sheet="第三张")
    assert (unknown.layout["sheet"], len(unknown.layout["sheets"])) == ("", 2)


def test_nothing_of_a_secret_file_is_in_a_layout():
    marked = refused(books.workbook(labels=UNKNOWN, above=[("机密★",)]))
    assert (marked.kind, marked.layout) == ("secret", {})


@pytest.mark.parametrize("mapped", [{}, {"mapping": mapping(1, 1, **{"2": "body"})}])
def test_a_column_that_marks_secret_rows_counts_under_a_header_not_understood(mapped):
    labels = ("甲", "乙", "丙", "是否涉密")
    found = refused(books.workbook(("一", "二", "三", "是"), labels=labels), **mapped)
    assert (found.kind, found.layout) == ("secret", {})


def test_a_person_says_what_columns_mean():
    table = read(books.workbook(labels=UNKNOWN, above=TITLED), mapping=mapping())
    assert table.rows[0].cells["title"].text == "居住证信息"
    assert table.labels["title"] == "资源题名"
    assert whys(table.layout)["C"] == ("title", "person")
    assert whys(table.layout)["A"] == ("serial", "label")


def test_what_a_person_says_counts_before_what_is_recognised():
    said = mapping(1, 1, **{"2": "title", "3": "body", "4": ""})
    table = read(books.workbook(), mapping=said)
    assert table.rows[0].cells["title"].text == "公安部"
    assert "data_items" not in table.labels
    assert whys(table.layout)["D"] == ("", "person")


def test_a_field_said_of_one_column_is_no_longer_recognised_in_another():
    labels = (*books.SHARING, "真正的期限")
    table = read(
        books.workbook((*ROW, "2026-01-01"), labels=labels),
        mapping=mapping(0, 0, **{"9": "deadline"}),
    )
    assert table.rows[0].cells["deadline"].text == "2026-01-01"
    assert whys(table.layout)["H"] == ("", "person")


def test_a_column_without_a_label_can_be_said_and_is_called_as_in_the_kind():
    labels = (*books.SHARING[:7], None)
    table = read(books.workbook(labels=labels), mapping=mapping(1, 1, **{"8": "deadline"}))
    assert (table.labels["deadline"], table.problems) == ("完成时限", [])


def test_columns_with_the_same_label_are_told_apart():
    labels = ("序号", "名称", "名称", "信息项", "共享类型", "共享方式", "更新周期", "完成时限")
    table = read(
        books.workbook(labels=labels), mapping=mapping(1, 1, **{"2": "body", "3": "title"})
    )
    assert (table.labels["body"], table.labels["title"]) == ("名称", "名称#3")
    assert table.rows[0].raw["名称#3"] == "居住证信息"


def test_header_rows_can_be_said_where_another_row_looks_more_like_one():
    above = [("提供部门", "数据资源名称", "共享类型", "完成时限"), ("填表示例",)]
    data = books.workbook(labels=UNKNOWN, above=above)
    assert read(data).header_row == 1
    table = read(data, mapping=mapping(3, 3))
    assert (table.header_row, [row.number for row in table.rows]) == (3, [4])


@pytest.mark.parametrize(
    ("said", "variant"),
    [
        (mapping(3, 2), "rows"),
        (mapping(1, 6), "rows"),
        (mapping(0, 2), "rows"),
        (mapping(50, 51), "beyond"),
        (mapping(2, 2, **{"2": "colour"}), "field"),
        (mapping(2, 2, **{"2": "body", "3": "body"}), "twice"),
        (mapping(2, 2, **{"0": "body"}), "column"),
        (mapping(2, 2, **{**MEANT, "8": "", "40": "deadline"}), "absent"),
        (mapping(2, 2, **{str(n): "" for n in range(1, 9)}), "none"),
    ],
)
def test_what_cannot_be_is_refused_with_the_layout_so_that_it_is_said_anew(said, variant):
    found = refused(books.workbook(labels=UNKNOWN, above=TITLED), mapping=said)
    assert (found.findings[0].kind, found.findings[0].variant) == ("bad_mapping", variant)
    assert found.layout["columns"][2]["label"] == "资源题名"


def test_a_mapping_holds_for_text_files_whatever_their_sheet_is_called():
    table = read(
        books.csv(labels=UNKNOWN, delimiter=";"), name="a.csv", sheet="清单", mapping=mapping(1, 1)
    )
    assert table.rows[0].cells["deadline"].text == "2025-09-30"


@pytest.mark.parametrize("labels", [UNKNOWN, [f"列名{n}" for n in "甲乙丙丁戊己庚辛"]])
def test_a_mapping_holds_for_a_table_of_a_document_that_goes_on(labels):
    lines = [[labels, ROW], [labels, (2, *ROW[1:])]]
    texts = [[[str(cell) for cell in line] for line in table] for table in lines]
    data = documents.docx(body="".join(documents.docx_table(table) for table in texts))
    said = mapping(1, 1, **MEANT, **{"1": "serial"})
    table = read(data, name="a.docx", sheet="表格1", mapping=said)
    assert [row.cells["serial"].text for row in table.rows] == ["1", "2"]


def remembered(data, **more):
    layout = read(data, **more).layout
    return {layout["signature"]: {one["number"]: one["field"] for one in layout["columns"]}}


def test_a_header_is_found_by_what_was_said_of_an_earlier_file():
    known = remembered(books.workbook(labels=UNKNOWN, above=TITLED), mapping=mapping())
    labels = [label.replace("单位", "单\n位") for label in UNKNOWN]
    table = read(books.workbook(labels=labels), remembered=known)
    assert (table.header_row, table.layout["origin"]) == (1, "remembered")
    assert whys(table.layout)["C"] == ("title", "remembered")
    assert whys(table.layout)["A"] == ("serial", "label")


def test_a_remembered_header_may_stand_further_to_the_right():
    known = remembered(books.workbook(labels=UNKNOWN), mapping=mapping(1, 1))
    data = books.workbook((None, *ROW), labels=(None, *UNKNOWN))
    assert read(data, remembered=known).rows[0].cells["title"].text == "居住证信息"


def test_another_header_is_not_taken_for_the_remembered_one():
    known = remembered(books.workbook(labels=UNKNOWN), mapping=mapping(1, 1))
    swapped = (UNKNOWN[0], UNKNOWN[2], UNKNOWN[1], *UNKNOWN[3:])
    found = refused(books.workbook(labels=swapped), remembered=known)
    assert found.kind == "missing_column"
    assert found.layout["origin"] == ""
