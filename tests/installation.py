"""A whole installation in a folder of its own: real database, real broker, real workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import psycopg

from config.broker import answers, broker_command, broker_socket
from config.children import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
WORKER = (
    *("celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
)

_IN_TURN = """
import json, sys, django
django.setup()
from django.core.management import execute_from_command_line
for line in json.loads(sys.argv[1]):
    execute_from_command_line(["manage.py", *line])
"""


class Installation:
    """Processes started here end with the test, and with the test process."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
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
        self.server = os.environ.get("DATABASE_URL", "")
        if self.server.startswith("postgres"):
            self.environment["DATABASE_URL"] = self._make_database()
        else:
            self.environment.pop("DATABASE_URL", None)

    def _make_database(self) -> str:
        name = f"installation_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        return f"{self.server.rsplit('/', 1)[0]}/{name}"

    def manage(self, *words: str, said: str = "", seconds: float = 60) -> str:
        """manage.py …, with `said` on its standard input; its output."""
        return self._run("manage.py", *words, said=said, seconds=seconds)

    def manage_in_turn(self, *lines: tuple[str, ...], said: str = "", seconds: float = 60) -> str:
        """Several lines of manage.py … in one process, which starts once."""
        return self._run("-c", _IN_TURN, json.dumps(lines), said=said, seconds=seconds)

    def _run(self, *words: str, said: str, seconds: float = 60) -> str:
        ended = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def rows(self, sql: str) -> list[tuple]:
        """What the database holds, read past Django."""
        if "DATABASE_URL" in self.environment:
            with psycopg.connect(self.environment["DATABASE_URL"]) as database:
                return database.execute(sql).fetchall()
        with closing(sqlite3.connect(self.folder / "qingdan.sqlite3", timeout=20)) as database:
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

    def start_worker(self, number: int = 1) -> subprocess.Popen[bytes]:
        return self.start(*WORKER, "--hostname", f"worker{number}@test")

    def start_broker(self) -> subprocess.Popen[bytes]:
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
        assert wait_until(lambda: answers(socket), seconds=10)
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if "DATABASE_URL" in self.environment:
            name = self.environment["DATABASE_URL"].rsplit("/", 1)[1]
            with psycopg.connect(self.server, autocommit=True) as server:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_until(holds, *, seconds: float) -> bool:
    """Whether `holds()` came true in time."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
