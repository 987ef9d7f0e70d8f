"""What comes out of a printer: large enough to read, whole, and never an empty table."""

import datetime as dt
import re
from itertools import pairwise

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from obligations.models import Obligation
from reports import heights, layouts, print_tables, snapshots, workbooks
from reports.looks import Form
from reports.models import ObligationLine
from tests.reports.readings import by, said_above, table

AS_OF = dt.date(2025, 11, 21)
NAME = ("责任部门", "责任部门")
# A4 landscape between its margins, and a unit of a column's width where a program has to put
# another font in the place of the workbook's own.
PAPER_POINTS, WIDEST_UNIT = 784, 6.7


def printed_points(sheet):
    """The size in which 10.5 points come out where columns are drawn as wide as they ever are."""
    if sheet.page_setup.scale:
        return 10.5 * sheet.page_setup.scale / 100
    width = sum(one.width for one in sheet.column_dimensions.values())
    return 10.5 * PAPER_POINTS / (width * WIDEST_UNIT)


def test_what_is_printed_can_be_read_and_every_page_fits(book):
    for sheet in book.worksheets:
        assert printed_points(sheet) >= 7.2, sheet.title
        edges = [0, *(one.id for one in sheet.col_breaks.brk), sheet.max_column]
        kept = said_above(sheet)[0][0].column - 1
        for left, right in pairwise(edges):
            shown = [*range(1, kept + 1), *range(max(left, kept) + 1, right + 1)]
            letters = [get_column_letter(place) for place in shown]
            width = sum(sheet.column_dimensions[letter].width for letter in letters)
            scale = printed_points(sheet) / 10.5
            assert width * WIDEST_UNIT * scale <= PAPER_POINTS + 1, (sheet.title, left)


def test_wide_sheets_repeat_what_a_row_is_about_and_merge_nothing_across_pages(book):
    wide = [sheet for sheet in book.worksheets if sheet.col_breaks.brk]
    assert {"逾期清单", "临期清单", *book.sheetnames[-2:]} == {sheet.title for sheet in wide}
    for sheet in wide:
        assert sheet.print_title_cols == "$A:$C"
        assert sheet.freeze_panes == "D5"
        assert sheet.page_setup.pageOrder == "overThenDown"
        # Programs heed breaks only where nothing is fitted.
        assert not sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet["A2"].value == sheet.title
        for edge in (3, *(one.id for one in sheet.col_breaks.brk)):
            across = [area for area in sheet.merged_cells.ranges if area.min_col <= edge]
            assert all(area.max_col <= edge for area in across), (sheet.title, edge)


def test_the_cover_is_one_page_and_so_is_the_table_of_the_overview(book):
    cover, overview = book["封面"], book["总体情况"]
    assert (cover.page_setup.fitToWidth, cover.page_setup.fitToHeight) == (1, 1)
    # Its height must not depend on how wide a program draws columns.
    assert overview.page_setup.scale
    assert not overview.sheet_properties.pageSetUpPr.fitToPage
    first = overview.row_breaks.brk[0].id
    height = sum(overview.row_dimensions[row].height or 15 for row in range(1, first))
    assert height * overview.page_setup.scale / 100 <= 595 - 2 * 72 * 0.5


def test_a_title_of_several_lines_is_whole_and_the_table_and_the_charts_still_take_one_page(
    snapshot, tmp_path
):
    snapshot.scope_name = f"全省《{'数据共享责任清单和任务分工方案' * 5}》"
    workbooks.progress(snapshot, to=tmp_path / "long.xlsx")
    book = load_workbook(tmp_path / "long.xlsx")
    cover, overview = book["封面"], book["总体情况"]
    assert cover["A1"].value == snapshot.title
    width = sum(cover.column_dimensions[letter].width for letter in "ABCDEFGH")
    assert cover.row_dimensions[1].height >= heights.of_text(snapshot.title, width=width, size=22)
    points = [overview.row_dimensions[row].height or 15 for row in range(1, overview.max_row + 50)]
    first = overview.row_breaks.brk[0].id
    charts = sum(points[:2]) + 40 * 15
    for height in (sum(points[:first]), charts):
        assert height * overview.page_setup.scale / 100 <= 595 - 2 * 72 * 0.5


