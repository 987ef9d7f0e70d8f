"""Problems come back as the user's own workbook: coloured, commented, and still the same list."""

import datetime as dt
import io

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill

from obligations.tables import choosing, sandbox
from obligations.tables.findings import Refused
from obligations.tables.marks import Mark
from tests.importing import books, documents
from tests.importing.books import KNOWN, ROW, SHARING

RED, YELLOW = "FFFFC7CE", "FFFFF2CC"
SENTENCE = "“某日”不是日期。请写成 2025-09-30。"
MARKS = [Mark(2, 8, SENTENCE, "error", "完成时限"), Mark(2, 2, "请核对。", "warning", "提供部门")]


def marked(data, marks=MARKS, *, name="a.xlsx", sheet="清单"):
    return sandbox.mark(data, name=name, sheet=sheet, marks=marks, known=KNOWN)


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(data, name="a.xlsx"):
    table = choosing.read_table(data, name=name, known=KNOWN)
    return [(row.number, {k: v.text for k, v in row.cells.items()}) for row in table.rows]


@pytest.mark.own_parser
def test_faulty_cells_are_coloured_and_say_what_is_wrong():
    sheet = opened(marked(books.workbook()))["清单"]
    assert sheet["H2"].fill.fgColor.rgb == RED
    assert sheet["H2"].comment.text == SENTENCE
    assert sheet["B2"].fill.fgColor.rgb == YELLOW
    assert sheet["A2"].comment is None


def test_several_problems_of_one_cell_stand_in_one_remark():
    marks = [Mark(2, 8, "提醒。", "warning"), Mark(2, 8, "错误。", "error"), Mark(2, 8, "提醒。")]
    cell = opened(marked(books.workbook(), marks))["清单"]["H2"]
    assert (cell.comment.text, cell.fill.fgColor.rgb) == ("提醒。\n错误。", RED)


def test_the_last_sheet_lists_all_problems_with_links_to_their_cells():
    book = opened(marked(books.workbook(), [*MARKS, Mark(0, 0, "整份文件。", "warning")]))
    assert book.sheetnames == ["清单", "问题清单"]
    assert book.active.title == "清单"
    found = list(book["问题清单"].iter_rows(values_only=True))
    assert found == [
        ("文件", "行", "列", "程度", "问题"),
        ("a.xlsx", 2, "H 完成时限", "错误", SENTENCE),
        ("a.xlsx", 2, "B 提供部门", "提醒", "请核对。"),
        ("a.xlsx", None, None, "提醒", "整份文件。"),
    ]
    assert book["问题清单"]["B2"].hyperlink.location == "'清单'!H2"


def test_a_workbook_keeps_its_look():
    def dress(sheet):
        sheet["C2"].font = Font(name="仿宋_GB2312", size=16)
        sheet["D2"].fill = PatternFill("solid", fgColor="FF00FF00")
        sheet.column_dimensions["C"].width = 41
        sheet.freeze_panes = "A2"

    sheet = opened(marked(books.workbook(change=dress)))["清单"]
    assert (sheet["C2"].font.name, sheet["C2"].font.size) == ("仿宋_GB2312", 16)
    assert sheet["D2"].fill.fgColor.rgb == "FF00FF00"
    assert sheet.column_dimensions["C"].width == 41
    assert sheet.freeze_panes == "A2"


def test_a_problem_inside_a_merged_range_stands_on_the_cell_that_is_seen():
    data = books.workbook(ROW, (2, None, *ROW[2:]), merged=["B2:B3"])
    sheet = opened(marked(data, [Mark(3, 2, SENTENCE)]))["清单"]
    assert sheet["B2"].comment.text == SENTENCE


def test_a_problem_of_a_whole_row_stands_on_its_first_cell():
    sheet = opened(marked(books.workbook((None, *ROW[1:])), [Mark(2, 0, SENTENCE)]))["清单"]
    assert sheet["B2"].comment.text == SENTENCE


