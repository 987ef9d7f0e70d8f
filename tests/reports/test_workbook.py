"""The workbook, read back, shows exactly the facts of its snapshot."""

import datetime as dt
import re
from collections import Counter
from itertools import pairwise
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter

from obligations import completion
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from reports import layouts, snapshots, workbooks
from reports.models import Snapshot
from reports.scopes import Scope

AS_OF = dt.date(2025, 11, 21)
# A4 landscape between its margins, and a unit of a column's width where a program has to put
# another font in the place of the workbook's own.
PAPER_POINTS, WIDEST_UNIT = 784, 6.7
GROUPS = layouts.GROUP_ROW
LABELS = layouts.LABEL_ROW


def midnight(year, month, number):
    return dt.datetime.combine(dt.date(year, month, number), dt.time())


def headings(sheet):
    """(group, label) of each column; a merged group stands over all its labels."""
    group, found = "", []
    for top, bottom in zip(sheet[GROUPS], sheet[LABELS], strict=True):
        group = top.value or (group if bottom.value else "")
        found.append((group, bottom.value or group))
    return found


def table(sheet):
    """Rows as {(group, label): value}, down to the signatures."""
    labels = headings(sheet)
    rows = []
    for row in sheet.iter_rows(min_row=layouts.FIRST_ROW, values_only=True):
        # Signatures, or what is said where there are no rows.
        if len([value for value in row if value is not None]) == 1:
            break
        rows.append(dict(zip(labels, row, strict=True)))
    return rows


def by(rows, *heading):
    return {row[heading]: row for row in rows}


NAME = ("责任部门", "责任部门")
RATE = ("完成率", "比率")


def test_every_sheet_is_there_in_the_order_leadership_reads(book):
    assert book.sheetnames == [
        *["封面", "说明", "总体情况", "完成率走势", "分部门", "部门排名", "分清单分批次"],
        *["部门清单对照", "分场景", "其他指标", "本期变化", "需协调事项", "逾期清单", "临期清单"],
        *["疑点", "补录事项", "明细台账-数据共享", "明细台账-系统对接"],
    ]


def test_departments_show_the_facts_and_their_sum(book):
    rows = by(table(book["分部门"]), *NAME)
    police, health, total = rows["省公安厅"], rows["省卫生健康委员会"], rows["合计"]
    assert (police[("责任事项", "计入")], health[("责任事项", "计入")]) == (4, 4)
    assert police[RATE] == 0.5
    assert total[("责任事项", "计入")] == 8
    assert (total[RATE], total[("办理状态", "已销号")]) == (0.25, 2)
    # One verified in time and one late, one overdue; the blocked one is outside timeliness.
    assert police[("按期完成率（现行时限）", "按期")] == 1
    assert police[("按期完成率（现行时限）", "到期")] == 3
    assert police[("按期完成率（现行时限）", "比率")] == pytest.approx(0.333)
    # What was claimed in time and waits for its decision has not fallen due.
    assert health[("按期完成率（现行时限）", "比率")] == "—"
    assert [police[("完成率", "排名")], health[("完成率", "排名")]] == [1, 2]


def test_totals_equal_the_rows_of_the_ledgers(book):
    ledger = [row for name in book.sheetnames[-2:] for row in table(book[name])]
    counted = [row for row in ledger if row[("责任", "计入")] == "是"]
    total = by(table(book["分部门"]), *NAME)["合计"]
    assert len(ledger) == 10
    assert total[("责任事项", "计入")] == len(counted)
    lights = Counter(row[("履行情况", "亮灯")] for row in counted)
    for light in "红黄蓝紫绿":
        assert total[("亮灯", light)] == lights[light]
    statuses = Counter(row[("履行情况", "状态")] for row in counted)
    assert total[("办理状态", "已销号")] == statuses["已核验销号"] == 2
    assert total[("办理状态", "待审签")] == statuses["待部门审签"] == 1


def test_numbers_are_numbers_and_days_are_days(book):
    for row in book["分部门"].iter_rows(min_row=layouts.FIRST_ROW, max_row=7, min_col=3):
        assert all(isinstance(cell.value, int | float) or cell.value == "—" for cell in row)
    row = by(table(book["明细台账-数据共享"]), "责任事项", "数据资源名称")["【示例】数据资源1"]
    assert row[("时限", "现行时限")] == midnight(2025, 9, 30)
    assert row[("办理", "实际完成")] == midnight(2025, 9, 1)
    assert row[("办理", "佐证材料")] == "示例政数〔2025〕7号"


