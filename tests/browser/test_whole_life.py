"""One obligation in a real browser: dispatched, blocked, extended, claimed, returned, objected
to, verified and reopened, by the people whose turn it is."""

import datetime as dt
import io

import openpyxl
import pytest

from obligations.today import today
from tests.browser.clerks import Clerk
from tests.browser.test_main_job import PDF

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.long]

TITLE = "【示例】居民身份核验记录"
NATIONAL = {"批次": "7", "印发单位": "国务院办公厅（示例）"}
HEADER = (
    *("序号", "提供部门", "数据资源名称", "信息项"),
    *("共享类型", "共享方式", "更新周期", "完成时限"),
)
ROW = (1, "公安部", TITLE, "姓名、证件号码、核验结果", "有条件共享", "服务接口", "每日")


class Hand(Clerk):
    """A person with one obligation before them."""

    def open(self, path):
        self.page.goto(path)

    def do(self, deed, said, **fields):
        """Fill in the deed's form by its labels, send it, and wait until the page says so."""
        summary = self.page.locator("details.deed > summary", has_text=deed)
        if summary.count():
            summary.first.click()
        form = self.page.locator("main form", has=self.page.get_by_role("button", name=deed))
        form = form.filter(visible=True).first
        for label, value in fields.items():
            field = form.get_by_label(label).first
            if field.evaluate("field => field.tagName") == "SELECT":
                option = field.locator("option", has_text=value).first
                field.select_option(option.get_attribute("value"))
            else:
                field.fill(value)
        form.get_by_role("button", name=deed, exact=True).first.click()
        self.page.locator("#messages .note-success", has_text=said).wait_for()

    def may(self, deed):
        panel = self.page.get_by_role("region", name="可办理的操作")
        return panel.get_by_text(deed, exact=True).count() > 0


def national_list():
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append((*ROW, (today() + dt.timedelta(days=90)).isoformat()))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_an_obligation_lives_from_dispatch_to_reopening(desk):
    names = ("coordinator", "officer", "reviewer", "coordinator2")
    first, officer, reviewer, second = (Hand(desk(name)) for name in names)
    _bring_the_list(first)
    path = _dispatch(first)
    _accept_and_plan(officer, path)
    _block(first, officer, path)
    _open_and_lift(first, path)
    _extend(first, officer, path)
    _claim(officer, reviewer, path, evidence="示例公科信〔2026〕12号")
    _return(first, officer, path, "缺少接口编码，请补充后重新申报。", picture="life-8-returned")
    _claim(officer, reviewer, path, evidence="示例公科信〔2026〕15号")
    _object(first, officer, second, path)
    _verify_and_reopen(first, officer, second, path)


def _bring_the_list(clerk):
    clerk.open("/imports/new/")
    clerk.choose_file("文件", "第七批清单.xlsx", national_list())
    for label, value in NATIONAL.items():
        clerk.page.get_by_label(label).fill(value)
    for label, value in (("清单类别", "sharing"), ("印发层级", "central")):
        clerk.page.get_by_label(label).select_option(value)
    clerk.click("button", "上传并检查")
    clerk.wait_for_button("确认并生效")
    clerk.click("button", "确认并生效")
    clerk.wait_for("该文件已生效")


def _dispatch(clerk):
    """A further duty under the national row, for the province's counterpart."""
    clerk.open("/dispatches/new/")
    clerk.page.get_by_role("row", name=TITLE).get_by_role("checkbox").check()
    clerk.page.get_by_label("应用", exact=True).check()
    clerk.page.get_by_label("牵头单位（按名称填写）").fill("省公安厅")
    clerk.tick("分解后立即下达，合并为一份下达通知")
    clerk.page.get_by_label("说明").fill("请按国家清单时限完成应用。")
    clerk.click("button", "预览：已勾选事项")
    clerk.wait_for_button("确认分解并下达 1 项")
    clerk.look("life-1-dispatch", whole=True)
    clerk.click("button", "确认分解并下达 1 项")
    clerk.wait_for_link("查看责任事项")
    clerk.click("link", "查看责任事项")
    link = clerk.page.locator("tbody th").get_by_role("link", name=TITLE)
    path = link.get_attribute("href")
    clerk.open(path)
    clerk.wait_for_link("任务分解")
    return path