def test_the_guide_names_the_working_days_and_what_is_printed(book):
    said = [str(cell.value) for row in book["说明"] for cell in row if cell.value]
    assert "5 个工作日内到期。" in said
    assert not [text for text in said if "数个工作日" in text]
    assert [text for text in said if "打印：A4 横向，全部栏目都打印" in text]
    due_soon = table(book["临期清单"])[0]
    assert due_soon[("履行情况", "原因")] == "5 个工作日内到期。"


def test_the_overview_tells_our_own_obligations_from_those_of_superior_bodies(book):
    rows = by(table(book["总体情况"]), "指标", "指标")
    numbers = {name: row[("全部清单", "分子")] for name, row in rows.items()}
    assert numbers["责任事项（含上级单位承担的）"] == 10
    assert numbers["其中本级各部门承担的"] == 9
    assert numbers["其中上级单位承担的（不计入）"] == 1
    total = by(table(book["分部门"]), *NAME)["合计"]
    assert total[("责任事项", "总数")] == numbers["其中本级各部门承担的"]


def test_sums_equal_the_rows_above_them(book):
    for name in ("分部门", "分清单分批次"):
        *rows, total = table(book[name])
        for heading, value in total.items():
            column = [row[heading] for row in rows]
            if heading[0] in ("责任事项", "办理状态", "亮灯"):
                assert value == sum(column), (name, heading)


def test_a_province_without_obligations_gets_an_empty_report(coordinator, tmp_path):
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    workbooks.progress(taken, to=tmp_path / "empty.xlsx")
    book = load_workbook(tmp_path / "empty.xlsx")
    rows = by(table(book["总体情况"]), "指标", "指标")
    assert rows["完成率（销号率）"][("全部清单", "比率")] == "—"
    sentences = {
        "分部门": "没有下达给各部门的责任事项。",
        "部门清单对照": "没有计入的责任事项。",
        "分场景": "清单未列明应用场景（一件事）。",
        "本期变化": "没有可比对的上期报告。",
        "逾期清单": "没有逾期、失约的责任事项（没有红灯）。",
        "临期清单": "没有 5 个工作日内到期、尚未申报完成的责任事项。",
        "疑点": "截止日没有尚未处理的疑点。",
        "明细台账-系统对接": "没有系统对接类的责任事项。",
    }
    for name, sentence in sentences.items():
        said = [cell.value for cell in book[name][layouts.FIRST_ROW] if cell.value]
        assert said == [sentence], name
    for sheet in book.worksheets:
        # No page has headings alone.
        if first := next((one.id for one in sheet.col_breaks.brk), None):
            area = f"'{sheet.title}'!$A$1:${get_column_letter(first)}${sheet.max_row}"
            assert sheet.print_area == area


def test_a_text_for_which_no_row_is_high_enough_stands_whole_on_a_sheet_of_its_own(
    province, coordinator, tmp_path
):
    long = "接口联调存在问题，" * 223
    Obligation.objects.filter(pk=province["overdue"].pk).update(progress_note=long)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    assert workbooks.progress(taken, to=one).count == 0
    workbooks.progress(taken, to=two)
    assert one.read_bytes() == two.read_bytes()
    book = load_workbook(one)
    shown = table(book["逾期清单"])[0][("履行情况", "进展和存在问题")]
    assert shown.endswith("……（全文见“长文全文”表）")
    assert long.startswith(shown.partition("……")[0])
    assert book["逾期清单"].row_dimensions[layouts.FIRST_ROW].height < 200
    whole = book["长文全文"]
    rows = [row for row in whole.iter_rows(min_row=5, values_only=True) if row[0] == "逾期清单"]
    assert "".join(row[3] for row in rows) == long
    assert {row[1:3] for row in rows} == {(1, "进展和存在问题")}
    points = [whole.row_dimensions[row].height for row in range(5, whole.max_row)]
    assert max(points) < 300


