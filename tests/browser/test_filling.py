"""The department's workbook in a real browser: down, filled in, up, a conflict, handed in."""

import io

import openpyxl
import pytest

from obligations.filling import columns
from tests.browser.test_main_job import (
    LONG,
    accept_everything,
    import_list,
    issue_everything,
)

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.long]

PLACES = {column.label: place for place, column in enumerate(columns.ALL, 1)}


def downloaded(officer):
    page = officer.go("/")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载填报表").click()
    return download.value.path().read_bytes()


def filled_in(data, rows):
    """What a person does in Excel: `rows` are the words of the first rows by column."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[columns.SHEET]
    for number, words in enumerate(rows, 4):
        for label, word in words.items():
            sheet.cell(number, PLACES[label]).value = word
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue(), [sheet.cell(number, 1).value[2:] for number in range(4, 6)]


def upload(officer, data):
    page = officer.go("/")
    page.get_by_role("link", name="上传填报表").click()
    officer.look("filling")
    file = {"name": "填报表.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    return page


def change_on_the_page(officer, pk, note):
    page = officer.go(f"/obligations/{pk}/")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    form = page.locator(f"form[action$='/{pk}/plan/']")
    form.locator("[name=progress_note]").fill(note)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def test_a_workbook_goes_down_and_up_with_a_conflict_decided(desk):
    coordinator, officer = desk("coordinator"), desk("officer")
    import_list(coordinator, "sharing-list.xlsx", "sharing", 7)
    issue_everything(coordinator)
    accept_everything(officer)
    claim = {"完成情况": "申报完成", "佐证文号": "示例公科信〔2026〕12号"}
    data, pks = filled_in(downloaded(officer), [{"进展": "文件里的进展"}, claim])
    change_on_the_page(officer, pks[0], "同事在页面上写的")

    page = upload(officer, data)
    page.get_by_text("请选定以谁的为准").first.wait_for(timeout=LONG)
    officer.look("filling-conflict")
    page.get_by_label("我填的", exact=True).check()
    page.get_by_role("button", name="确认提交").click()
    page.get_by_text("提交成功：已更新 2 项责任事项").wait_for(timeout=LONG)
    officer.look("filling-done")

    assert "文件里的进展" in officer.go(f"/obligations/{pks[0]}/").content()
    page = upload(officer, data)
    page.get_by_text("没有任何改动").wait_for(timeout=LONG)
    officer.look()

    spoilt, _pks = filled_in(data, [{"计划完成": "尽快"}])
    page = upload(officer, spoilt)
    page.get_by_text("不能确定是哪一天").wait_for(timeout=LONG)
    officer.look("filling-problems")
