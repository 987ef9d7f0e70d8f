"""Processes that the supervisor starts: each ends with it, however it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

_LOG_KEPT_BYTES = 10_000_000
_BACK_OFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# A child that ran this long was healthy: its next end starts a new row of pauses.
_HEALTHY_SECONDS = 60.0


def die_with_parent(*, by: signal.Signals = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to signal this process when its parent ends, even by kill -9."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Child:
    """One kept process. `orphaned_by` is the signal it gets when the supervisor vanishes."""

    name: str
    command: list[str]
    log: Path
    grace_seconds: float = 10.0
    orphaned_by: signal.Signals = signal.SIGTERM
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _started: float = 0.0
    _ends: int = 0
    _again_at: float | None = None

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which ends all in order.
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, by=self.orphaned_by, parent=os.getpid()),
            )
        self._started = time.monotonic()
        self._again_at = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def revive(self) -> str:
        """Start again after an unexpected end, with growing pauses. What to tell, or nothing."""
        if self.is_running or self._process is None:
            return ""
        if self._again_at is None:
            if time.monotonic() - self._started > _HEALTHY_SECONDS:
                self._ends = 0
            pause = _BACK_OFF_SECONDS[min(self._ends, len(_BACK_OFF_SECONDS) - 1)]
            self._ends += 1
            self._again_at = time.monotonic() + pause
            return (
                f"{self.name} 意外退出（代码 {self._process.returncode}），{pause:.0f} 秒后重启；"
                f"日志 {self.log}  ({self.name} ended, starting again)"
            )
        if time.monotonic() >= self._again_at:
            self.start()
        return ""

    def stop(self) -> None:
        """End it and everything it started; by force when its grace has run out."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM, group=False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.grace_seconds)
        self._signal(signal.SIGKILL, group=True)
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL, group=True)

    def _signal(self, number: signal.Signals, *, group: bool) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self._process.pid, number)
            elif self._process.poll() is None:
                self._process.send_signal(number)
