"""Intake in a real browser: from a messy .xls to an applied edition, the next one, and back."""

import io
from collections import Counter

import openpyxl
import pytest

from tests.browser.clerks import Clerk
from tests.importing import messy

MOST_CLICKS = 15

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.long]


def mended(marked):
    """What a person does in Excel: the coloured cells are corrected, the rest stays."""
    book = openpyxl.load_workbook(io.BytesIO(marked))
    sheet = book["清单"]
    for number, (column, wrong, right) in messy.BAD.items():
        cell = sheet.cell(messy.FIRST_ROW + number, column + 1)
        assert (cell.value or "") == wrong
        assert cell.comment is not None, cell.coordinate
        cell.value = right
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def departments_of(data):
    """How many rows of a list that was given back name each department."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    place = rows[0].index("提供部门")
    return Counter(row[place] for row in rows[1:] if row[place])


def meant_departments():
    names = [*messy.MISNAMED.values(), *messy.RIGHT]
    found = Counter(names[number % len(names)] for number in range(messy.ROWS))
    assert found.total() == messy.ROWS == 300
    return found


def test_a_messy_xls_is_applied_without_leaving_the_wizard(desk):
    clerk = Clerk(desk("coordinator"))
    clerk.page.goto("/")
    clerk.upload("第九批清单.xls", messy.xls(messy.table()), batch=9)
    clerk.wait_for("匹配单位")
    clerk.wait_for_link("匹配单位")
    clerk.look("intake-problems")
    clerk.click("link", "匹配单位")
    clerk.look("intake-units")
    clerk.click("button", "保存匹配并重新检查")
    clerk.wait_for_link("下载标注问题的表格")
    clerk.look("intake-marked")
    marked = clerk.download("下载标注问题的表格")
    clerk.choose_file("更正后的文件", "第九批清单-更正.xlsx", mended(marked))
    clerk.click("button", "上传更正后的文件")
    clerk.wait_for_button("确认并生效")
    clerk.wait_for(f"新增 {messy.ROWS}，变更 0，不变 0")
    clerk.look("intake-preview")
    clerk.click("button", "确认并生效")
    clerk.wait_for("该文件已生效")
    clerk.look("intake-applied")
    assert clerk.clicks <= MOST_CLICKS
    clerk.click("link", "查看清单")
    assert departments_of(clerk.download("按清单原格式导出（Excel）")) == meant_departments()


UNKNOWN = ("序号", "数源单位名", "资源题名", "信息项", "开放属性", "共享方式", "更新周期", "办结日")
MEANT = {
    "B 数源单位名": "提供部门",
    "C 资源题名": "数据资源名称",
    "E 开放属性": "共享类型",
    "H 办结日": "完成时限",
}


def with_unknown_words(title):
    """A list under a title, whose labels no list uses."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("某省数据共享清单",))
    sheet.append(UNKNOWN)
    cells = ("姓名、证号", "无条件共享", "服务接口", "每日", "2026年9月底")
    sheet.append((1, "省公安厅", title, *cells))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_unknown_columns_are_said_once_and_known_from_then_on(desk):
    clerk = Clerk(desk("coordinator"))
    clerk.page.goto("/")
    clerk.upload("数源清单.xlsx", with_unknown_words("流动人口登记信息"), batch=31)
    clerk.wait_for_link("指定各列含义")
    clerk.click("link", "指定各列含义")
    clerk.wait_for("还缺少必需的列：4 个")
    clerk.say_what_columns_mean(MEANT)
    clerk.look("intake-columns")
    clerk.click("button", "保存并重新读取")
    clerk.wait_for_button("确认并生效")
    clerk.upload("数源清单-下一批.xlsx", with_unknown_words("流动人口变更信息"), batch=32)
    clerk.wait_for_button("确认并生效")
    clerk.click("link", "工作表与列")
    clerk.wait_for("对文件“数源清单.xlsx”的指定")
    clerk.look("intake-columns-remembered")
