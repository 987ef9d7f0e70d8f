"""Acts that happen at once, with real connections: for races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress

from django.db import connection, connections, models


def at_once(*acts: Callable[[], object]) -> None:
    """Each act in a thread with a connection of its own; ends when all have ended."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        finally:
            connections.close_all()

    connection.close()
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_for_others(met: threading.Barrier, seconds: float) -> None:
    """Until all are here, or so long: whoever is locked out does not come."""
    with suppress(threading.BrokenBarrierError):
        met.wait(seconds)


class NoTransaction:
    """Stands where a module has `transaction`: what belongs together is torn apart."""

    @staticmethod
    def atomic(**_how: object) -> AbstractContextManager[None]:
        return nullcontext()


def lock_nothing() -> None:
    """From here on no row is locked in this process: the negative control."""
    models.QuerySet.select_for_update = lambda rows, **_how: rows  # type: ignore[assignment,misc,method-assign]
