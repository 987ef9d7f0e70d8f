"""The parsers of obligations.tables, at hand: a process that has loaded them forks for each file.

What is born reads, answers, is limited and dies as the product's own child does; only the third of
a second in which Python starts is saved, hundreds of times. Tests whose point is that child are
marked `own_parser`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from config.children import die_with_parent

_PROGRAMS = ("obligations.tables.child", "obligations.tables.marker", "obligations.tables.filler")
peaks: list[int] = []  # bytes that each of them held at most


class Parsers:
    """The test's end of it."""

    def __init__(self, *, cwd: Path, env: dict[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="qingdan-parsers-")
        self._process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "tests.parsers"],
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def run(self, module: str, data: bytes, *, timeout: float) -> SimpleNamespace:
        said, *answers = (Path(self._folder.name) / name for name in ("in", "out", "err"))
        said.write_bytes(data)
        asked = {"module": module, "files": [str(path) for path in (said, *answers)]}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            self.stop()
            _at_hand.cache_clear()
            raise subprocess.TimeoutExpired(module, timeout)
        ended, peak = json.loads(self._process.stdout.readline())
        peaks.append(peak)
        out, err = (path.read_bytes() for path in answers)
        return SimpleNamespace(returncode=ended, stdout=out, stderr=err)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


@cache
def _at_hand(cwd: Path, env: tuple[tuple[str, str], ...]) -> Parsers:
    made = Parsers(cwd=cwd, env=dict(env))
    atexit.register(made.stop)
    return made


def run(command: list[str], **options: Any) -> SimpleNamespace:
    """In place of subprocess.run, where this is a parser's command."""
    *start, module = command
    assert start == [sys.executable, "-X", "utf8", "-m"]
    assert module in _PROGRAMS
    parsers = _at_hand(options["cwd"], tuple(options["env"].items()))
    return parsers.run(module, options["input"], timeout=options["timeout"])


IN_PLACE = SimpleNamespace(run=run, TimeoutExpired=subprocess.TimeoutExpired)


def main() -> None:
    for name in _PROGRAMS:
        import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(asked)
        _pid, status, used = os.wait4(pid, 0)
        ended = [os.waitstatus_to_exitcode(status), used.ru_maxrss * 1024]
        sys.stdout.write(json.dumps(ended) + "\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any]) -> None:
    end = 1
    try:
        reads, *writes = asked["files"]
        os.dup2(os.open(reads, os.O_RDONLY), 0)
        for stream, path in enumerate(writes, 1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
        sys.stdin = os.fdopen(0)
        sys.argv = [asked["module"]]
        import_module(asked["module"]).main()
        end = 0
    except SystemExit as ending:
        end = ending.code if isinstance(ending.code, int) else 1
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end)


if __name__ == "__main__":
    main()
