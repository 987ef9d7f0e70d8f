"""Tables as offices make them: titles, merged headers, notes, sums, hidden rows, odd writers."""

import datetime as dt

import pytest

from obligations.tables import choosing
from obligations.tables.findings import Refused
from tests.importing import books
from tests.importing.books import KNOWN, ROW, SHARING


def read(data, name="a.xlsx", sheet=""):
    return choosing.read_table(data, name=name, known=KNOWN, sheet=sheet)


def titles(table):
    return [row.cells["title"].text for row in table.rows]


def kinds(findings):
    return [finding.kind for finding in findings]


def test_the_header_is_found_below_titles():
    above = [("政务数据共享责任清单",), (), ("填报单位：某局", None, "填报时间：2025年8月")]
    table = read(books.workbook(above=above, merged=["A1:H1"]))
    assert (table.header_row, [row.number for row in table.rows]) == (4, [5])


def test_labels_are_known_with_breaks_blanks_marks_and_remarks():
    labels = (
        "序 \n号",
        "*责任\n部门",
        "资源　名称",
        "信息项（必填）",
        "共享属性：",
        "共享方式",
        "更新周期",
        "完成时间/时限",
    )
    table = read(books.workbook(labels=labels))
    assert set(table.labels) == {column.field for column in KNOWN}
    assert table.labels["body"] == "*责任部门"


def test_a_header_of_two_rows_with_groups_is_one_header():
    upper = ("序号", "提供部门", "数据资源情况", None, "共享要求", None, None, "完成时限")
    lower = (None, None, "数据资源名称", "信息项", "共享类型", "共享方式", "更新周期", None)
    merged = ["A1:A2", "B1:B2", "C1:D1", "E1:G1", "H1:H2"]
    table = read(books.workbook(labels=lower, above=[upper], merged=merged))
    assert set(table.labels) == {column.field for column in KNOWN}
    assert [row.number for row in table.rows] == [3]


