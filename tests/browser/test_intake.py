"""Intake in a real browser: from a messy .xls to an applied edition, the next one, and back."""

import io

import openpyxl
import pytest

from tests.importing import messy

LONG = 60_000
MOST_CLICKS = 15

pytestmark = [pytest.mark.browser, pytest.mark.services]


class Counting:
    """One person's window, with the clicks counted from the sign-in's own on."""

    def __init__(self, desk):
        self.desk, self.page, self.clicks = desk, desk.page, 1

    def click(self, role, name, **more):
        self.clicks += 1
        self.page.get_by_role(role, name=name, **more).first.click()

    def choose_file(self, label, name, data):
        self.clicks += 1
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.page.get_by_label(label, exact=True).set_input_files(file)

    def wait_for(self, text):
        self.page.get_by_text(text).first.wait_for(timeout=LONG)

    def look(self, name=""):
        self.desk.look(name)


def upload(clerk, name, data, *, batch):
    clerk.click("link", "导入")
    clerk.click("link", "导入清单")
    clerk.choose_file("文件", name, data)
    clerk.page.get_by_label("清单类别").select_option("sharing")
    clerk.page.get_by_label("批次").fill(str(batch))
    clerk.page.get_by_label("印发层级").select_option("province")
    clerk.click("button", "上传并检查")


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


def test_a_messy_xls_is_applied_without_leaving_the_wizard(desk):
    clerk = Counting(desk("coordinator"))
    clerk.page.goto("/")
    upload(clerk, "第九批清单.xls", messy.xls(messy.table()), batch=9)
    clerk.wait_for("匹配单位")
    clerk.page.get_by_role("link", name="匹配单位").wait_for(timeout=LONG)
    clerk.look("intake-problems")
    clerk.click("link", "匹配单位")
    clerk.look("intake-units")
    clerk.click("button", "保存匹配并重新检查")
    clerk.page.get_by_role("link", name="下载标注问题的表格").wait_for(timeout=LONG)
    clerk.look("intake-marked")
    with clerk.page.expect_download() as download:
        clerk.click("link", "下载标注问题的表格")
    marked = download.value.path().read_bytes()
    clerk.choose_file("更正后的文件", "第九批清单-更正.xlsx", mended(marked))
    clerk.click("button", "上传更正后的文件")
    clerk.page.get_by_role("button", name="确认并生效").wait_for(timeout=LONG)
    clerk.look("intake-preview")
    clerk.click("button", "确认并生效")
    clerk.wait_for("该文件已生效")
    clerk.look("intake-applied")
    assert clerk.clicks <= MOST_CLICKS


UNKNOWN = ("序号", "数源单位名", "资源题名", "信息项", "开放属性", "共享方式", "更新周期", "办结日")
MEANT = {
    "B 数源单位名": "提供部门 *",
    "C 资源题名": "数据资源名称 *",
    "E 开放属性": "共享类型 *",
    "H 办结日": "完成时限 *",
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
    clerk = Counting(desk("coordinator"))
    clerk.page.goto("/")
    upload(clerk, "数源清单.xlsx", with_unknown_words("流动人口登记信息"), batch=31)
    clerk.page.get_by_role("link", name="指定各列含义").wait_for(timeout=LONG)
    clerk.click("link", "指定各列含义")
    clerk.wait_for("还缺少必需的列：4 个")
    for column, meaning in MEANT.items():
        letters, label = column.split()
        select = clerk.page.get_by_label(f"{letters} 列“{label}”用作", exact=True)
        select.select_option(label=meaning)
    clerk.look("intake-columns")
    clerk.click("button", "保存并重新读取")
    clerk.page.get_by_role("button", name="确认并生效").wait_for(timeout=LONG)
    upload(clerk, "数源清单-下一批.xlsx", with_unknown_words("流动人口变更信息"), batch=32)
    clerk.page.get_by_role("button", name="确认并生效").wait_for(timeout=LONG)
    clerk.click("link", "工作表与列")
    clerk.wait_for("对文件“数源清单.xlsx”的指定")
    clerk.look("intake-columns-remembered")