def test_the_ledger_has_every_column_of_its_list(book):
    groups = ("责任事项", "清单内容")
    shown = {label for group, label in headings(book["明细台账-数据共享"]) if group in groups}
    assert shown >= {
        *["序号", "提供部门", "责任司局/处室", "数据资源名称", "目录代码", "信息项", "共享类型"],
        *[
            "共享条件",
            "共享范围",
            "共享方式",
            "更新周期",
            "完成时限",
            "来源系统",
            "应用场景",
            "备注",
        ],
    }
    row = table(book["明细台账-数据共享"])[0]
    assert row[("清单内容", "共享类型")] == "有条件共享"
    assert row[("清单内容", "信息项")] == "姓名"
    docking = table(book["明细台账-系统对接"])[0]
    assert docking[("清单内容", "对接内容")] == "事项、数据"
    assert docking[("清单内容", "完成时限")] == "2025年9月底"


def test_what_waits_for_others_is_listed_with_working_days(book):
    rows = by(table(book["需协调事项"]), "需协调的事", "类别")
    blocked = rows["受阻"]
    assert blocked[("需协调的事", "协调对象")] == "公安部"
    assert blocked[("受阻", "受阻原因")] == "上级未开放"
    assert blocked[("时限", "起算日期")] == midnight(2025, 9, 2)
    # 2025-09-02 to 2025-11-21 by the State Council's calendar, two make-up workdays included.
    assert blocked[("时限", "已等待工作日")] == 54
    assert rows["上级尚未开放"][("时限", "影响省内事项")] == 1


