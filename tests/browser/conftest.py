"""A real Chromium before a running installation: real database, broker, worker and web server."""

import os
import shutil
import socket
import tempfile
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.installation import Installation, wait_until

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PASSWORD = "correct-horse-battery"
PEOPLE = (
    ("coordinator", "coordinator", "省数据管理局", "王统筹"),
    ("officer", "officer", "省公安厅", "李填报"),
    ("reviewer", "reviewer", "省公安厅", "赵审签"),
    ("leader", "leader", "省数据管理局", "陈领导"),
    ("coordinator2", "coordinator", "省数据管理局", "钱统筹"),
)


def pytest_collection_modifyitems(items):
    """Without a Chromium there is nothing to test with."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="module")
def installation():
    place = Installation(Path(tempfile.mkdtemp(prefix="browser-")))
    try:
        yield place
    finally:
        place.stop()


@pytest.fixture(scope="module")
def address(installation):
    return _open(installation)


def _open(installation):
    lines = [
        ("collectstatic", "--no-input", "-v", "0"),
        ("load_reference",),
        ("import_departments", "samples/departments.csv"),
    ]
    for name, role, department, shown in PEOPLE:
        words = ("--role", role, "--department", department, "--display-name", shown)
        lines.append(("create_user", name, *words, "--password-stdin"))
    passwords = "\n".join(PASSWORD for _person in PEOPLE)
    installation.manage_in_turn(*lines, said=passwords)
    installation.start_broker()
    installation.start_worker()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    options = ("--no-control-socket", "--threads", "4", "--bind", place)
    installation.start("gunicorn", *options, "config.wsgi")
    assert wait_until(lambda: _answers(f"http://{place}/healthz"))
    return f"http://{place}"


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Desk:
    """One person's window. What the browser complains about is collected."""

    def __init__(self, chromium, address, name):
        context = chromium.new_context(
            base_url=address, viewport={"width": 1440, "height": 900}, locale="zh-CN"
        )
        self.complaints = []
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto("/account/login/")
        self.page.get_by_label("用户名").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.clicks = 1
        self.page.wait_for_url(lambda url: "login" not in url)

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def go(self, path):
        self.page.goto(path)
        return self.page

    def look(self, name="", *, whole=False):
        """The page is accessible, and nothing was refused or broke; kept as a picture if asked."""
        self.page.wait_for_load_state("networkidle")
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        assert self.complaints == []
        folder = os.environ.get("SCREENSHOTS")
        if folder and name:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)


@pytest.fixture(scope="module")
def desk(chromium, address):
    """desk(name): that person, signed in."""
    desks = {}

    def of(name):
        if name not in desks:
            desks[name] = Desk(chromium, address, name)
        return desks[name]

    return of
