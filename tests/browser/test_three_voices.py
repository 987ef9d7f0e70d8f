"""Claimed and verified, delivered, then no more: what departments say, what consumers say, and what
was seen, in a real browser; the department's system is a process that pushes receipts."""

import csv
import io
import tempfile
from pathlib import Path

import pytest

from simulator import plan
from simulator.plan import Habit, Plan, Resource, System
from tests.browser.conftest import PASSWORD
from tests.browser.test_whole_life import Hand
from tests.installation import wait_until
from tests.travelling import Travelling

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.long]

TITLE, CODE = "【示例】机动车登记信息", "307001001/000301"
SYSTEM = "【示例】机动车登记前置机"
CONSUMER = "省市场监督管理局"
REASON = "数据已停止到达，超过宽限，请恢复供数后重新申报。"
# Later than any grace of one working day can end.
MUCH_LATER = 20


@pytest.fixture(scope="module")
def installation():
    folder = Path(tempfile.mkdtemp(prefix="voices-"))
    place = Travelling(folder, SESSION_COOKIE_AGE=str(90 * 86_400), JOB_SWEEP_SECONDS="1")
    try:
        yield place
    finally:
        place.stop()


@pytest.fixture(scope="module")
def path(installation, address):
    """The obligation's page; a draft of one row, with a consumer's officer beside it."""
    file = installation.folder / "list.csv"
    file.write_text(_a_list(installation.today), encoding="utf-8-sig")
    words = ("--kind", "sharing", "--batch", "8", "--level", "省", "--issuer", "示例省")
    person = ("--role", "officer", "--department", CONSUMER, "--display-name", "孙使用")
    installation.manage_in_turn(
        ("import_list", str(file), *words),
        ("create_user", "consumer", *person, "--password-stdin"),
        said=PASSWORD,
    )
    return f"/obligations/{installation.count('SELECT id FROM obligations_obligation')}/"


def _a_list(today):
    buffer = io.StringIO()
    header = "序号 提供部门 数据资源名称 目录代码 信息项 共享类型 共享方式 更新周期 完成时限"
    row = (1, "省公安厅", TITLE, CODE, "号牌号码、车辆类型", "有条件共享", "批量交换", "每日")
    rows = csv.writer(buffer)
    rows.writerows([header.split(), (*row, today.replace(year=today.year + 1, day=1))])
    return buffer.getvalue()


class Department:
    """The system of the department: a process that pushes what is due, until it is stopped."""

    def __init__(self, installation, address, *, key, secret):
        self._installation, self._address = installation, address
        self._plan = installation.folder / "simulator.json"
        own = System(SYSTEM, Habit.PUNCTUAL, key, secret, (Resource(CODE, "daily"),))
        plan.write(Plan(0, (own,)), self._plan)

    def start(self):
        words = ("simulator", str(self._plan), "--url", self._address)
        self._process = self._installation.start(*words)

    def stop(self):
        self._process.terminate()
        assert self._process.wait(30) == 0

    def has_delivered(self, day):
        count = f"SELECT count(*) FROM sharing_lists_delivery WHERE counts_to = '{day}'"
        return wait_until(lambda: self._installation.count(count) == 1, seconds=30)

    def is_settled(self):
        return wait_until(lambda: not self._installation.count(_UNSETTLED), seconds=60)


_UNSETTLED = "SELECT count(*) FROM sharing_lists_delivery WHERE NOT settled"


def test_what_was_verified_is_reopened_when_nothing_comes_any_more_and_then_delivered(
    installation, address, path, desk
):
    names = ("coordinator", "officer", "reviewer", "consumer")
    coordinator, officer, reviewer, consumer = (Hand(desk(name)) for name in names)
    _issue(coordinator, officer, path)
    _claim_and_verify(coordinator, officer, reviewer, path, number="示例公科信〔2026〕12号")
    system = Department(installation, address, **_make_a_key(officer))

    system.start()
    installation.travel_to(1)
    _name_the_consumer(coordinator)
    _sees_it_on_time(coordinator, system, installation.today, path)
    system.stop()

    installation.travel_to(MUCH_LATER)
    _check(coordinator)
    _reopen(coordinator, path)
    _finds_it_on_the_desk(officer, path)

    system.start()
    assert system.has_delivered(installation.today)
    _claim_and_verify(coordinator, officer, reviewer, path, number="示例公科信〔2026〕18号")
    installation.travel_to(MUCH_LATER + 1)
    assert system.has_delivered(installation.today)
    _says_usable(consumer)
    _check(coordinator)
    _is_settled(coordinator, path)


