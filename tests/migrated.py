"""One database is migrated in a run of the tests; every other one is a copy of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from config.children import die_with_parent
from tests.postgres import programs

ROOT = Path(__file__).resolve().parent.parent
FILE = "qingdan.sqlite3"
_PLACE = "MIGRATED_FOR_TESTS"  # a folder that all processes of one run know
_early: list[subprocess.Popen[bytes]] = []


def begin(*, early: bool) -> None:
    """With `early` it is migrated while the others collect, and run what needs no database."""
    os.environ[_PLACE] = tempfile.mkdtemp(prefix="qingdan-migrated-")
    if early:
        command = [sys.executable, "-m", "tests.migrated"]
        _early.append(subprocess.Popen(command, cwd=ROOT, preexec_fn=die_with_parent))


def end() -> None:
    for process in _early:
        process.terminate()
        process.wait()
    place = Path(os.environ.pop(_PLACE))
    if (place / "whole").exists() and _server():
        drop(_name(place))
    shutil.rmtree(place)


def copy_file(target: Path) -> None:
    shutil.copyfile(_migrated() / FILE, target)


def copy_database(name: str) -> None:
    original = _name(_migrated())
    _tell(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')


def copy_to(other: str) -> None:
    """Into an empty database of another server."""
    dump = [str(programs() / "pg_dump"), "--no-owner", url(_name(_migrated()))]
    quiet = ("--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--output", os.devnull)
    told = subprocess.run(dump, capture_output=True, check=True).stdout
    subprocess.run([str(programs() / "psql"), *quiet, other], input=told, check=True)


def drop(name: str) -> None:
    _tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def for_tests() -> Iterator[None]:
    """Django's connection leads to a copy: in memory where it is SQLite."""
    connection.close()
    if connection.vendor == "sqlite":
        connection.settings_dict["NAME"] = "file:tests?mode=memory&cache=shared"
        connection.ensure_connection()
        with closing(sqlite3.connect(_migrated() / FILE)) as original:
            original.backup(connection.connection)
        yield
        return
    name = f"tests_{os.getpid()}"
    copy_database(name)
    connection.settings_dict["NAME"] = name
    yield
    connection.close()
    drop(name)


def _migrated() -> Path:
    """The folder of the migrated database; whoever asks first migrates, the others wait."""
    place = Path(os.environ[_PLACE])
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "whole").exists():
            _migrate(place)
            (place / "whole").touch()
    return place


def _migrate(place: Path) -> None:
    environment = {
        **os.environ,
        "DATA_DIR": str(place),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if _server():
        drop(_name(place))
        _tell(f'CREATE DATABASE "{_name(place)}"')
        environment["DATABASE_URL"] = url(_name(place))
    else:
        environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=die_with_parent,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _server() -> str:
    """The PostgreSQL that the tests run on, or nothing."""
    given = os.environ.get("DATABASE_URL", "")
    return given if given.startswith("postgres") else ""


def url(name: str) -> str:
    return f"{_server().rsplit('/', 1)[0]}/{name}"


def _name(place: Path) -> str:
    return place.name.replace("-", "_")


def _tell(sql: str) -> None:
    with psycopg.connect(_server(), autocommit=True) as server:
        server.execute(sql)


if __name__ == "__main__":
    _migrated()
