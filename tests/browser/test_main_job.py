"""The main job in a real browser: from two list files to leadership's workbook."""

import io
import re
from pathlib import Path

import openpyxl
import pytest

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LONG = 60_000

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.long]


def import_list(coordinator, name, kind, batch):
    page = coordinator.go("/imports/new/")
    coordinator.look()
    page.get_by_label("文件", exact=True).set_input_files(SAMPLES / name)
    page.get_by_label("清单类别").select_option(kind)
    page.get_by_label("批次").fill(str(batch))
    page.get_by_label("印发层级").select_option("province")
    page.get_by_role("button", name="上传并检查").click()
    confirm = page.get_by_role("button", name="确认并生效")
    confirm.wait_for(timeout=LONG)
    coordinator.look()
    confirm.click()
    page.get_by_text("该文件已生效").wait_for(timeout=LONG)
    coordinator.look()


def issue_everything(coordinator):
    page = coordinator.go("/obligations/?scope=own&status=draft")
    coordinator.look("issue")
    page.get_by_role("button", name="下达…").click()
    page.get_by_role("button", name=re.compile("^下达（")).click()
    page.locator("#messages .note-success", has_text="已下达").wait_for()


def accept_everything(officer):
    page = officer.go("/")
    officer.look()
    page.goto("/obligations/?status=issued")
    page.get_by_role("button", name="签收…").click()
    page.get_by_role("button", name=re.compile("^签收（")).click()
    page.locator("#messages .note-success", has_text="已签收").wait_for()


def open_obligations(officer):
    page = officer.go("/obligations/?status=in_progress&duty=supply")
    return page.locator("tbody th a")


def first_open_obligations(officer, count):
    links = open_obligations(officer)
    assert links.count() >= count
    return [links.nth(number).get_attribute("href") for number in range(count)]


def claim(officer, path, *, picture=""):
    page = officer.go(path)
    page.get_by_label("文号").first.fill("示例公科信〔2026〕12号")
    page.get_by_label("文件").first.set_input_files(
        {"name": "验收报告.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_label("完成情况说明").fill("接口已上线，连续稳定运行。")
    officer.look(picture)
    page.get_by_role("button", name="申报完成").click()
    page.get_by_text("已申报，等待部门审签").wait_for()


def endorse(reviewer, path):
    page = reviewer.go(path)
    page.get_by_role("button", name="审签同意").click()
    page.get_by_text("已审签，等待统筹人员核验").wait_for()


def verify(coordinator, path):
    page = coordinator.go(path)
    coordinator.look("obligation")
    page.get_by_role("button", name="核验销号").click()
    page.locator("#messages .note-success").wait_for()


def send_back(coordinator, path):
    page = coordinator.go(path)
    page.locator("summary", has_text="退回").click()
    page.get_by_label("理由").first.fill("缺少接口编码，请补充后重新申报。")
    page.get_by_role("button", name="退回").click()
    page.get_by_text("已退回。").wait_for()


def check(coordinator):
    page = coordinator.go("/checks/")
    page.get_by_role("button", name="立即检查").click()
    page.locator(".note-success").wait_for(timeout=LONG)
    page.reload()
    coordinator.look("checks")
    assert page.get_by_text("未检查", exact=True).count() == 0


def make_report(coordinator):
    page = coordinator.go("/reports/")
    coordinator.look()
    page.locator("main form button[type=submit]").click()
    page.locator(".note-success").wait_for(timeout=LONG)
    page.goto("/reports/")
    coordinator.look("reports")


def press_on_report(person, act):
    """On the page of the newest report; what cannot be taken back asks once more."""
    page = person.go("/reports/")
    page.locator("tbody th a").first.click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(f"form[action$='/{act}'] button[type=submit]").click()
    page.locator(".note-success").first.wait_for(timeout=LONG)
    person.look()


def download_report(leader):
    page = leader.go("/reports/")
    leader.look()
    assert page.locator("main form[method=post]").count() == 0
    page.locator("tbody th a").first.click()
    leader.look()
    with page.expect_download() as waiting:
        page.locator(".page-head a.btn-primary").click()
    return openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))


def test_from_two_list_files_to_the_workbook_of_leadership(desk):
    coordinator = desk("coordinator")
    import_list(coordinator, "sharing-list.xlsx", "sharing", 7)
    import_list(coordinator, "docking-list.xlsx", "docking", 5)
    issue_everything(coordinator)

    officer = desk("officer")
    accept_everything(officer)
    good, poor = first_open_obligations(officer, 2)
    claim(officer, good, picture="claim")
    claim(officer, poor)

    reviewer = desk("reviewer")
    reviewer.go("/")
    reviewer.look("reviewer")
    endorse(reviewer, good)
    endorse(reviewer, poor)

    verify(coordinator, good)
    send_back(coordinator, poor)
    check(coordinator)

    officer.go(poor)
    assert officer.page.get_by_text("缺少接口编码").first.is_visible()
    officer.look("sent-back")
    officer.go("/")
    officer.look("department")

    make_report(coordinator)
    press_on_report(coordinator, "review")
    press_on_report(desk("coordinator2"), "publish")
    leader = desk("leader")
    leader.go("/")
    leader.look("leader")
    book = download_report(leader)
    text = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "省公安厅" in text

    coordinator.go("/")
    coordinator.look("coordinator")
    for path, picture in (
        ("/obligations/?scope=own", "obligations"),
        ("/lists/", "lists"),
        ("/imports/", ""),
        ("/jobs/", ""),
    ):
        coordinator.go(path)
        coordinator.look(picture)
    coordinator.go(coordinator.page.locator("a[href^='/lists/']").first.get_attribute("href"))


def test_the_keyboard_reaches_the_content_first(desk):
    page = desk("coordinator").go("/obligations/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_filters_change_the_rows_without_loading_the_page_anew(desk):
    page = desk("coordinator").go("/obligations/")
    page.evaluate("window.sameDocument = true")

    page.get_by_label("名称或部门包含").fill("没有这样的事项")
    page.get_by_text("没有符合筛选条件的事项").wait_for()

    assert page.evaluate("window.sameDocument") is True
    assert "q=" in page.url


def test_a_stale_page_says_who_changed_what(desk):
    officer, reviewer = desk("officer"), desk("reviewer")
    if not open_obligations(officer).count():
        import_list(desk("coordinator"), "sharing-list.xlsx", "sharing", 8)
        issue_everything(desk("coordinator"))
        accept_everything(officer)
    path = first_open_obligations(officer, 1)[0]
    claim(officer, path)
    stale = reviewer.go(path)
    officer.go(path)
    officer.page.locator("summary", has_text="撤回申报").click()
    officer.page.get_by_role("button", name="撤回申报").click()
    officer.page.get_by_text("申报已撤回").wait_for()

    stale.get_by_role("button", name="审签同意").click()

    assert "李填报" in stale.get_by_role("alert").inner_text()
    # The browser names the refusal, too; that is no complaint for the tests after this one.
    reviewer.complaints.clear()


def test_the_pages_read_in_english_too(desk):
    leader = desk("leader")
    page = leader.go("/")
    page.locator("#user-menu").click()
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Where fulfilment stands").wait_for()

    leader.look("leader-english")
    assert page.evaluate("document.documentElement.lang") == "en"