def test_text_from_people_stays_text(book):
    cells = [cell for row in book["需协调事项"] for cell in row]
    cells = [cell for cell in cells if cell.value == "=部里接口未开放"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_the_overdue_list_has_what_is_red(book):
    rows = table(book["逾期清单"])
    assert [(row[("责任事项", "事项")], row[("时限", "逾期工作日")]) for row in rows] == [
        ("【示例】数据资源3", 33)
    ]


def test_scenes_count_an_obligation_in_each_and_once_in_the_sum(book):
    rows = by(table(book["分场景"]), "应用场景（一件事）", "应用场景（一件事）")
    assert {name: row[("责任事项", "总数")] for name, row in rows.items()} == {
        "企业开办": 2,
        "新生儿出生": 2,
        "合计（不重复计）": 2,
    }


def test_lists_show_their_items_and_sum_up(book):
    rows = by(table(book["分清单分批次"]), "清单", "清单")
    total = rows.pop("合计")
    assert total[("责任事项", "总数")] == sum(row[("责任事项", "总数")] for row in rows.values())
    assert total[("清单事项（条）", "事项")] == 9


def test_the_overview_shows_numerator_and_denominator_and_a_native_chart(book, written):
    rows = by(table(book["总体情况"]), "指标", "指标")
    rate = rows["完成率（销号率）"]
    values = [rate[("全部清单", label)] for label in ("分子", "分母", "比率")]
    assert values == [2, 8, 0.25]
    # Both verified claims were decided in time; the waiting one has run out of its days.
    decided = rows["核验及时率（统筹部门）"]
    assert [decided[("全部清单", label)] for label in ("分子", "分母")] == [2, 3]
    with ZipFile(written) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        # There is no earlier day of which a trend could be drawn.
        assert len(charts) == 2
        referred = b"".join(archive.read(name) for name in charts).decode()
    assert "'总体情况'!$C$" in referred
    assert "'分部门'!$B$5:$B$6" in referred


def test_the_cover_says_as_of_when_by_which_rules_and_what_each_figure_is(book, kept):
    snapshot = kept["snapshot"]
    cover = "\n".join(
        str(cell.value)
        for sheet in (book["封面"], book["说明"])
        for row in sheet
        for cell in row
        if cell.value
    )
    assert "2025年11月21日24时（北京时间）" in cover
    assert snapshot.rules_version in cover
    assert snapshot.calendar_version in cover
    assert "26 条，已计入本报告" in cover
    for figure in (
        "完成率（销号率）",
        "按期完成率（现行时限）",
        "按期完成率（原定时限）",
        *["核验及时率", "更新及时率", "接口可用率", "需求响应率", "交付及时率", "校核及时率"],
        *["编目率", "挂接率"],
    ):
        assert figure in cover


def test_the_form_is_the_office_form(book):
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        for title, meta in said_above(sheet):
            assert (title.font.name, title.font.size) == ("方正小标宋简体", 22)
            assert title.value.startswith("【示例】全省数据共享责任清单落实情况")
            said = "填报单位：省数据管理局.*填报时间：.*制表人：.*联系电话："
            assert re.match(said, meta.value)
    for sheet in book.worksheets[2:]:
        # On the pages of the charts a table's header would stand over nothing.
        repeated = "$1:$2" if sheet.title == "总体情况" else "$2:$4"
        assert sheet.print_title_rows == repeated
        assert re.fullmatch("[A-E]5", sheet.freeze_panes)
        assert sheet["A3"].font.name == "黑体"


def said_above(sheet):
    """Title and second line of each page that stands beside another."""
    starts = [1]
    if sheet.print_title_cols:
        first = column_index_from_string(sheet.print_title_cols.rpartition("$")[2]) + 1
        starts = [first, *(one.id + 1 for one in sheet.col_breaks.brk)]
    return [(sheet.cell(1, column), sheet.cell(2, column)) for column in starts]


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


def test_detail_sheets_have_no_merged_cells_in_their_rows_and_can_be_filtered(book):
    for sheet in book.worksheets[10:]:
        assert all(area.max_row <= LABELS for area in sheet.merged_cells.ranges)
        assert sheet.auto_filter.ref.startswith(f"A{LABELS}:")
        assert sheet.auto_filter.ref.endswith(str(LABELS + len(table(sheet))))


def test_every_sheet_but_the_notes_is_signed_below_its_table(book):
    for sheet in book.worksheets:
        signed = [
            cell.row
            for row in sheet.iter_rows()
            for cell in row
            if re.match("单位负责人：.*审核人：.*制表人：", str(cell.value))
        ]
        assert len(signed) == (sheet.title != "说明"), sheet.title


def test_later_changes_leave_an_old_snapshot_as_it_was(province, snapshot, officer, tmp_path):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    workbooks.progress(snapshot, to=one)
    overdue = province["overdue"]
    overdue.item.title = "改名"
    overdue.item.save()
    overdue.department.name = "新名称"
    overdue.department.save()
    paper = NewEvidence(kind="document", text="示例〔2025〕9号")
    completion.claim(overdue, by=officer, on=AS_OF, note="", with_evidence=[paper])
    workbooks.progress(Snapshot.objects.get(pk=snapshot.pk), to=two)
    assert one.read_bytes() == two.read_bytes()


def test_the_file_is_called_as_offices_call_it(snapshot):
    assert workbooks.file_name(snapshot) == "【示例】全省数据共享责任清单落实情况-20251121.xlsx"
    snapshot.is_demo = False
    assert workbooks.file_name(snapshot) == "全省数据共享责任清单落实情况-20251121.xlsx"


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


def test_a_text_for_which_no_row_is_high_enough_stands_whole_on_a_sheet_of_its_own(
    province, coordinator, tmp_path
):
    long = "接口联调存在问题，" * 223
    Obligation.objects.filter(pk=province["overdue"].pk).update(progress_note=long)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    assert workbooks.progress(taken, to=one) == []
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
    heights = [whole.row_dimensions[row].height for row in range(5, whole.max_row)]
    assert max(heights) < 300


def test_a_report_that_the_system_makes_names_the_office_that_answers_for_it(province):
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=None)
    assert taken.reporting_body == "省数据管理局"
    assert taken.taken_by_name == ""


def test_text_that_no_cell_can_hold_is_cleaned_and_said_so(province, coordinator, tmp_path):
    overdue = province["overdue"]
    Obligation.objects.filter(pk=overdue.pk).update(progress_note="进展\x0b顺利")
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    cleanings = workbooks.progress(taken, to=tmp_path / "cleaned.xlsx")
    book = load_workbook(tmp_path / "cleaned.xlsx")
    assert table(book["逾期清单"])[0][("履行情况", "进展和存在问题")] == "进展顺利"
    listed = [row[0:3] for row in book["文字清理说明"].iter_rows(min_row=5, values_only=True)]
    assert listed == [(found.sheet, found.cell, 1) for found in cleanings]
    assert {sheet for sheet, _cell, _removed in listed} == {"逾期清单", "明细台账-数据共享"}


def test_a_department_report_bears_its_name(province, officer, tmp_path):
    own = Scope(department=officer.department)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=officer, scope=own)
    workbooks.progress(taken, to=tmp_path / "own.xlsx")
    book = load_workbook(tmp_path / "own.xlsx")
    assert book["总体情况"]["A1"].value.startswith("【示例】省公安厅数据共享责任清单落实情况")
    assert [row[NAME] for row in table(book["分部门"])] == ["省公安厅", "合计"]
    # What the central body owes is not the department's; what it waits for is.
    assert [row[("需协调的事", "类别")] for row in table(book["需协调事项"])] == ["受阻"]
