"""The desk and the monthly round in a browser: rows are kept in place, and no word is lost."""

import re

import pytest

from tests.browser.test_main_job import accept_everything, import_list, issue_everything

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.long]


@pytest.fixture(scope="module")
def officer(desk):
    """An officer with accepted obligations that a round asks about."""
    coordinator = desk("coordinator")
    import_list(coordinator, "sharing-list.xlsx", "sharing", 7)
    issue_everything(coordinator)
    accept_everything(desk("officer"))
    page = coordinator.go("/rounds/")
    page.get_by_role("button", name="发起", exact=True).click()
    page.wait_for_url(re.compile(r"/rounds/\d+/$"))
    coordinator.look("round-coordinator")
    coordinator.go("/rounds/")
    coordinator.look()
    return desk("officer")


def test_a_row_of_the_desk_is_saved_in_place_by_keyboard(officer):
    page = officer.go("/")
    officer.look()
    page.evaluate("window.sameDocument = true")
    row = page.locator("tr[id^=desk-]").first
    row.locator("textarea").fill("已完成编目，正在联调")
    row.locator("textarea").press("Control+Enter")

    page.get_by_role("status").get_by_text("已保存").wait_for()

    assert page.evaluate("window.sameDocument") is True
    assert page.locator("tr[id^=desk-] textarea").first.input_value() == "已完成编目，正在联调"
    officer.look()


def test_a_stale_row_keeps_the_words_and_can_be_saved_then(officer, desk):
    page = officer.go("/")
    row = page.locator("tr[id^=desk-]").nth(1)
    other = officer.page.context.new_page()
    other.goto("/")
    other.locator("tr[id^=desk-]").nth(1).locator("textarea").fill("另一扇窗口写的")
    other.locator("tr[id^=desk-]").nth(1).get_by_role("button", name="保存").click()
    other.get_by_role("status").wait_for()
    other.close()

    row.locator("textarea").fill("我写的")
    row.get_by_role("button", name="保存").click()
    row.get_by_role("alert").wait_for()
    assert row.locator("textarea").input_value() == "我写的"
    assert "另一扇窗口写的" in row.inner_text()
    row.get_by_role("button", name="保存").click()
    row.get_by_role("status").wait_for()

    assert row.locator("textarea").input_value() == "我写的"
    # The browser names the refusal, too; that is no complaint for the tests after this one.
    officer.complaints.clear()


def test_a_round_is_answered_row_by_row_and_the_rest_with_one_click(officer):
    page = officer.go("/")
    page.get_by_role("link", name=re.compile("月调度：还有")).click()
    officer.look("round-officer")
    asked = page.locator("tr[id^=answer-]").count()
    row = page.locator("tr[id^=answer-]").first
    row.locator("textarea[name=progress]").fill("目录已挂接")
    row.get_by_role("button", name="保存").click()
    row.get_by_text("有进展").wait_for()
    page.get_by_text(f"还有 {asked - 1} 项未填报").wait_for()
    officer.look()

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="其余均无变化").click()

    page.get_by_text("已全部填报").wait_for()
    officer.look()


def test_a_deputy_is_named_and_acts(officer, desk):
    page = officer.go("/own/deputies/")
    page.get_by_label("代办人").select_option(index=1)
    today = page.evaluate("new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)")
    page.get_by_label("起始日期").fill(today)
    page.get_by_label("截止日期").fill(today)
    page.get_by_role("button", name="确定").click()
    page.get_by_text("已指定").wait_for()
    officer.look("deputies")

    reviewer = desk("reviewer")
    reviewer.go("/").locator("#user-menu").click()
    reviewer.page.get_by_role("button", name=re.compile("代 李填报 办理")).click()
    reviewer.page.get_by_text("您正在代").wait_for()
    reviewer.look("acting-for")


def test_a_claim_is_made_in_its_row(officer):
    page = officer.go("/")
    page.evaluate("window.sameDocument = true")
    row = page.locator(f"#{page.locator('tr[id^=desk-]').nth(2).get_attribute('id')}")
    row.get_by_role("link", name="申报").click()
    row.get_by_label("文号").wait_for()
    officer.look("desk-claim")
    row.get_by_role("button", name="取消").click()
    row.get_by_role("link", name="申报").click()
    row.get_by_label("目录代码").fill("")
    row.get_by_role("button", name="申报完成").click()
    row.get_by_role("alert").wait_for()

    row.get_by_label("文号").fill("示例政数〔2026〕9号")
    row.get_by_role("button", name="申报完成").click()
    row.get_by_role("status").get_by_text("已申报").wait_for()

    assert page.evaluate("window.sameDocument") is True
    # The browser names the refusal, too.
    officer.complaints.clear()
    officer.look()
