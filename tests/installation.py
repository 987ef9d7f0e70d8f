"""A whole installation in a folder of its own: real database, real broker, real workers."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import closing
from pathlib import Path

import psycopg

from config.broker import answers, broker_command, broker_socket
from config.children import die_with_parent
from tests import migrated
from tests.nursery import PATIENCE_SECONDS, Born, nursery

ROOT = Path(__file__).resolve().parent.parent
WORKER = (
    *("celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
)


class Installation:
    """Begins with all tables, or on a database that the test has made. Its processes end with the
    test, and with the test process."""

    def __init__(self, folder: Path, *, database_url: str = "", **environment: str) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes] | Born] = []
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONWARNINGS": "default",
            "LOG_LEVEL": "WARNING",
            **environment,
        }
        self.environment.pop("BROKER_URL", None)
        self.database = f"installation_{uuid.uuid4().hex[:12]}"
        self.has_guest_database = bool(database_url)
        if database_url:
            self.environment["DATABASE_URL"] = database_url
        elif os.environ.get("DATABASE_URL", "").startswith("postgres"):
            migrated.copy_database(self.database)
            self.environment["DATABASE_URL"] = migrated.url(self.database)
        else:
            self.environment.pop("DATABASE_URL", None)
            migrated.copy_file(folder / migrated.FILE)

    def manage(self, *words: str, said: str = "", seconds: float = PATIENCE_SECONDS) -> str:
        """manage.py …, with `said` on its standard input; its output."""
        return self.manage_in_turn(words, said=said, seconds=seconds)

    def manage_in_turn(
        self, *lines: tuple[str, ...], said: str = "", seconds: float = PATIENCE_SECONDS
    ) -> str:
        """Several lines of manage.py … in one process."""
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            files = [Path(place) / name for name in ("said", "out", "err")]
            files[0].write_text(said)
            house, own = nursery(self.environment["DJANGO_SETTINGS_MODULE"]), self.environment
            ended = house.manage(lines, environment=own, files=files, seconds=seconds)
            told, complained = (path.read_text() for path in files[1:])
        assert ended == 0, told + complained
        return told

    def rows(self, sql: str) -> list[tuple]:
        """What the database holds, read past Django."""
        if "DATABASE_URL" in self.environment:
            with psycopg.connect(self.environment["DATABASE_URL"]) as database:
                return database.execute(sql).fetchall()
        with closing(sqlite3.connect(self.folder / migrated.FILE, timeout=20)) as database:
            return database.execute(sql).fetchall()

    def count(self, sql: str) -> int:
        return self.rows(sql)[0][0]

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """python -m …, in a process group of its own."""
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.processes.append(process)
        return process

    def bear(self, *words: str) -> Born:
        """python -m …, of a process that has loaded the program."""
        house, log = nursery(self.environment["DJANGO_SETTINGS_MODULE"]), self.folder / "celery.log"
        born = house.start(words, environment=self.environment, log=log)
        self.processes.append(born)
        return born

    def start_worker(self, number: int = 1) -> Born:
        return self.bear(*WORKER, "--hostname", f"worker{number}@test")

    def start_broker(self) -> subprocess.Popen[bytes]:
        self.broker = self._start_broker()
        return self.broker

    def _start_broker(self) -> subprocess.Popen[bytes]:
        socket, store = broker_socket(self.folder), self.folder / "broker"
        store.mkdir(exist_ok=True)
        socket.parent.mkdir(mode=0o700, exist_ok=True)
        process = subprocess.Popen(
            broker_command(socket, store),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.processes.append(process)
        assert wait_until(lambda: answers(socket))
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if "DATABASE_URL" in self.environment and not self.has_guest_database:
            migrated.drop(self.database)
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_until(holds, *, seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether `holds()` came true in time."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
