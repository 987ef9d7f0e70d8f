"""verify_report finds what keeps every value and yet lets a reader see something else."""

import re
import shutil
import subprocess

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from reports.sheets import proof
from reports.verifying import asking, reading, showing
from reports.verifying.styles import Look
from reports.verifying.verdicts import Verdict
from tests.reports import tampering
from tests.reports.packages import SOFFICE

LEDGER, FIGURES, WHOLE = "明细台账-数据共享", "分部门", "总体情况"


def told(path, made, *, without_store=False):
    """The sentences on what is seen, when every value is what was written."""
    with path.open("rb") as file, made.open("rb") as original:
        found = asking.read(file, rows_of=[])
        right = asking.read(original, rows_of=[])
    assert {name: one.digest for name, one in found.items()} == {
        name: one.digest for name, one in right.items()
    }
    names = [name for name in right if name != proof.NAME]
    verdict = Verdict()
    store = None if without_store else made
    showing.compare(found, names, made=store, verdict=verdict)
    assert {one.kind for one in verdict.differences} <= {"shown"}
    return [one.text for one in verdict.differences]


def edited(written, tmp_path, change):
    return tampering.edited(shutil.copy(written, tmp_path / "报告.xlsx"), change)


@pytest.fixture
def slim(written, kept):
    """Three sheets of it: the others would be read for nothing."""

    def take_out(book):
        for name in set(book.sheetnames) - {WHOLE, FIGURES, LEDGER}:
            del book[name]

    if "slim" not in kept:
        kept["slim"] = tampering.edited(written, take_out)
    return kept["slim"]


@pytest.fixture
def book(slim, kept):
    """The same, to be read alone."""
    if "book" not in kept:
        kept["book"] = load_workbook(slim)
    return kept["book"]


@pytest.fixture
def seen(slim, tmp_path):
    """seen(change): what is said of the workbook after it."""

    def go(change):
        return told(edited(slim, tmp_path, change), slim)

    return go


@pytest.fixture
def of_sheet(slim, tmp_path):
    """of_sheet(name, old, new): the same, where a part of one sheet's XML was written otherwise."""

    def go(name, old, new):
        part = f"xl/worksheets/sheet{[WHOLE, FIGURES, LEDGER].index(name) + 1}.xml"

        def change(found, content):
            if found != part:
                return content
            assert re.search(old, content)
            return re.sub(old, new, content, count=1)

        return told(tampering.repacked(shutil.copy(slim, tmp_path / "报告.xlsx"), change), slim)

    return go


def test_nothing_is_said_of_a_file_as_it_was_made_or_saved_anew(written, slim, seen):
    assert told(written, written) == []
    assert told(written, written, without_store=True) == []
    assert told(slim, slim) == seen(lambda book: None) == []


