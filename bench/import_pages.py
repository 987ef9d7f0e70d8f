"""Pages while a list of 20,000 rows is read and applied: the whole product, as ./run starts it.

Peer: the same pages of the same product while nothing else happens. One person leafs through the
pages as fast as they come; a second one signs in, which writes, once while the list is applied.
"""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.importing import SIZE, workbook
from bench.visitor import Visitor
from config.children import die_with_parent

PEER = "idle"
_ROOT = Path(__file__).resolve().parent.parent
_PASSWORD = "bench-Pass-2026"
_PAGES = ("/", "/obligations/", "/lists/", "/imports/")
_START_SECONDS, _WORK_SECONDS, _IDLE_SECONDS = 240, 240, 10
_VERSION = re.compile(r'name="version" value="(\d+)"')
_DONE = 286


@dataclass
class Phase:
    """Seconds that pages took, and how long it all lasted."""

    pages: list[float] = field(default_factory=list)
    lasted: float = 0.0

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.pages, n=20)[-1]


def run() -> str:
    """On an installation of its own, which ends and is removed with it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        product = _start(Path(folder), port)
        try:
            return _measure(port)
        finally:
            product.send_signal(signal.SIGTERM)
            try:
                product.wait(30)
            except subprocess.TimeoutExpired:
                product.kill()
                product.wait()


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    own = {"DATA_DIR": str(folder), "PORT": str(port), "DEMO": "1", "DEMO_PASSWORD": _PASSWORD}
    kept = {name: text for name, text in os.environ.items() if name not in _OUTSIDE}
    return subprocess.Popen(
        [sys.executable, "-m", "config.supervisor"],
        cwd=_ROOT,
        env={**kept, **own},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )


_OUTSIDE = ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "HTTPS", "ALLOWED_HOSTS")


def _measure(port: int) -> str:
    person = Visitor(port)
    _wait(lambda: _is_ready(person), seconds=_START_SECONDS)
    person.sign_in("coordinator", _PASSWORD)
    until = time.monotonic() + _IDLE_SECONDS
    idle = _leaf(person, lambda: time.monotonic() > until)
    page = _upload(person)
    reading = _leaf(person, lambda: _is_done(person, page))
    found = _VERSION.search(person.get(page).text)
    if found is None:
        raise RuntimeError("the list was not understood")
    person.send(f"{page}confirm/", {"version": found[1]}, on=page)
    others = _SignIn(port)
    others.start()
    applying = _leaf(person, lambda: _is_done(person, page))
    others.join()
    return (
        f"import-pages {SIZE}: p95 reading {reading.p95:.3f} s, applying {applying.p95:.3f} s, "
        f"{PEER} {idle.p95:.3f} s, ratio {reading.p95 / idle.p95:.2f} and "
        f"{applying.p95 / idle.p95:.2f}; slowest {max(reading.pages + applying.pages):.3f} s; "
        f"reading took {reading.lasted:.1f} s, applying {applying.lasted:.1f} s; "
        f"signing in meanwhile {others.seconds:.1f} s"
    )


class _SignIn(threading.Thread):
    """Another person signs in while the list is applied."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.person = Visitor(port)
        self.seconds = 0.0

    def run(self) -> None:
        time.sleep(1)
        self.seconds = self.person.sign_in("coordinator2", _PASSWORD).seconds


def _leaf(person: Visitor, is_over: Callable[[], bool]) -> Phase:
    phase, start = Phase(), time.monotonic()
    while not is_over() or len(phase.pages) < 2:
        if time.monotonic() - start > _WORK_SECONDS:
            raise RuntimeError("the work did not end in time")
        phase.pages += [person.get(page).seconds for page in _PAGES]
    phase.lasted = time.monotonic() - start
    return phase


def _upload(person: Visitor) -> str:
    with (_ROOT / "samples" / "departments.csv").open(encoding="utf-8-sig", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file) if row["level"] == "省"]
    file_of_list = io.BytesIO(workbook(names))
    file_of_list.name = "清单.xlsx"
    about = {"kind": "sharing", "batch": 99, "level": "province", "issuer": "测速"}
    return person.send("/imports/new/", {**about, "file": file_of_list}, on="/imports/new/").url


def _is_done(person: Visitor, page: str) -> bool:
    return person.get(f"{page}state/").status == _DONE


def _is_ready(person: Visitor) -> bool:
    try:
        return person.get("/readyz").status == 200
    except OSError:
        return False


def _wait(holds: Callable[[], bool], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError("the product did not start in time")
        time.sleep(0.2)
