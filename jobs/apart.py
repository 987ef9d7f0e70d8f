"""Several jobs at once in one process, or one that is done apart from the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Company:
    """Who works beside whom. One that is to be apart waits for all others, and they for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._together = 0
        self._waiting = 0
        self._is_apart = False

    @contextmanager
    def joined(self, *, apart: bool) -> Iterator[None]:
        with self._changed:
            self._enter(apart=apart)
        try:
            yield
        finally:
            with self._changed:
                if apart:
                    self._is_apart = False
                else:
                    self._together -= 1
                self._changed.notify_all()

    def _enter(self, *, apart: bool) -> None:
        if not apart:
            self._changed.wait_for(lambda: not self._is_apart and not self._waiting)
            self._together += 1
            return
        self._waiting += 1
        self._changed.wait_for(lambda: not self._is_apart and not self._together)
        self._waiting -= 1
        self._is_apart = True