@pytest.mark.long
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_nothing_is_said_of_a_file_saved_anew_by_libreoffice(written, tmp_path):
    words = (SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless")
    words += ("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "anew"))
    subprocess.run([*words, str(written)], check=True, capture_output=True, timeout=120)
    anew = tmp_path / "anew" / written.name
    assert told(anew, written) == []
    assert told(anew, written, without_store=True) == []

    def hide(book):
        book[FIGURES].row_dimensions[5].hidden = True
        book[FIGURES]["C5"].number_format = ";;;"

    once_more = edited(anew, tmp_path, hide)
    assert len(told(once_more, written)) == 2


def test_hidden_rows_and_columns_are_named_in_one_sentence(seen):
    def hide(book):
        for number in (5, 6, 8):
            book[LEDGER].row_dimensions[number].hidden = True
        for letter in "DE":
            book[LEDGER].column_dimensions[letter].hidden = True

    assert seen(hide) == [
        "工作表“明细台账-数据共享”有 3 行（第 5–6、8 行）、2 列（D–E 列）被隐藏："
        "取消隐藏或清除筛选后再校验。"
    ]


def test_rows_and_columns_without_height_or_width_are_hidden_ones(seen):
    def squeeze(book):
        book[LEDGER].row_dimensions[6].height = 0.5
        book[LEDGER].column_dimensions["C"].width = 0.1
        # Low and narrow, and yet seen.
        book[LEDGER].row_dimensions[7].height = 6
        book[LEDGER].column_dimensions["D"].width = 2

    [text] = seen(squeeze)
    assert "1 行（第 6 行）、1 列（C 列）被隐藏" in text


def test_more_places_than_are_listed_are_counted(of_sheet):
    [text] = of_sheet(FIGURES, rb"(<cols>).*(</cols>)", rb'\1<col min="1" max="99" width="0"/>\2')
    assert re.search("[0-9]+ 列（A–[A-Z]+ 列）被隐藏", text)


def test_at_most_six_stretches_are_listed(seen):
    def hide(book):
        for place in range(1, 17, 2):
            book[LEDGER].column_dimensions[chr(64 + place)].hidden = True

    [text] = seen(hide)
    assert "有 8 列（A、C、E、G、I、K 列，另有 2 处）被隐藏" in text


def test_empty_columns_and_rows_beyond_the_table_may_be_hidden(seen):
    def hide(book):
        book[LEDGER].column_dimensions["XA"].hidden = True
        book[LEDGER].row_dimensions[5_000].hidden = True

    assert seen(hide) == []


def test_rows_on_which_a_chart_lies_may_not(seen, book):
    last = book[WHOLE].max_row

    def hide(book):
        book[WHOLE].row_dimensions[last + 10].hidden = True

    assert f"1 行（第 {last + 10} 行）被隐藏" in seen(hide)[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            rb"<autoFilter ref=\"([^\"]*)\"/>",
            rb'<autoFilter ref="\1"><filterColumn colId="1">'
            rb'<filters><filter val="x"/></filters></filterColumn></autoFilter>',
        ),
        (rb'<row r="7"', rb'<row collapsed="1" r="7"'),
        (rb"<sheetView ", rb'<sheetView showZeros="0" '),
        (rb"<sheetFormatPr ", rb'<sheetFormatPr zeroHeight="1" '),
    ],
)
def test_filters_folded_groups_and_zeros_that_are_not_shown(of_sheet, old, new):
    if b"zeroHeight" in new:
        # Each row of a report says how high it is.
        assert of_sheet(LEDGER, old, new) == []
    else:
        [text] = of_sheet(LEDGER, old, new)
        assert text.startswith("工作表“明细台账-数据共享”")


def test_a_filter_that_asks_for_nothing_hides_nothing(of_sheet):
    old = rb"<autoFilter ref=\"([^\"]*)\"/>"
    new = rb'<autoFilter ref="\1"><filterColumn colId="1" hiddenButton="1"/></autoFilter>'
    assert of_sheet(LEDGER, old, new) == []


@pytest.mark.parametrize(
    "code", ['"绿"', ";;;", '0"0"', "#,##0,", "0%", "yyyy/m/d", "[>2]0;0", "[White]0"]
)
def test_a_format_that_shows_another_number_is_named_with_its_cells(seen, code):
    def change(book):
        for place in ("C5", "C6"):
            book[FIGURES][place].number_format = code

    assert seen(change) == [
        f"工作表“分部门”有 2 个单元格（C5–C6）的数字格式被改为“{code}”，显示的与所写的不同；"
        "原为“#,##0”，改回后再校验。"
    ]


@pytest.mark.parametrize("code", ["General", "@", "0", "0.00", "#,##0_ ;[Red]\\-#,##0\\ "])
def test_a_format_that_shows_the_same_number_is_none(seen, code):
    def change(book):
        book[FIGURES]["C5"].number_format = code

    assert seen(change) == []


def test_a_word_is_hidden_or_replaced_by_a_format_too(seen):
    def change(book):
        book[FIGURES]["B5"].number_format = ';;;"绿"'
        book[FIGURES]["B6"].number_format = '@"市"'
        # Of a word they show all.
        book[FIGURES]["B7"].number_format = '"绿"'
        book[FIGURES]["A3"].number_format = '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ '

    text = "".join(seen(change))
    assert "1 个单元格（B5）" in text
    assert "1 个单元格（B6）" in text
    assert "B7" not in text
    assert "A3" not in text