def _issue(coordinator, officer, path):
    coordinator.open(path)
    coordinator.do("下达", "已下达")
    officer.open(path)
    officer.do("签收", "已签收")


def _claim_and_verify(coordinator, officer, reviewer, path, *, number):
    officer.open(path)
    officer.page.get_by_label("文号").first.fill(number)
    officer.do("申报完成", "已申报", 完成情况说明="已接入省平台，每日推送。")
    reviewer.open(path)
    reviewer.do("审签同意", "已审签")
    coordinator.open(path)
    coordinator.do("核验销号", "已核验销号")


def _name_the_consumer(coordinator):
    coordinator.page.locator("main a[href^='/items/']").first.click()
    coordinator.do("指定使用部门", "", 责任部门=CONSUMER)


def _make_a_key(officer):
    officer.open("/deliveries/keys/")
    officer.page.get_by_role("textbox", name="系统").fill(SYSTEM)
    officer.click("button", "生成密钥")
    shown = {name: officer.page.locator(f"#key-{name}") for name in ("code", "secret")}
    return {"key": shown["code"].inner_text(), "secret": shown["secret"].inner_text()}


def _sees_it_on_time(coordinator, system, today, path):
    assert system.has_delivered(today)
    assert system.is_settled()
    coordinator.open(path)
    assert _periods(coordinator) == [f"{today:%m-%d} 按时"]
    _read_to_the_end(coordinator)
    coordinator.look("voices-1-on-time", whole=True)


def _read_to_the_end(hand):
    """What consumers and checks say comes when one gets there."""
    hand.page.mouse.wheel(0, 10_000)
    hand.page.get_by_role("region", name="使用部门反馈").wait_for()


def _periods(hand):
    """The last periods and how each was kept, newest first."""
    words = hand.page.locator(".periods li").all_inner_texts()
    return [" ".join(one.split()) for one in words]


def _check(coordinator):
    """As the night would; the queue is looked through by the same job."""
    coordinator.open("/checks/")
    coordinator.click("button", "立即检查")
    coordinator.page.locator(".note-success").wait_for(timeout=60_000)


def _reopen(coordinator, path):
    coordinator.open("/contradictions/")
    row = coordinator.page.get_by_role("row", name=TITLE)
    assert "已核验但数据中断" in row.inner_text()
    coordinator.look("voices-2-contradictions")
    row.get_by_role("link", name="已核验但数据中断").click()
    coordinator.wait_for("部门应做")
    coordinator.look("voices-3-both-sides")
    # The heaviest decision is open already.
    form = coordinator.page.locator("details[open] form")
    form.get_by_label("理由").fill(REASON)
    form.get_by_role("button", name="复开").click()
    coordinator.wait_for("已处理，处置结果见下")


def _finds_it_on_the_desk(officer, path):
    officer.open("/")
    row = officer.page.get_by_role("region", name="待办事项").get_by_role("row", name=TITLE)
    assert f"已复开：{REASON}" in row.inner_text().replace(": ", "：")
    officer.look("voices-4-desk")


def _says_usable(consumer):
    consumer.open("/")
    asked = consumer.page.get_by_role("region", name="是否可用")
    row = asked.get_by_role("row", name=TITLE)
    row.wait_for()
    consumer.look("voices-5-consumer")
    row.get_by_role("button", name="可用", exact=True).click()
    row.get_by_role("status").wait_for()


def _is_settled(coordinator, path):
    coordinator.open("/contradictions/")
    assert coordinator.page.get_by_role("row", name=TITLE).count() == 0
    coordinator.open(path)
    assert "按时" in _periods(coordinator)[0]
    _read_to_the_end(coordinator)
    said = coordinator.page.get_by_role("region", name="使用部门反馈").get_by_role("row")
    words = said.filter(has_text=CONSUMER).inner_text()
    assert "可用" in words
    assert "不可用" not in words
    coordinator.look("voices-6-delivered", whole=True)
