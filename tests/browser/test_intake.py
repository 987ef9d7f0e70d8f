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
