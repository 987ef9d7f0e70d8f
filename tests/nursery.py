"""A process that has loaded the program once and forks: what it starts is there at once.

python -m tests.nursery: asked by a line of JSON, it answers with the number of the new process
or, where it is to wait, with how that ended.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.core.management import execute_from_command_line

from config.children import die_with_parent

# Longer than anything takes on a machine that has much else to do.
PATIENCE_SECONDS = 600
_LOADED = ("celery.bin.celery", "celery.worker.worker", "kombu.transport.redis", "jobs.consuming")


class Nursery:
    """The test's end of it: one for one environment, which settings are read from."""

    def __init__(self, environment: dict[str, str], *, root: Path) -> None:
        self.environment = dict(environment)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def start(self, words: tuple[str, ...], *, log: Path) -> Born:
        """`python -m …`, which writes to the log."""
        files = [os.devnull, str(log), str(log)]
        asked = {"module": words[0], "words": words, "files": files, "wait": False}
        return Born(self._ask(PATIENCE_SECONDS, **asked))

    def manage(
        self, lines: tuple[tuple[str, ...], ...], *, files: list[Path], seconds: float
    ) -> int:
        """Lines of manage.py, one after the other in one process: how it ended.

        The files are what it reads, what it says and what it complains of.
        """
        said = {"lines": lines, "files": [str(path) for path in files], "wait": True}
        return self._ask(seconds, **said)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, seconds: float, **asked: object) -> int:
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answered = select.select([self._process.stdout], [], [], seconds)[0]
        assert answered, asked
        return int(self._process.stdout.readline())


class Born:
    """A process that is not our child, with what tests need of Popen."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._file = os.pidfd_open(pid)

    def poll(self) -> int | None:
        return 0 if select.select([self._file], [], [], 0)[0] else None

    def wait(self, seconds: float | None = None) -> None:
        if not select.select([self._file], [], [], seconds)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), seconds)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._file, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        os.close(self._file)


def main() -> None:
    _load()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(asked)
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if asked["wait"] else pid
        sys.stdout.write(f"{ended}\n")
        sys.stdout.flush()


def _load() -> None:
    django.setup()
    handlers = (name.rpartition(".")[0] for name in settings.JOB_HANDLERS.values())
    for name in ("config.celery", *_LOADED, *handlers):
        import_module(name)


def _become(asked: dict) -> None:
    """The new process: in a session of its own, before files."""
    end = 1
    try:
        os.setsid()
        die_with_parent()
        reads, *writes = asked["files"]
        os.dup2(os.open(reads, os.O_RDONLY), 0)
        for stream, path in enumerate(writes, 1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), stream)
        sys.stdin = os.fdopen(0)
        _run(asked)
        end = 0
    except SystemExit as ending:
        end = ending.code if isinstance(ending.code, int) else int(bool(ending.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end)


def _run(asked: dict) -> None:
    for line in asked.get("lines", []):
        execute_from_command_line(["manage.py", *line])
    if "module" in asked:
        sys.argv = asked["words"]
        import_module(f"{asked['module']}.__main__").main()


if __name__ == "__main__":
    main()