def _accept_and_plan(officer, path):
    officer.open("/")
    officer.wait_for_link("下达通知")
    officer.look("life-2-accept")
    officer.open(path)
    officer.do("签收", "已签收")
    planned = (today() + dt.timedelta(days=60)).isoformat()
    officer.do(
        "填写计划、进展和责任人",
        "已保存",
        计划完成=planned,
        责任处室="科技信息化处",
        责任人="李填报",
        联系电话="000-0000000",
    )
    officer.wait_for("科技信息化处 李填报")
    officer.look("life-3-planned")


def _block(coordinator, officer, path):
    officer.open(path)
    reason = "公安部接口尚未开放，已去函申请。"
    fields = {"原因类别": "上级未开放", "等待上级部门的事项": "公安部", "受阻情况": reason}
    officer.do("报告受阻", "已报告受阻", **fields)
    coordinator.open(path)
    waits_for = coordinator.page.get_by_label("等待上级部门的事项")
    assert "公安部" in waits_for.locator("option:checked").inner_text()
    coordinator.look("life-4-block", whole=True)
    coordinator.do("确认受阻", "受阻已确认", 说明="情况属实。")


def _open_and_lift(coordinator, path):
    """The ministry opens it: the blocks that name it are lifted together."""
    coordinator.open("/obligations/?scope=external")
    external = coordinator.page.locator("tbody th").get_by_role("link", name=TITLE)
    coordinator.open(external.get_attribute("href"))
    opened = {"开放日期": today().isoformat(), "依据": "国家平台通知：目录已发布，接口可调用。"}
    coordinator.do("登记开放情况", "已登记", **opened)
    coordinator.look("life-5-opened", whole=True)
    coordinator.click("button", "解除相关受阻（1 项）")
    coordinator.page.locator("#messages .note-success").wait_for()
    coordinator.open(path)
    assert coordinator.page.get_by_text("统筹部门已确认受阻").count() == 0


def _extend(coordinator, officer, path):
    officer.open(path)
    reason = "接口刚刚开放，联调需要时间。"
    officer.do("申请延期", "已提出申请", 工作日数="10", 延期理由=reason)
    coordinator.open(path)
    coordinator.wait_for("同意后，完成时限由")
    coordinator.look("life-6-extension", whole=True)
    number = "国办函〔示例〕8号"
    coordinator.do("同意延期", "已同意延期", 上级部门文号=number)
    decided = coordinator.page.get_by_role("region", name="申请与审定")
    decided.get_by_text(number).wait_for()


def _claim(officer, reviewer, path, *, evidence):
    officer.open(path)
    officer.page.get_by_label("文号").first.fill(evidence)
    file = {"name": "应用验收报告.pdf", "mimeType": "application/pdf", "buffer": PDF}
    officer.page.get_by_label("文件", exact=False).first.set_input_files(file)
    officer.look("life-7-claim", whole=True)
    officer.do("申报完成", "已申报", 完成情况说明="接口已接入，窗口已应用。")
    assert not officer.may("审签同意")
    reviewer.open("/")
    reviewer.click("link", TITLE)
    reviewer.look("life-9-endorse", whole=True)
    reviewer.do("审签同意", "已审签")


def _return(coordinator, officer, path, reason, *, picture=""):
    coordinator.open(path)
    coordinator.do("退回", "已退回", 理由=reason)
    officer.open(path)
    officer.wait_for(reason)
    officer.look(picture, whole=True)


def _object(first, officer, second, path):
    """Whoever returned it does not rule on it; upheld, the claim stands again with its day."""
    _return(first, officer, path, "佐证材料不足。")
    officer.do("提出申诉", "已提出申诉", 申诉理由="已附文号和验收报告，材料齐全。")
    first.open(path)
    first.wait_for("申诉：申报被退回")
    assert not first.may("认可申诉")
    second.open(path)
    second.look("life-10-objection", whole=True)
    second.do("认可申诉", "已认可申诉", 裁定意见="材料齐全，原申报有效。")


def _verify_and_reopen(first, officer, second, path):
    first.open(path)
    first.do("核验销号", "已核验销号")
    first.look("life-11-verified", whole=True)
    second.open(path)
    reason = "接口连续三个工作日无法调用，请恢复后重新申报。"
    second.do("复开", "已复开", 理由=reason)
    officer.open(path)
    officer.wait_for("原核验销号不再有效")
    assert officer.page.get_by_text("已退回").count() == 0
    officer.look("life-12-reopened", whole=True)
    officer.open("/")
    # Whether it can be used is asked as well, in a table of its own, once that has come.
    desk = officer.page.get_by_role("region", name="待办事项")
    row = desk.get_by_role("row", name=TITLE)
    assert f"已复开：{reason}" in row.inner_text().replace(": ", "：")
    officer.look("life-13-desk")
