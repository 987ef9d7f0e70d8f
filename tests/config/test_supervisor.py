"""./run's supervisor: everything starts, comes back, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from config.children import die_with_parent
from simulator import plan
from tests.installation import ROOT, wait_until

pytestmark = [pytest.mark.services, pytest.mark.own_database, pytest.mark.long]


def surroundings(**more):
    """The environment of a supervisor on SQLite, with a broker of its own."""
    outside = ("BROKER_URL", "DATABASE_URL", "DEMO_PASSWORD")
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    return {**kept, "DEMO": "0", **more}


class House:
    """One supervisor, seen from outside."""

    def __init__(self, folder, **more):
        self.more = more
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.said = folder.parent / "said.txt"

    def start(self):
        environment = surroundings(DATA_DIR=str(self.folder), PORT=str(self.port), **self.more)
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        assert wait_until(lambda: self.asks("healthz") == 200), self.said.read_text()

    def asks(self, address):
        """The status of an address, 0 when nobody answers."""
        try:
            url = f"http://127.0.0.1:{self.port}/{address}"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0

    def count(self, sql):
        """What the database holds, read past Django."""
        with closing(sqlite3.connect(self.folder / "qingdan.sqlite3", timeout=20)) as database:
            return database.execute(sql).fetchone()[0]

    def running(self, words=""):
        """Processes of this house whose command line holds these words: {pid: command}.

        The broker writes its own title over its environment, but names its socket there.
        """
        mark = f"DATA_DIR={self.folder}".encode()
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                mine = mark in (place / "environ").read_bytes().split(b"\0")
                mine |= str(self.folder) in command
            except OSError:
                continue
            if mine and words in command:
                found[int(place.name)] = command
        return found


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A data folder after a first start, to be copied: three first starts take a minute."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    for part in ("database", "static"):
        subprocess.run(
            [sys.executable, "-m", "config.preparing", part],
            cwd=ROOT,
            env=surroundings(DATA_DIR=str(folder)),
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return folder


@pytest.fixture
def house(tmp_path_factory, prepared):
    yield from lived_in(House(tmp_path_factory.mktemp("run") / "data"), prepared)


@pytest.fixture
def shown(tmp_path_factory, prepared):
    """The demonstration, which a visitor starts for the first time."""
    place = House(tmp_path_factory.mktemp("shown") / "data", DEMO="1", JOB_SWEEP_SECONDS="1")
    yield from lived_in(place, prepared)


def lived_in(place, prepared):
    shutil.copytree(prepared, place.folder)
    yield place
    place.process.kill()
    place.process.wait()
    assert wait_until(lambda: not place.running()), place.running()


def test_run_starts_all_and_ctrl_c_leaves_no_process(house):
    house.start()
    assert wait_until(lambda: house.asks("readyz") == 200)
    assert all(house.running(words) for words in ("broker.sock", "celery", "gunicorn"))
    assert wait_until(lambda: "Ctrl-C" in house.said.read_text())
    assert f"http://127.0.0.1:{house.port}" in house.said.read_text()
    assert "create_user" in house.said.read_text()
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(30) == 0
    assert house.running() == {}
    assert "simulator" not in "".join(path.name for path in house.folder.glob("logs/*"))


def test_a_killed_worker_comes_back(house):
    house.start()
    assert wait_until(lambda: house.asks("readyz") == 200)
    before = set(house.running("celery"))
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: set(house.running("celery")) - before)
    assert "worker 意外退出" in house.said.read_text()


def test_a_supervisor_killed_at_once_leaves_no_orphan(house):
    house.start()
    house.process.kill()
    house.process.wait()
    assert wait_until(lambda: not house.running()), house.running()


def test_the_demonstration_comes_alive_by_itself_and_leaves_no_orphan(shown):
    """Receipts are taken and refused, and the first round of probes turns a state."""
    shown.start()
    for what, enough in (
        ("sharing_lists_delivery WHERE raw <> '' AND settled", 10),
        ("sharing_lists_receiptrefusal", 5),
        ("docking_endpoint WHERE url LIKE '%/slow' AND state = 'down'", 1),
    ):
        count = f"SELECT count(*) FROM {what}"
        assert wait_until(lambda count=count, enough=enough: shown.count(count) >= enough), what
    assert shown.running("simulator")
    planned = shown.folder / "simulator.json"
    assert stat.S_IMODE(planned.stat().st_mode) == 0o600
    told = [path.read_text() for path in (shown.said, *shown.folder.glob("logs/*"))]
    told += shown.running().values()
    secrets = [one.secret for one in plan.read(planned).systems]
    assert not [text for text in told if any(secret in text for secret in secrets)]
    shown.process.kill()
    shown.process.wait()
    assert wait_until(lambda: not shown.running()), shown.running()