def test_somebodys_own_remark_stays_below_ours():
    def remark(sheet):
        sheet["H2"].comment = openpyxl.comments.Comment("待定", "某人")

    sheet = opened(marked(books.workbook(change=remark)))["清单"]
    assert sheet["H2"].comment.text == f"{SENTENCE}\n待定"


def test_a_marked_workbook_is_read_as_the_same_list_and_marked_anew():
    def more(sheet):
        sheet.parent.create_sheet("填表说明").append(["请如实填写"])

    data = books.workbook(ROW, (2, *ROW[1:]), above=[("标题",)], merged=["A1:H1"], change=more)
    once = marked(data, [Mark(3, 8, SENTENCE, "error", "完成时限")])
    table = choosing.read_table(once, name="a.xlsx", known=KNOWN)
    assert rows(once) == rows(data)
    assert [f.facts["sheets"] for f in table.warnings] == ["“填表说明”"]
    again = opened(marked(once, [Mark(4, 8, SENTENCE)]))
    assert again.sheetnames == ["清单", "填表说明", "问题清单"]
    assert again["清单"]["H3"].comment is None
    assert again["清单"]["H3"].fill.fgColor.rgb != RED
    assert again["清单"]["H4"].comment.text == SENTENCE
    assert again["问题清单"].max_row == 2


ODD = ("=1+1", "+86 10", "-甲", "@乙", "\t丙", "_x0041_", "line\nbreak", "#N/A", "𠮷", "\u200b丁")


@pytest.mark.parametrize("form", ["xls", "ods", "docx", "csv"])
def test_other_files_come_back_as_workbooks_with_the_same_rows(form):
    # In a text file this is an error value.
    texts = [text for text in ODD if form != "csv" or text != "#N/A"]
    lines = [(str(n), "公安部", text, *ROW[3:]) for n, text in enumerate(texts)]
    data = documents.written(form, [SHARING, *lines])
    name = f"a.{form}"
    sheet = choosing.read_table(data, name=name, known=KNOWN).sheet
    found = marked(data, name=name, sheet=sheet)
    assert rows(found) == rows(data, name)
    assert len(rows(found)) == len(texts)
    for line in opened(found).worksheets[0].iter_rows():
        assert all(cell.data_type != "f" for cell in line)


def test_dates_hidden_rows_and_merged_cells_survive_the_change_of_format():
    def change(sheet, style):
        sheet.write(2, 7, dt.date(2025, 9, 30), style)
        sheet.row(2).hidden = True
        sheet.write_merge(1, 2, 1, 1, "公安部")

    lines = [SHARING, (1, None, *ROW[2:]), (2, None, *ROW[2:7])]
    data = documents.xls(lines, change=change)
    found = marked(data, name="a.xls")
    sheet = opened(found)["清单"]
    assert sheet["H3"].is_date
    assert sheet["H3"].value.date() == dt.date(2025, 9, 30)
    assert sheet.row_dimensions[3].hidden
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["B2:B3"]
    assert rows(found) == rows(data, "a.xls")


def test_a_workbook_that_counts_from_1904_still_does():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.title = "清单"
    for line in (SHARING, (*ROW[:7], dt.date(2025, 9, 30))):
        book.active.append(line)
    data = books.saved(book)
    assert rows(marked(data)) == rows(data)
    assert rows(data)[0][1]["deadline"] == "2025-09-30T00:00:00"


def test_control_characters_do_not_break_the_workbook():
    data = documents.written("csv", [SHARING, ("1", "公安\x02部", *ROW[2:])])
    found = marked(data, [Mark(2, 2, "含有 \x02 字符。")], name="a.csv", sheet="")
    assert rows(found)[0][1]["body"] == "公安部"


def test_a_file_that_is_refused_is_not_marked():
    with pytest.raises(Refused) as refused:
        marked(b"PK\x03\x04", name="a.xlsx")
    assert refused.value.kind == "corrupt"
