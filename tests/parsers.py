"""The parsers of strangers' files, at hand: a process that has loaded them forks for each file.

What is born reads, answers, is limited and dies as the product's own child does; only the third of
a second in which Python starts is saved, hundreds of times. Tests whose point is that child are
marked `own_parser`.
"""

from __future__ import annotations

import atexit
import itertools
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

_PROGRAMS = (
    *("obligations.tables.child", "obligations.tables.marker", "obligations.tables.filler"),
    "reports.verifying.child",
)
peaks: list[int] = []  # bytes that each of them held at most


class Parsers:
    """The test's end of it."""

    def __init__(self, *, cwd: Path, env: dict[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="qingdan-parsers-")
        self._numbers = itertools.count()
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

    def new_file(self) -> Path:
        return Path(self._folder.name) / str(next(self._numbers))

    def run(self, words: list[str], *, reads: str, writes: list[str], timeout: float) -> int:
        """How one ended that reads and writes these files."""
        asked = {"words": words, "files": [reads, *writes]}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            self.stop()
            _at_hand.cache_clear()
            raise subprocess.TimeoutExpired(words, timeout)
        ended, peak = json.loads(self._process.stdout.readline())
        peaks.append(peak)
        return ended

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


@cache
def _at_hand(cwd: Path, env: tuple[tuple[str, str], ...]) -> Parsers:
    made = Parsers(cwd=cwd, env=dict(env))
    atexit.register(made.stop)
    return made


def _asked(command: list[str], *, cwd: Path, env: dict[str, str]) -> tuple[Parsers, list[str]]:
    """Who parses, and the words after `python -m`."""
    start, words = command[:4], command[4:]
    assert start == [sys.executable, "-X", "utf8", "-m"]
    assert words[0] in _PROGRAMS
    return _at_hand(cwd, tuple(env.items())), words


def run(command: list[str], **options: Any) -> SimpleNamespace:
    """In place of subprocess.run, where this is a parser's command."""
    parsers, words = _asked(command, cwd=options["cwd"], env=options["env"])
    said, out, err = (parsers.new_file() for _stream in range(3))
    said.write_bytes(options["input"])
    files = {"reads": str(said), "writes": [str(out), str(err)]}
    ended = parsers.run(words, **files, timeout=options["timeout"])
    answer = SimpleNamespace(returncode=ended, stdout=out.read_bytes(), stderr=err.read_bytes())
    for path in (said, out, err):
        path.unlink()
    return answer


class Popen:
    """In place of subprocess.Popen, where a parser reads an open file and answers in lines."""

    def __init__(self, command: list[str], *, stdin: Any, **options: Any) -> None:
        parsers, words = _asked(command, cwd=options["cwd"], env=options["env"])
        out = parsers.new_file()
        reads = f"/proc/{os.getpid()}/fd/{stdin.fileno()}"
        parsers.run(words, reads=reads, writes=[str(out), os.devnull], timeout=600)
        self.stdout = out.open("rb")
        out.unlink()

    def __enter__(self) -> Popen:
        return self

    def __exit__(self, *_why: object) -> None:
        self.stdout.close()

    def kill(self) -> None:
        """It has ended."""


IN_PLACE = SimpleNamespace(
    run=run,
    Popen=Popen,
    TimeoutExpired=subprocess.TimeoutExpired,
    PIPE=subprocess.PIPE,
    DEVNULL=subprocess.DEVNULL,
)


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
        sys.argv = asked["words"]
        import_module(sys.argv[0]).main()
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