def place_of(sheet, code):
    """The first number of a sheet that was made with a format."""
    cells = (cell for row in sheet.iter_rows(min_row=5) for cell in row)
    wanted = (c for c in cells if c.number_format == code and c.value not in (None, "—"))
    return next(cell.coordinate for cell in wanted if not isinstance(cell.value, str))


DAY = 'yyyy"年"m"月"d"日"'


@pytest.mark.parametrize(
    ("sheet", "made", "code", "is_found"),
    [
        (LEDGER, DAY, "yyyy\\年m\\月d\\日;@", False),
        (LEDGER, DAY, "yyyy-mm-dd", False),
        (LEDGER, DAY, "mm-dd-yy", False),
        (LEDGER, DAY, 'yyyy"年"', True),
        (LEDGER, DAY, '"2026年1月1日"', True),
        (LEDGER, DAY, "General", True),
        (LEDGER, DAY, 'yyyy"年"m"月"d"日（顺延）"', True),
        (FIGURES, "0.0%", "0.00%", False),
        (FIGURES, "0.0%", "0.000", False),
        (FIGURES, "0.0%", "0%", True),
        (FIGURES, "0.0%", "0", True),
        (FIGURES, "0.0%", '"100.0%"', True),
    ],
)
def test_days_and_rates_are_read_by_their_format(seen, book, sheet, made, code, is_found):
    place = place_of(book[sheet], made)

    def change(book):
        book[sheet][place].number_format = code

    found = seen(change)
    assert len(found) == is_found
    assert all(f"1 个单元格（{place}）" in text and f"原为“{made}”" in text for text in found)


def test_without_the_file_in_store_what_no_report_has_is_named_all_the_same(slim, tmp_path):
    def change(book):
        book[FIGURES]["C5"].number_format = ";;;"
        book[FIGURES].row_dimensions[6].hidden = True
        book[FIGURES]["C6"].number_format = "0%"  # nobody can tell

    found = told(edited(slim, tmp_path, change), slim, without_store=True)
    assert ["被隐藏" in found[0], "“;;;”" in found[1], len(found)] == [True, True, 2]


def test_words_in_the_colour_of_what_is_below_them_are_named(seen):
    def paint(book):
        cells = book[FIGURES]
        cells["B5"].font = Font(color="FFFFFFFF")
        cells["C5"].font = Font(color="FF101010")
        cells["C5"].fill = PatternFill("solid", fgColor="FF000000")
        # Seen: white on blue, grey on white, white where nothing is written.
        cells["B6"].font = Font(color="FFFFFFFF")
        cells["B6"].fill = PatternFill("solid", fgColor="FF1F4E79")
        cells["C6"].font = Font(color="FF7F7F7F")
        cells["XA5"].font = Font(color="FFFFFFFF")

    assert seen(paint) == [
        "工作表“分部门”有 2 个单元格（B5、C5）的文字与底色相同，看不出内容："
        "改回文字颜色或底色后再校验。"
    ]


def test_charts_that_were_not_there_and_what_covers_cells_are_named(seen):
    def cover(book):
        book[FIGURES].add_chart(BarChart(), "C5")
        # A remark that opens when somebody points at its cell covers nothing.
        book[LEDGER]["B5"].comment = Comment("核对过", "李明")

    assert seen(cover) == [
        "工作表“分部门”上有原报告没有的对象（图表 1 个），可能遮住单元格：删除后再校验。"
    ]


SHAPE = (
    b"<xdr:twoCellAnchor xmlns:xdr='x'><xdr:sp><xdr:nvSpPr><xdr:cNvPr id='9' name='n'%s/>"
    b"</xdr:nvSpPr></xdr:sp></xdr:twoCellAnchor>"
)


@pytest.mark.parametrize(("hidden", "count"), [(b"", 1), (b" hidden='1'", 0)])
def test_a_box_among_the_reports_own_charts_is_told_from_them(slim, tmp_path, hidden, count):
    def change(name, content):
        if name != "xl/drawings/drawing1.xml":
            return content
        assert content.endswith(b"</wsDr>")
        return content.removesuffix(b"</wsDr>") + SHAPE % hidden + b"</wsDr>"

    found = told(tampering.repacked(shutil.copy(slim, tmp_path / "a.xlsx"), change), slim)
    assert len(found) == count
    assert all("（图形或文本框 1 个）" in text for text in found)