def test_a_report_that_the_system_makes_names_the_office_that_answers_for_it(province):
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=None)
    assert taken.reporting_body == "省数据管理局"
    assert taken.taken_by_name == ""


def test_the_page_to_print_has_the_widths_of_the_workbook_and_says_what_is_empty(
    province, coordinator
):
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    ObligationLine.objects.filter(snapshot=taken, light="red").update(light="green")
    printed = {one.name: one for one in print_tables.printed(taken)}
    for one in printed.values():
        assert sum(float(width.rstrip("%")) for width in one.widths) == pytest.approx(100, abs=0.2)
    assert printed["逾期清单"].rows == []
    assert printed["逾期清单"].empty == "没有逾期、失约的责任事项（没有红灯）。"
    assert print_tables.text_of(590_682, Form.NUMBER) == "590,682"


def test_texts_that_the_workbook_shortens_are_short_on_the_page_to_print_and_lines_stay_as_typed(
    province, coordinator
):
    typed, long = "1. 已会商\r\n2. 待联调", "接口联调存在问题，" * 223
    overdue = Obligation.objects.filter(pk=province["overdue"].pk)
    overdue.update(progress_note=typed, return_reason=long, contact_name="名" * 100)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    printed = {one.name: one for one in print_tables.printed(taken)}["逾期清单"]
    [said] = [[cell.text for cell in row] for row in printed.rows]
    assert typed.replace("\r", "") in said
    cut = [text.partition("……") for text in said if "……" in text]
    assert [long.startswith(cut[0][0]), cut[1][0].strip("名")] == [True, ""]
    assert {end for _beginning, _dots, end in cut} == {"（全文见报告工作簿）"}
    assert max(map(len, said)) < 100
    looks = (settings.BASE_DIR / "static/css/report-print.css").read_text()
    [of_texts] = re.findall(r"\.print-table \.wide-cell {([^}]*)}", looks)
    assert "white-space: pre-line" in of_texts
    of_all = re.findall(r"^\.print-table td {([^}]*)}", looks, re.MULTILINE)[0]
    assert "overflow-wrap: anywhere" in of_all


def test_of_a_long_table_the_page_to_print_has_the_beginning_and_says_so(snapshot, monkeypatch):
    whole = {one.name: one for one in print_tables.printed(snapshot)}["分部门"]
    monkeypatch.setattr(print_tables, "LISTED", len(whole.rows) - 1)
    cut = {one.name: one for one in print_tables.printed(snapshot)}["分部门"]
    assert (cut.rows, cut.is_cut, whole.is_cut) == (whole.rows[:-1], True, False)


def test_the_page_of_a_report_counts_what_is_on_record_as_the_first_page_does(
    coordinator, snapshot, filed
):
    report = filed(snapshot)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(coordinator, backend="accounts.signin.Backend")
    said = client.get(reverse("reports:detail", args=[report.pk])).content.decode()
    said = re.sub(r"<[^>]+>|\s+", "", said)
    assert "在册9·另有上级单位承担1" in said


def test_the_line_to_sign_on_stays_with_the_last_note(coordinator, snapshot, filed):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(coordinator, backend="accounts.signin.Backend")
    page = client.get(reverse("reports:print", args=[filed(snapshot).pk])).content.decode()
    # What a page does not part (static/css/report-print.css).
    last = page.rpartition('<div class="print-end">')[2].partition("</div>")[0]
    assert re.search(r'class="print-note">注：.*class="print-sign">.*单位负责人：', last, re.DOTALL)
    assert page.count('class="print-sign"') == 1
