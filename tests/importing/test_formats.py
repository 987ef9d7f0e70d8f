"""The same table says the same in every format: kinds of values, what is hidden, what is joined."""

import datetime as dt
from pathlib import Path

import pytest

from obligations.tables import choosing, gate, readers
from tests.importing import documents
from tests.importing.books import KNOWN, ROW, SHARING
from tests.importing.corpus.common import LINES, TWO, kept

SHAPES = Path(__file__).parent / "data" / "template-shapes.xlsx"
DAY = dt.date(2025, 9, 30)


def read(data, name):
    return choosing.read_table(data, name=name, known=KNOWN)


def said(table):
    return [finding.said().message for finding in table.warnings]


def grids(data, name):
    return list(readers.read_grids(gate.inspect(data, name=name), data))


def seen(data, name):
    """What every format can tell of a sheet: names, texts, merged ranges."""
    return [
        (
            grid.name,
            {n: {c: cell.text for c, cell in cells.items()} for n, cells in grid.rows.items()},
            sorted(merged for merged in grid.merged if merged.top in grid.rows),
        )
        for grid in grids(data, name)
    ]


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_every_shape_of_the_templates_says_the_same_in_every_format(form):
    assert seen(kept(f"shapes.{form}")(), f"a.{form}") == seen(SHAPES.read_bytes(), "a.xlsx")


@pytest.mark.parametrize("form", ["xls", "ods", "xlsx"])
def test_a_messy_list_of_an_office_program_says_the_same_in_every_format(form):
    table = read(kept(f"list.{form}")(), f"a.{form}")
    first, second, third = table.rows
    assert table.header_row == 2
    assert second.cells["title"] == first.cells["title"]
    assert second.cells["deadline"].text == "2025年9月底"
    assert third.cells["deadline"][:2] == ("date", "2025-08-01T00:00:00")
    assert third.raw["备注"] == "#DIV/0!"
    assert said(table)[0] == "隐藏的行也已读取：第 6 行。"
    assert any("填表说明" in sentence for sentence in said(table))


@pytest.mark.parametrize("form", ["xls", "ods", "xlsx"])
def test_a_real_date_is_a_date_in_every_format(form):
    data = documents.written(form, [SHARING, (*ROW[:7], DAY)])
    cell = read(data, f"a.{form}").rows[0].cells["deadline"]
    assert (cell.kind, cell.text) == ("date", "2025-09-30T00:00:00")


@pytest.mark.parametrize("form", ["xls", "ods", "xlsx"])
def test_a_date_below_the_first_is_no_day_that_could_be_meant(form):
    cell = -5 if form != "ods" else dt.date(1899, 12, 25)
    data = documents.written(form, [SHARING, (*ROW[:7], cell)])
    assert "20" not in read(data, f"a.{form}").rows[0].cells["deadline"].text


def test_a_negative_number_that_is_shown_as_a_date_stays_a_number():
    def change(sheet, day):
        sheet.write(1, 7, -5, day)

    data = documents.xls([SHARING, ROW[:7]], change=change)
    assert read(data, "a.xls").rows[0].cells["deadline"][:2] == ("number", "-5")


def test_plain_serial_numbers_of_an_old_workbook_know_their_calendar():
    assert read(documents.xls(LINES, date1904=True), "a.xls").date1904
    assert not read(documents.xls(LINES), "a.xls").date1904


def test_error_values_of_an_old_workbook_are_errors():
    def change(sheet, _day):
        sheet.row(1).set_cell_error(7, 0x2A)

    data = documents.xls([SHARING, ROW[:7]], change=change)
    assert read(data, "a.xls").rows[0].cells["deadline"][:2] == ("error", "#N/A")


