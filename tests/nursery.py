"""A process that has loaded the program once and forks: what it starts is there at once.

python -m tests.nursery: asked by a line of JSON, it answers with the number of the new process
or, where it is to wait, with how that ended. Nothing is done before the fork; what is born reads
the settings anew, from an environment of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

import django
import django.test.signals  # whoever keeps what a setting said hears that it changed
from django.conf import Settings, settings
from django.core.management import execute_from_command_line
from django.core.signals import setting_changed
from django.db import connections
from django.utils.log import configure_logging

from config.children import die_with_parent

# Longer than anything takes on a machine that has much else to do.
PATIENCE_SECONDS = 600
_READERS = ("config.", "tests.")
_LOADED = ("celery.bin.celery", "celery.worker.worker", "kombu.transport.redis", "jobs.consuming")


ROOT = Path(__file__).resolve().parent.parent


@cache
def nursery(settings_module: str) -> Nursery:
    """One serves all installations of a test process that have the same apps and the like."""
    made = Nursery(settings_module)
    atexit.register(made.stop)
    return made


class Nursery:
    """The test's end of it."""

    def __init__(self, settings_module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": settings_module,
                "PYTHONWARNINGS": "default",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def start(self, words: tuple[str, ...], *, environment: dict[str, str], log: Path) -> Born:
        """`python -m …`, which writes to the log."""
        files = [os.devnull, str(log), str(log)]
        asked = {"module": words[0], "words": words, "files": files, "wait": False}
        return Born(self._ask(PATIENCE_SECONDS, environment=environment, **asked))

    def manage(
        self,
        lines: tuple[tuple[str, ...], ...],
        *,
        environment: dict[str, str],
        files: list[Path],
        seconds: float,
    ) -> int:
        """Lines of manage.py, one after the other in one process: how it ended.

        The files are what it reads, what it says and what it complains of.
        """
        said = {"lines": lines, "files": [str(path) for path in files], "wait": True}
        return self._ask(seconds, environment=environment, **said)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, seconds: float, **asked: object) -> int:
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answered = select.select([self._process.stdout], [], [], seconds)[0]
        if not answered:  # what comes late would be taken for the next answer
            self.stop()
            nursery.cache_clear()
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
        _bury()


def _bury() -> None:
    """Whoever has ended meanwhile."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _load() -> None:
    django.setup()
    handlers = (name.rpartition(".")[0] for name in settings.JOB_HANDLERS.values())
    for name in ("config.celery", *_LOADED, *handlers):
        # What tests do to the product they do when it is born, as its settings say then.
        if not name.startswith("tests."):
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
        _settle(asked["environment"])
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


def _settle(environment: dict[str, str]) -> None:
    """What the environment says, as if the process had begun in it."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for name in [
        one for one in sys.modules if one.startswith(_READERS) and one.endswith("settings")
    ]:
        del sys.modules[name]
    before = settings._wrapped
    settings._wrapped = Settings(os.environ["DJANGO_SETTINGS_MODULE"])
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    vars(connections).clear()
    type(connections).__init__(connections)
    for name in filter(str.isupper, dir(settings)):
        new = getattr(settings, name)
        if name != "DATABASES" and getattr(before, name, None) != new:
            setting_changed.send(sender=Settings, setting=name, value=new, enter=True)


def _run(asked: dict) -> None:
    for line in asked.get("lines", []):
        execute_from_command_line(["manage.py", *line])
    if "module" in asked:
        sys.argv = asked["words"]
        import_module(f"{asked['module']}.__main__").main()


if __name__ == "__main__":
    main()