def test_a_header_of_two_rows_in_a_text_file_has_no_merged_cells():
    lower = (None, None, "数据资源名称", "信息项", "共享类型", "共享方式", "更新周期", None)
    upper = ("序号", "提供部门", "情况", "", "共享属性", "", "", "完成时限")
    data = books.csv(["" if cell is None else cell for cell in lower], ROW, labels=upper)
    table = read(data, name="a.csv")
    assert set(table.labels) == {column.field for column in KNOWN}
    assert titles(table) == ["居住证信息"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_are_read_in_every_common_form(encoding, delimiter):
    table = read(books.csv(encoding=encoding, delimiter=delimiter), name="a.csv")
    assert titles(table) == ["居住证信息"]


def test_a_cell_with_line_breaks_in_a_text_file_is_one_row():
    data = books.csv(('"1"', "公安部", '"居住证\r\n信息"', *ROW[3:]), (2, *ROW[1:]))
    table = read(data, name="a.csv")
    assert [row.number for row in table.rows] == [2, 3]


@pytest.mark.parametrize("amount", ["300 项", "共300项", "3条", 300])
def test_a_sum_may_say_what_it_counts(amount):
    table = read(books.workbook(below=[("合计", None, amount)]))
    assert titles(table) == ["居住证信息"]


def test_sums_column_numbers_blank_rows_headings_and_notes_are_no_data():
    numbering = tuple(range(1, 9))
    heading = ("一、中央单位（1项）",)
    total = ("合计", None, 1)
    notes = [
        ("注：1.本表由各单位填报。",),
        ("2.完成时限精确到月。",),
        ("审核人：", None, "联系电话："),
    ]
    only_number = (7,)
    data = books.workbook(
        numbering, heading, ROW, (), only_number, total, below=notes, merged=["A3:H3", "A8:H8"]
    )
    assert titles(read(data)) == ["居住证信息"]


def test_a_header_repeated_on_each_page_is_no_data():
    assert titles(read(books.workbook(ROW, SHARING, (2, *ROW[1:])))) == ["居住证信息"] * 2


def test_merged_cells_hold_for_all_their_rows():
    below = (2, None, None, "签发日期", *ROW[4:])
    table = read(books.workbook(ROW, below, merged=["B2:B3", "C2:C3"]))
    assert [row.cells["body"].text for row in table.rows] == ["公安部", "公安部"]
    assert titles(table) == ["居住证信息", "居住证信息"]


def test_blank_cells_that_are_not_merged_stay_blank():
    table = read(books.workbook(ROW, (2, None, None, "签发日期", *ROW[4:])))
    assert "body" not in table.rows[1].cells


def test_hidden_rows_and_columns_are_read_and_said():
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True

    table = read(books.workbook(ROW, (2, "公安部", "户籍信息", *ROW[3:]), change=hide))
    assert titles(table) == ["居住证信息", "户籍信息"]
    said = [finding.said().message for finding in table.warnings]
    assert said == ["隐藏的行也已读取：第 3 行。", "隐藏的列也已读取：信息项。"]


def test_unknown_columns_are_kept_and_said():
    table = read(books.workbook((*ROW, "甲"), labels=(*SHARING, "联络员")))
    assert kinds(table.warnings) == ["unknown_column"]
    assert table.rows[0].raw["联络员"] == "甲"


def test_cells_beyond_the_header_are_problems_of_their_row():
    table = read(books.workbook((*ROW, None, "多余"), ROW))
    assert [(p.kind, p.row, p.column) for p in table.problems] == [("extra_cells", 2, "J")]


def test_the_only_sheet_with_the_columns_is_read_and_the_others_are_named():
    def more(sheet):
        sheet.parent.create_sheet("填表说明", 0).append(["请如实填写"])
        sheet.parent.create_sheet("空白")

    table = read(books.workbook(change=more))
    assert table.sheet == "清单"
    assert [finding.said().message for finding in table.warnings] == [
        "其他工作表未读取：“填表说明”。"
    ]


def test_several_sheets_with_the_columns_are_a_question_that_an_option_answers():
    def copy(sheet):
        sheet.parent.copy_worksheet(sheet).title = "第二批"

    data = books.workbook(change=copy)
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.kind == "choose_sheet"
    assert "“清单”、“第二批”" in refused.value.message
    assert read(data, sheet="第二批").sheet == "第二批"
    with pytest.raises(Refused) as unknown:
        read(data, sheet="第三批")
    assert unknown.value.kind == "choose_sheet"


def test_a_hidden_sheet_is_no_choice_but_its_marks_count():
    def hide(sheet):
        other = sheet.parent.copy_worksheet(sheet)
        other.sheet_state = "hidden"

    def mark(sheet):
        hide(sheet)
        sheet.parent.worksheets[1]["A9"] = "绝密★长期"

    assert titles(read(books.workbook(change=hide))) == ["居住证信息"]
    with pytest.raises(Refused) as refused:
        read(books.workbook(change=mark))
    assert refused.value.kind == "secret"


def test_a_styled_empty_cell_at_the_far_corner_costs_nothing():
    assert titles(read(books.far_cell())) == ["居住证信息"]


def test_hyperlinks_in_cells_are_no_harm():
    def link(sheet):
        sheet["C2"].hyperlink = "https://example.org/"

    assert titles(read(books.workbook(change=link))) == ["居住证信息"]


def test_dates_are_dates_in_both_calendars():
    def change(sheet):
        sheet["H2"] = dt.date(2025, 9, 30)
        sheet["H2"].number_format = 'yyyy"年"m"月"d"日"'

    def change_1904(sheet):
        sheet.parent.epoch = books.openpyxl.utils.datetime.CALENDAR_MAC_1904
        change(sheet)

    for data in (books.workbook(change=change), books.workbook(change=change_1904)):
        cell = read(data).rows[0].cells["deadline"]
        assert (cell.kind, cell.text) == ("date", "2025-09-30T00:00:00")


@pytest.mark.parametrize(
    ("xml", "kind", "text"),
    [
        (b'<c r="C2" t="inlineStr"><is><r><t>A</t></r><r><t>B</t></r></is></c>', "text", "AB"),
        (b'<c t="inlineStr"><is><t>A</t></is></c>', "text", "A"),
        (b'<c r="C2" t="str"><f>X()</f><v>A_x000D_</v></c>', "text", "A\r"),
        (b'<c r="C2"><v>12</v></c>', "number", "12"),
        (b'<c r="C2"><v>0.30000000000000004</v></c>', "number", "0.3"),
        (b'<c r="C2" t="b"><v>1</v></c>', "text", "TRUE"),
        (b'<c r="C2" t="d"><v>2025-09-30</v></c>', "date", "2025-09-30T00:00:00"),
        (b'<c r="C2" t="e"><v>#N/A</v></c>', "error", "#N/A"),
        (b'<c r="C2"><f>1+1</f></c>', "no_value", ""),
        (b'<c r="C2"><f>1+1</f><v>2</v></c>', "number", "2"),
        (b'<c r="C2" t="s"><v>999</v></c>', "corrupt", ""),
        (b'<c r="C2"><v>abc</v></c>', "corrupt", ""),
        (b'<c r="C2"><v>1E999</v></c>', "corrupt", ""),
        (b'<c r="C2" t="??"><v>1</v></c>', "corrupt", ""),
    ],
)
def test_cells_of_every_type_are_read_or_said_to_be_unreadable(xml, kind, text):
    data = books.workbook((1, "公安部"))
    before = books.parts(data)[books.SHEET]
    row = before[before.index(b'<row r="2"') : before.index(b"</sheetData>")]
    table = read(books.sheet_xml(row, row.replace(b"</row>", xml + b"</row>"), data))
    cell = table.rows[0].cells["title"]
    assert (cell.kind, cell.text) == (kind, text)


def test_formulas_whose_results_are_used_are_said():
    data = books.workbook()
    old = b'<c r="A2" t="n"><v>1</v></c>'
    table = read(books.sheet_xml(old, b'<c r="A2"><f>ROW()-1</f><v>1</v></c>', data))
    assert kinds(table.warnings) == ["formula_value_used"]


def test_a_workbook_without_styles_references_or_row_numbers_is_read():
    members = books.parts(books.workbook())
    del members["xl/styles.xml"]
    sheet = members[books.SHEET]
    for noise in (b' r="1"', b' r="2"', b' r="A1"', b' r="B1"', b' r="A2"'):
        sheet = sheet.replace(noise, b"")
    members[books.SHEET] = sheet
    assert titles(read(books.packed(members))) == ["居住证信息"]


def test_notes_speak_of_nothing_when_there_is_nothing_odd():
    assert read(books.workbook()).warnings == []
