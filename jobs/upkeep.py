"""What a worker does beside its jobs: show itself, keep the time, sweep, tidy."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import Error, connection

from jobs import canary, health, schedule

logger = structlog.get_logger(__name__)

_SEEN_SECONDS = 15.0
_TICK_SECONDS = 60.0
_TIDY_SECONDS = 3600.0


class Upkeep:
    """Turns that are taken when they are due; a database that is down skips one."""

    def __init__(self, worker: str, *, sweep: Callable[[], object]) -> None:
        self._turns: list[tuple[float, Callable[[], object]]] = [
            (_SEEN_SECONDS, lambda: health.record_seen(worker)),
            (_TICK_SECONDS, schedule.tick),
            (settings.JOB_SWEEP_SECONDS, sweep),
            (_TIDY_SECONDS, tidy),
        ]
        self._due = [0.0] * len(self._turns)

    @property
    def pause(self) -> float:
        """Seconds between two calls of `take_turns`."""
        return min(1.0, float(settings.JOB_SWEEP_SECONDS))

    def take_turns(self) -> None:
        for place, (interval, turn) in enumerate(self._turns):
            if time.monotonic() >= self._due[place]:
                self._due[place] = time.monotonic() + interval
                self._take(turn)

    def _take(self, turn: Callable[[], object]) -> None:
        try:
            turn()
        except Error as problem:  # InterfaceError, of a connection that is gone, too
            logger.warning("upkeep_skipped", problem=str(problem))
            connection.close()


def tidy() -> None:
    """Drop old traces of the watch itself: canaries, and workers that are long gone."""
    canary.tidy()
    health.forget_workers()