@pytest.mark.parametrize(
    ("content", "sort"),
    [
        (b"<xml xmlns:x='x'><x:ClientData ObjectType='Note'/></xml>", ""),
        (
            b"<xml xmlns:x='x'><x:ClientData ObjectType='Note'><x:Visible/></x:ClientData></xml>",
            "批注",
        ),
        (b"<xml xmlns:x='x'><br><x:ClientData ObjectType='Button'/></xml>", "控件"),
        (b"<xml xmlns:v='v'><v:imagedata/></xml>", "图片"),
        (b"", ""),
        (b"no markup", ""),
    ],
)
def test_drawings_of_the_old_kind_are_read_with_their_errors(slim, tmp_path, content, sort):
    def change(book):
        book[FIGURES]["B5"].comment = Comment("核对过", "李明")

    path = edited(slim, tmp_path, change)

    def put(name, old):
        return content if "commentsDrawing" in name or name.endswith(".vml") else old

    found = told(tampering.repacked(path, put), slim)
    assert len(found) == bool(sort)
    assert all(sort in text for text in found)


def test_conditional_formats_that_hide_or_replace_are_named(seen):
    def change(book):
        white = Font(color="FFFFFFFF")
        book[FIGURES].conditional_formatting.add(
            "C5:C9", CellIsRule(operator="greaterThan", formula=["0"], font=white)
        )
        code = DifferentialStyle(numFmt=NumberFormat(numFmtId=170, formatCode='"绿"'))
        book[LEDGER].conditional_formatting.add(
            "A5:A9", Rule(type="expression", formula=["TRUE"], dxf=code)
        )
        # Only colours, as the report's own do.
        book[WHOLE].conditional_formatting.add(
            "C5:C9", CellIsRule(operator="greaterThan", formula=["0"], font=Font(color="FFC00000"))
        )

    found = seen(change)
    assert ["C5:C9" in found[0], "A5:A9" in found[1], len(found)] == [True, True, 2]


def test_bars_instead_of_numbers_are_named(of_sheet):
    rule = (
        rb'<conditionalFormatting sqref="C5:C9"><cfRule type="dataBar" priority="9">'
        rb'<dataBar showValue="%s"><cfvo type="min"/><cfvo type="max"/><color rgb="FF638EC6"/>'
        rb"</dataBar></cfRule></conditionalFormatting><printOptions"
    )
    assert len(of_sheet(FIGURES, rb"<printOptions", rule % b"0")) == 1
    assert of_sheet(FIGURES, rb"<printOptions", rule % b"1") == []


def test_broken_attributes_neither_hide_anything_nor_end_the_reading(of_sheet):
    for old, new in (
        (rb'<row r="6" ht="[^"]*"', rb'<row hidden="maybe" ht="high" r="6"'),
        (rb"<cols>", rb'<cols><col min="x" max="-1" width="" hidden="2"/>'),
        (rb"(<c r=\"C5\") s=\"[0-9]+\"", rb'\1 s="99999999999"'),
        (rb"(<c r=\"C5\") s=\"[0-9]+\"", rb'\1 s="none"'),
        (rb"<sheetFormatPr ", rb'<sheetFormatPr defaultColWidth="nan" '),
    ):
        assert of_sheet(FIGURES, old, new) == []


def test_formats_in_confetti_are_refused_and_not_kept(written):
    """Memory stays small whatever a stranger's file says."""
    with written.open("rb") as file:
        [sheet] = [one for one in reading.sheets(file) if one.name == FIGURES]
    alike = {letter: Look("number 0", "", letter) for letter in "ab"}
    sheet.sight._known.update(alike)
    for row in range(5, 10_000):
        sheet.sight.cell(row, 3, "ab"[row % 2], 7)
    sight = sheet.sight.told()
    assert len(sight["runs"]) + sight["left_out"] == 10_000 - 5
    verdict = Verdict()
    found = asking.Sheet(FIGURES, visible=True, sight=sight)
    showing.compare({FIGURES: found}, [FIGURES], made=written, verdict=verdict)
    assert "过于零碎" in verdict.differences[-1].text
