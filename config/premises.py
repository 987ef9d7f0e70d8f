"""The data folder and the port: what ./run must have for itself before it starts anything."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from pathlib import Path
from typing import IO

BASE_DIR = Path(__file__).resolve().parent.parent


class NotPossible(Exception):
    """Why ./run cannot start, in a sentence for the person at the terminal."""


def data_dir() -> Path:
    """DATA_DIR, made for its owner alone."""
    path = Path(os.environ.get("DATA_DIR") or BASE_DIR / "data").resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise NotPossible(
            f"无法创建数据目录 {path}：{problem.strerror}。请用 DATA_DIR 指定可写的目录。\n"
            f"Cannot make the data folder {path}; set DATA_DIR to a folder you may write."
        ) from problem
    return path


def lock(folder: Path) -> IO[str]:
    """Keep the folder for this supervisor; the lock ends with the process."""
    holder = (folder / "run.lock").open("a")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        holder.close()
        raise NotPossible(
            f"数据目录 {folder} 正被另一个 ./run 使用。请先停止它，或用 DATA_DIR 另指定目录。\n"
            f"Another ./run uses {folder}; stop it or set DATA_DIR."
        ) from taken
    return holder


def port() -> int:
    """PORT, when nobody listens there."""
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise NotPossible(
            f"PORT={text} 不是有效的端口号（1–65535）。\nPORT must be a number from 1 to 65535."
        )
    number = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as problem:
            raise NotPossible(
                f"端口 {number} 不可用（{problem.strerror}）。请停止占用它的程序，"
                f"或换一个端口，例如：PORT={number % 65535 + 1} ./run\n"
                f"Port {number} cannot be used; stop what listens there or set PORT."
            ) from problem
    return number


def demo_password(folder: Path) -> str:
    """The password of the demo accounts, settled at the first start and kept for its owner alone.

    It is DEMO_PASSWORD where that is given, else random.
    """
    path = folder / "demo-password"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as new:
            new.write(os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12))
    return path.read_text()
