"""The workbook, read back, shows exactly the facts of its snapshot."""

import datetime as dt
import re
from collections import Counter
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from obligations import completion
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from reports import layouts, snapshots, workbooks
from reports.models import Snapshot
from reports.scopes import Scope
from tests.reports.readings import by, headings, said_above, table

AS_OF = dt.date(2025, 11, 21)
LABELS = layouts.LABEL_ROW


def midnight(year, month, number):
    return dt.datetime.combine(dt.date(year, month, number), dt.time())


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
            assert re.match(said, meta.value, re.DOTALL)
            *fields, mark = meta.value.split("\n")
            assert mark.startswith("水印：")
            # No field is broken in the middle.
            assert all(re.match("填报|数据截止：|制表人：|联系电话：", line) for line in fields)
    [(_title, narrow)] = said_above(book["部门清单对照"])
    assert narrow.value.count("\n") > 1
    for sheet in book.worksheets[2:]:
        # On the pages of the charts a table's header would stand over nothing.
        repeated = "$1:$2" if sheet.title == "总体情况" else "$2:$4"
        assert sheet.print_title_rows == repeated
        assert re.fullmatch("[A-E]5", sheet.freeze_panes)
        assert sheet["A3"].font.name == "黑体"


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


def test_text_that_no_cell_can_hold_is_cleaned_and_said_so(province, coordinator, tmp_path):
    overdue = province["overdue"]
    Obligation.objects.filter(pk=overdue.pk).update(progress_note="进展\x0b顺利")
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    cleanings = workbooks.progress(taken, to=tmp_path / "cleaned.xlsx")
    book = load_workbook(tmp_path / "cleaned.xlsx")
    assert table(book["逾期清单"])[0][("履行情况", "进展和存在问题")] == "进展顺利"
    *listed, signed = (
        row[0:3] for row in book["文字清理说明"].iter_rows(min_row=5, values_only=True)
    )
    assert listed == [(found.sheet, found.cell, 1) for found in cleanings.listed]
    assert {sheet for sheet, _cell, _removed in listed} == {"逾期清单", "明细台账-数据共享"}
    assert str(signed[0]).startswith("单位负责人")


def test_a_department_report_bears_its_name(province, officer, tmp_path):
    own = Scope(department=officer.department)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=officer, scope=own)
    workbooks.progress(taken, to=tmp_path / "own.xlsx")
    book = load_workbook(tmp_path / "own.xlsx")
    assert book["总体情况"]["A1"].value.startswith("【示例】省公安厅数据共享责任清单落实情况")
    assert [row[NAME] for row in table(book["分部门"])] == ["省公安厅", "合计"]
    # What the central body owes is not the department's; what it waits for is.
    assert [row[("需协调的事", "类别")] for row in table(book["需协调事项"])] == ["受阻"]
