"""Judging 100,000 obligations of which 1 % change; peer: one SELECT that counts those.

Both sides cost CPU time of client and database together: SQLite works in this process, of
PostgreSQL the backend's own time is read from /proc (so the server runs on this machine).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.db.models import F

from bench import database, measure
from obligations import fulfilment, history, lights
from obligations.models import Obligation, ObligationState
from reports.sampling import crowd

OBLIGATIONS = 100_000
CHANGING = OBLIGATIONS // 100
PEER = "count"
_FAR = dt.timedelta(days=60)
_LATER = dt.timedelta(days=100)
_DAY = dt.timedelta(days=1)


class Days:
    """One day after another; each changes exactly so many lights."""

    def __init__(self, first: dt.date, *, changing: int = CHANGING) -> None:
        self.day = first
        self.changing = changing
        self._passing = False

    def settle(self) -> None:
        fulfilment.judge(as_of=self.day, today=self.day)

    def next(self) -> None:
        """Go on a day; let as many planned dates pass as are wanting, or the next day vanish."""
        self.day += _DAY
        wanting = max(0, self.changing - self.count())
        self._passing = not self._passing
        now = "on_course" if self._passing else "plan_passed"
        rows = Obligation.objects.filter(light_reason=now, due_on__gt=self.day + _FAR)
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:wanting])
        planned_on = self.day - _DAY if self._passing else None
        for start in range(0, len(keys), 500):
            chunk = keys[start : start + 500]
            Obligation.objects.filter(pk__in=chunk).update(planned_on=planned_on)
            states = ObligationState.objects.filter(obligation_id__in=chunk, valid_to=None)
            states.update(planned_on=planned_on)
        if self.count() != self.changing:
            raise RuntimeError(f"{self.count()} lights would change, not {self.changing}")

    def count(self) -> int:
        """The peer: one SELECT that counts the rows whose light would change."""
        now = lights.reason(history.day_of(self.day))
        return Obligation.objects.annotate(now=now).exclude(now=F("light_reason")).count()

    def judge(self) -> None:
        """Ours."""
        changed = fulfilment.judge(as_of=self.day, today=self.day)
        if changed != self.changing:
            raise RuntimeError(f"{changed} lights changed, not {self.changing}")


def run(name: str = "judge") -> str:
    """Measure on a database of its own, which is removed afterwards."""
    with _loaded_database() as today:
        # Many of the sample change in the weeks around its own day, and on the eve of holidays:
        # begin well after them.
        days = Days(today + _LATER)
        days.settle()
        ratio = measure.in_turn(days.judge, days.count, clock=cpu_clock(), between=days.next)
    return measure.line(name, OBLIGATIONS, ratio, peer=PEER)


@contextmanager
def _loaded_database() -> Iterator[dt.date]:
    today = dt.date(2026, 11, 23)
    with database.own():
        crowd.load(obligation_count=OBLIGATIONS, seed=1, today=today)
        database.settle()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Time of parallel workers would not be counted.
                cursor.execute("SET max_parallel_workers_per_gather = 0")
        yield today


def cpu_clock() -> measure.Clock:
    if connection.vendor != "postgresql":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    # Its first figure: nanoseconds spent on a processor.
    return lambda: time.process_time() + int(backend.read_text().split()[0]) / 1e9