OPEN_CELLS = {
    '<table:table-cell office:value-type="percentage" office:value="0.5"/>': ("number", "0.5"),
    '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>': ("text", "TRUE"),
    '<table:table-cell office:value-type="date" office:date-value="2025-09-30T08:00:00"/>': (
        "date",
        "2025-09-30T08:00:00",
    ),
    '<table:table-cell office:value-type="date" office:date-value="20250-09-30"/>': ("corrupt", ""),
    '<table:table-cell office:value-type="float" office:value="x"/>': ("corrupt", ""),
    '<table:table-cell office:value-type="float" office:value="1e999"/>': ("corrupt", ""),
    '<table:table-cell table:formula="of:=A1"/>': ("no_value", ""),
    '<table:table-cell table:formula="of:=A1" office:value-type="float" office:value="2"/>': (
        "number",
        "2",
    ),
    '<table:table-cell table:formula="of:=NA()" office:value-type="float" office:value="0">'
    "<text:p>#N/A</text:p></table:table-cell>": ("error", "#N/A"),
    '<table:table-cell table:formula="of:=x" office:value-type="string" calcext:value-type="error">'
    "<text:p>#NAME?</text:p></table:table-cell>": ("error", "#NAME?"),
    '<table:table-cell office:value-type="string" office:string-value="甲"/>': ("text", "甲"),
}


@pytest.mark.parametrize("cell", OPEN_CELLS)
def test_cells_of_an_open_document_are_what_they_say(cell):
    body = f'<table:table table:name="a"><table:table-row>{cell}</table:table-row></table:table>'
    (grid,) = grids(documents.ods(body=body), "a.ods")
    assert grid.rows[1][1][:2] == OPEN_CELLS[cell]
    assert grid.rows[1][1].formula == ("table:formula" in cell)


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_hidden_rows_are_read_and_said_in_every_format(form):
    table = read(documents.written(form, TWO, hidden=[3]), f"a.{form}")
    assert len(table.rows) == 2
    assert said(table) == ["隐藏的行也已读取：第 3 行。"]


def test_hidden_columns_are_said_in_old_workbooks_and_open_documents():
    def hide(sheet, _day):
        sheet.col(3).hidden = True

    column = '<table:table-column table:number-columns-repeated="{}"{}/>'
    columns = column.format(3, "") + column.format(1, ' table:visibility="collapse"')
    opened = documents.ods(LINES)
    marked = opened_with(opened, "<table:table-row>", f"{columns}<table:table-row>")
    for data, name in ((documents.xls(LINES, change=hide), "a.xls"), (marked, "a.ods")):
        assert said(read(data, name)) == ["隐藏的列也已读取：信息项。"]


def opened_with(data, old, new):
    parts = documents.books.parts(data)
    parts["content.xml"] = parts["content.xml"].replace(old.encode(), new.encode(), 1)
    return documents.books.packed(parts)


def test_tables_of_a_document_that_go_on_are_joined_and_said():
    second = documents.docx_table([(2, "公安部", "户籍信息", *ROW[3:])])
    data = documents.docx(body=f"{documents.docx_table(LINES)}<w:p/>{second}")
    assert said(read(data, "a.docx")) == ["“表格2”接续“表格1”，已合并为一张表读取，行号连续计算。"]


def test_a_table_of_another_width_is_another_table():
    other = documents.docx_table([("填报单位", "某局")])
    data = documents.docx(body=f"{documents.docx_table(LINES)}<w:p/>{other}")
    table = read(data, "a.docx")
    assert len(table.rows) == 1
    assert said(table) == ["其他工作表未读取：“表格2”。"]


def test_tables_inside_cells_are_said():
    inner = documents.docx_table([("甲", "乙")])
    before, cell, after = documents.docx_table(LINES).rpartition("</w:tc>")
    data = documents.docx(body=f"{before}{inner}<w:p/>{cell}{after}")
    assert said(read(data, "a.docx")) == ["“表格1”的单元格中套有表格，其文字已并入所在单元格读取。"]


@pytest.mark.parametrize("form", gate.SUFFIXES)
def test_a_name_that_disagrees_is_refused_naming_the_right_one(form):
    data = documents.written(form, LINES)
    wrong = ".xlsx" if form != "xlsx" else ".csv"
    with pytest.raises(choosing.Refused) as refused:
        read(data, f"清单{wrong}")
    assert refused.value.kind == "misnamed"
    assert wrong in refused.value.message
    assert gate.SUFFIXES[form][0] in refused.value.message
