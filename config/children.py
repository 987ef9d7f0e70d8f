"""Processes that the supervisor starts: each ends with it, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(*, by: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when its parent ends, even by kill -9."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
    if os.getppid() == 1:
        os.kill(os.getpid(), by)
