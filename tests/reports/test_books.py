"""What is written into a workbook is what two independent readers find in it."""

import datetime as dt
import tracemalloc
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from reports import layouts
from reports.books import Book
from reports.looks import Column, Form
from reports.overflow import Cleaning
from reports.rows import Row

MADE_AT = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
COLUMNS = [
    Column("序号", 6, Form.NUMBER),
    Column("事项名称", 30, Form.TEXT, group="事项"),
    Column("目录代码", 20, Form.CODE, group="事项"),
    Column("要求完成", 16, Form.DATE, group="时限"),
    Column("签收时间", 22, Form.MOMENT, group="时限"),
    Column("完成率", 9, Form.PERCENT),
]
MOMENT = dt.datetime(2026, 3, 31, 16, 30, tzinfo=dt.UTC)


def streamed(path: Path, rows, *, made_at=MADE_AT) -> Book:
    book = Book(made_at=made_at)
    sheet = book.add_sheet("明细")
    layouts.frame(book, sheet, COLUMNS, title="【示例】标题", meta="填报单位：示例省")
    sheet.auto_filter.ref = "A4:F4"
    book.stream(sheet, COLUMNS, rows, first_row=layouts.FIRST_ROW)
    book.save(path)
    return book


def as_cells(path: Path, rows) -> Book:
    book = Book(made_at=MADE_AT)
    sheet = book.add_sheet("明细")
    layouts.frame(book, sheet, COLUMNS, title="【示例】标题", meta="填报单位：示例省")
    layouts.table(book, sheet, COLUMNS, rows, first_row=layouts.FIRST_ROW)
    book.save(path)
    return book


def row_of(text: str) -> Row:
    return Row([1, text, "000123", dt.date(2026, 3, 31), MOMENT, 0.125], states={1: "red"})


def read(path: Path, row: int = layouts.FIRST_ROW) -> list:
    return [cell.value for cell in load_workbook(path).worksheets[0][row]]


@pytest.fixture(params=[streamed, as_cells], ids=["streamed", "as cells"])
def write(request):
    return request.param


def test_both_readers_find_the_values_with_their_types(write, tmp_path):
    path = tmp_path / "book.xlsx"
    write(path, [row_of("不动产登记信息")])
    local = dt.datetime.combine(dt.date(2026, 4, 1), dt.time(0, 30))
    day = dt.datetime.combine(dt.date(2026, 3, 31), dt.time())
    assert read(path) == [1, "不动产登记信息", "000123", day, local, 0.125]
    found = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert found[layouts.FIRST_ROW - 1] == [
        *[1.0, "不动产登记信息", "000123", day.date(), local, 0.125]
    ]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "=cmd|'/c calc'!A0"])
def test_text_never_becomes_a_formula(write, start, tmp_path):
    path = tmp_path / "book.xlsx"
    write(path, [row_of(start)])
    cell = load_workbook(path).worksheets[0].cell(layouts.FIRST_ROW, 2)
    assert (cell.value, cell.data_type) == (start, "s")
    with ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x08c\x1f", "abc"),
        ("半个\ud83d字符", "半个字符"),
        ("尾\uffff", "尾"),
        ("一行\r\n二行\r三行", "一行\n二行\n三行"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("  前后空格  ", "  前后空格  "),
        ("表情😀", "表情😀"),
    ],
)
def test_any_text_can_be_written_and_read(write, text, kept, tmp_path):
    path = tmp_path / "book.xlsx"
    book = write(path, [row_of(text)])
    assert read(path)[1] == kept
    removed = len(text.replace("\r\n", "\n")) - len(kept)
    cleaned = [(found.cell, found.removed, found.cut) for found in book.cleanings.listed]
    assert cleaned == ([("B5", removed, 0)] if removed else [])


def test_text_that_looks_like_an_escape_is_kept_from_excel(write, tmp_path):
    path = tmp_path / "book.xlsx"
    write(path, [row_of("A_x0041_")])
    with ZipFile(path) as archive:
        xml = b"".join(archive.read(name) for name in archive.namelist())
    assert b"A_x005F_x0041_" in xml


@pytest.mark.parametrize(("length", "kept"), [(32_767, 32_767), (32_768, 32_767)])
def test_overlong_text_is_cut_and_the_cut_is_listed(write, length, kept, tmp_path):
    path = tmp_path / "book.xlsx"
    book = write(path, [row_of("长" * length)])
    assert read(path)[1] == "长" * kept
    assert book.cleanings.listed == ([Cleaning("明细", "B5", 0, 1)] if length > kept else [])


def test_a_cut_never_leaves_half_a_character(tmp_path):
    path = tmp_path / "book.xlsx"
    streamed(path, [row_of("a" + "😀" * 16_384)])
    assert read(path)[1] == "a" + "😀" * 16_383


def test_cells_show_dates_and_rates_as_offices_write_them(write, tmp_path):
    path = tmp_path / "book.xlsx"
    write(path, [row_of("x")])
    cells = load_workbook(path).worksheets[0][layouts.FIRST_ROW]
    formats = [cell.number_format for cell in cells]
    assert formats[2:] == ["@", 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"d"日" hh:mm', "0.0%"]
    assert cells[1].fill.fgColor.rgb != cells[2].fill.fgColor.rgb
    assert {cell.font.name for cell in cells} == {"仿宋_GB2312"}
    assert all(cell.border.left.style == "thin" and cell.alignment.wrap_text for cell in cells)


def test_the_filter_covers_every_streamed_row_and_the_header_repeats(tmp_path):
    path = tmp_path / "book.xlsx"
    streamed(path, (row_of(f"事项{number}") for number in range(1200)))
    sheet = load_workbook(path).worksheets[0]
    assert (sheet.max_row, sheet.auto_filter.ref) == (1204, "A4:F1204")
    assert sheet.print_title_rows == "$2:$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.freeze_panes == "A5"
    assert not [area for area in sheet.merged_cells.ranges if area.max_row >= layouts.FIRST_ROW]


def test_every_member_is_well_formed_and_the_same_content_gives_the_same_bytes(tmp_path):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    streamed(one, [row_of("x & <y>")])
    streamed(two, [row_of("x & <y>")])
    assert one.read_bytes() == two.read_bytes()
    with ZipFile(one) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(count: int) -> int:
        tracemalloc.start()
        streamed(tmp_path / f"{count}.xlsx", (row_of(f"事项{number}") for number in range(count)))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(9_000) < peak(3_000) * 1.2


def test_the_properties_say_the_moment_of_making_in_universal_time(tmp_path):
    path = tmp_path / "book.xlsx"
    streamed(path, [])
    properties = load_workbook(path).properties
    assert properties.created.replace(tzinfo=dt.UTC) == MADE_AT
    assert properties.modified.replace(tzinfo=dt.UTC) == MADE_AT


def test_an_empty_stream_is_an_empty_table(tmp_path):
    path = tmp_path / "book.xlsx"
    streamed(path, [])
    sheet = load_workbook(path).worksheets[0]
    assert (sheet.max_row, sheet.auto_filter.ref) == (4, "A4:F4")
