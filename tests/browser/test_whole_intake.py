"""One list in a real browser: columns, units, edition, the next one, the queue, undoing, back."""

import io
import re
from typing import NamedTuple

import openpyxl
import pytest

from tests.browser.clerks import Clerk

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.long]

WHERE = {"batch": 11, "issuer": "某省数据工作领导小组"}
UPPER = ("序号", "来数单位", "资源情况", "", "要求", "", "", "办结日", "备注")
LOWER = ("", "", "资源题名", "信息项", "开放属性", "共享方式", "更新周期", "", "")
MEANT = {
    "B 来数单位": "提供部门",
    "C 资源题名": "数据资源名称",
    "E 开放属性": "共享类型",
    "H 办结日": "完成时限",
}
MISWRITTEN, NOBODY = "省水力厅", "省营商环境专班"
QUEUED = f"“{NOBODY}”对应的其他部门或部门组"


class Row(NamedTuple):
    body: str
    title: str
    items: str = "姓名、证件号码"
    cycle: str = "每日"
    due: str = "2027年6月底"

    def cells(self, number):
        terms = ("有条件共享", "服务接口", self.cycle, self.due)
        return (number, self.body, f"【示例】{self.title}", self.items, *terms, "")


FIRST = (
    Row("省公安厅", "居住证登记"),
    Row("省民政厅", "婚姻登记档案"),
    Row(MISWRITTEN, "取水许可台账", "取水人、取水量"),
    Row(NOBODY, "营商环境评价结果", "地区、得分"),
    Row("省教育厅", "学历证书"),
    Row("省司法厅", "律师执业许可"),
    Row("省财政厅", "财政票据存根", "票据号、金额"),
    Row("省交通运输厅", "道路运输从业资格名册"),
)
SECOND = (
    *FIRST[:4],
    FIRST[4]._replace(cycle="每周", due="2027年9月底"),
    FIRST[5]._replace(cycle="每月", due="2027年12月底"),
    Row("省交通运输厅", "道路运输从业资格电子名册", "姓名、证件号码、有效期"),
    Row("省商务厅", "外商投资企业报告", "企业名称、投资额"),
)


def messy(rows):
    """Under a title and two header rows that no list uses; a sum and a note below."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("【示例】某省数据共享任务表（征求意见后）",))
    sheet.merge_cells("A1:I1")
    sheet.append(UPPER)
    sheet.append(LOWER)
    for area in ("A2:A3", "B2:B3", "C2:D2", "E2:G2", "H2:H3", "I2:I3"):
        sheet.merge_cells(area)
    for number, row in enumerate(rows, 1):
        sheet.append(row.cells(number))
    sheet.append(("合计", "", f"{len(rows)} 项"))
    sheet.append(("注：办结日精确到月。",))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_list_comes_in_is_amended_undone_and_given_back(desk):
    clerk = Clerk(desk("coordinator"))
    clerk.page.goto("/")
    _bring_the_first_edition(clerk)
    home = _bring_the_next_edition(clerk)
    _match_who_waits(clerk)
    _take_the_next_edition_back(clerk, home)
    _give_back(clerk)


def _bring_the_first_edition(clerk):
    clerk.upload("任务表.xlsx", messy(FIRST), **WHERE)
    clerk.wait_for_link("指定各列含义")
    clerk.look("intake-1-refused")
    clerk.click("link", "指定各列含义")
    clerk.say_what_columns_mean(MEANT)
    clerk.look("intake-2-columns", whole=True)
    clerk.click("button", "保存并重新读取")
    clerk.wait_for_link("匹配单位")
    clerk.click("link", "匹配单位")
    chosen = clerk.page.get_by_role("row", name=MISWRITTEN).get_by_role("radio", name="省水利厅")
    assert chosen.is_checked()
    clerk.tick("允许带着暂不处理的名称导入")
    clerk.look("intake-3-units")
    clerk.click("button", "保存匹配并重新检查")
    clerk.wait_for_button("确认并生效")
    clerk.wait_for("新增 8，变更 0，不变 0")
    clerk.look("intake-4-preview")
    clerk.click("button", "确认并生效")
    clerk.wait_for("该文件已生效，成为所属清单的第 1 版")
    clerk.wait_for("有 1 个单位名称在“待认领单位”中等待确认")
    clerk.look("intake-5-applied")


def _bring_the_next_edition(clerk):
    """Its columns and the miswritten name are known by now."""
    clerk.upload("任务表（调整）.xlsx", messy(SECOND), **WHERE)
    clerk.wait_for_link("匹配单位")
    clerk.click("link", "匹配单位")
    assert clerk.page.get_by_role("row", name=MISWRITTEN).count() == 0
    clerk.tick("允许带着暂不处理的名称导入")
    clerk.click("button", "保存匹配并重新检查")
    clerk.wait_for("新增 2，变更 2，不变 4，撤销 2")
    clerk.tick("“【示例】道路运输从业资格电子名册”替代")
    clerk.click("button", "更新预览")
    clerk.page.wait_for_load_state("networkidle")
    assert clerk.page.get_by_label("“【示例】道路运输从业资格电子名册”替代").is_checked()
    clerk.look("intake-6-difference", whole=True)
    clerk.tick("我已核对将撤销的 2 个事项")
    clerk.click("button", "确认并生效")
    clerk.wait_for("该文件已生效，成为所属清单的第 2 版")
    clerk.click("link", "查看清单")
    clerk.look("intake-7-list", whole=True)
    home = clerk.page.url
    clerk.click("link", "第 2 版")
    clerk.wait_for("本版改动")
    clerk.look("intake-8-edition", whole=True)
    clerk.click("link", "【示例】学历证书")
    clerk.wait_for("沿革")
    row = clerk.page.get_by_role("row", name="更新周期").filter(has_text="每周")
    assert row.filter(has_text="每日").count() == 1
    clerk.look("intake-9-lineage", whole=True)
    return home


def _match_who_waits(clerk):
    clerk.page.goto("/units/")
    clerk.page.get_by_label(QUEUED).fill("省发展和改革委员会")
    clerk.look("intake-10-queue")
    clerk.click("button", "确定")
    clerk.wait_for("没有待认领的单位")


def _take_the_next_edition_back(clerk, home):
    """The form says what will happen; the list then names what the first edition named."""
    clerk.page.goto(f"{home}editions/2/")
    clerk.wait_for("可以撤回。撤回后，清单恢复到本版本生效之前的内容")
    for said in ("新增的 2 个事项", "变更的 2 个事项", "撤销的 2 个事项"):
        clerk.wait_for(said)
    clerk.page.get_by_label("理由").fill("调整稿未经会议审定，退回重报。")
    clerk.look("intake-11-undo", whole=True)
    clerk.page.once("dialog", lambda dialog: dialog.accept())
    clerk.click("button", "撤回", exact=True)
    clerk.wait_for(re.compile("该版本已撤回|已于 .+ 撤回该版本"))
    clerk.page.goto(home)
    rows = clerk.page.get_by_role("group", name="清单事项").get_by_role("rowheader")
    standing = rows.filter(has_not_text="撤销")
    titles = standing.get_by_role("link").all_inner_texts()
    assert titles == [f"【示例】{row.title}" for row in FIRST]
    clerk.look("intake-12-undone")


def _give_back(clerk):
    data = clerk.download("按清单原格式导出（Excel）")
    clerk.upload("导出的清单.xlsx", data, **WHERE)
    clerk.wait_for("与现行清单内容一致")
    clerk.wait_for_link("查看现行清单")
    clerk.look("intake-13-the-same")
