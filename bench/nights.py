"""Nights of a loaded database: each changes 1 % of all lights, and is done as its job does it."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import time_machine
from django.db import connection
from django.db.models import F

from jobs import queue, running, waking
from jobs.models import Job
from obligations import contradicting, department_days, findings, fulfilment, history, lights
from obligations.chunks import chunks
from obligations.models import Obligation, ObligationState
from obligations.today import SHANGHAI

_ROOT = Path(__file__).resolve().parent.parent
_DAY = dt.timedelta(days=1)
_FAR = dt.timedelta(days=60)
# What a night consists of: module and function -> what it is called.
_STEPS = (
    (fulfilment, "judge", "lights"),
    (findings, "record", "findings"),
    (contradicting, "look", "contradictions"),
    (department_days, "record", "totals"),
)
_LOOK_SECONDS = 0.05
Seconds = dict[str, float]


@contextmanager
def early_on(day: dt.date) -> Iterator[None]:
    """At ten past midnight, when the night's job begins."""
    at = dt.datetime.combine(day, dt.time(0, 10), tzinfo=SHANGHAI)
    with time_machine.travel(at, tick=True):
        yield


class Nights:
    """One night after another."""

    def __init__(self, first: dt.date, *, changing: int) -> None:
        self.day = first
        self.least = self.changing = changing

    def next(self) -> None:
        """Go on a day, on which as many planned dates have passed as are wanting. On some days
        more of the sample changes by itself."""
        self.day += _DAY
        falling = self.count()
        self.changing = max(self.least, falling)
        wanting = self.changing - falling
        rows = Obligation.objects.filter(light_reason="on_course", due_on__gt=self.day + _FAR)
        spread = rows.annotate(place=F("pk") * 7919 % 1009).order_by("place", "pk")
        for chunk in chunks(list(spread.values_list("pk", flat=True)[:wanting])):
            Obligation.objects.filter(pk__in=chunk).update(planned_on=self.day - _DAY)
            states = ObligationState.objects.filter(obligation_id__in=chunk, valid_to=None)
            states.update(planned_on=self.day - _DAY)
        if self.count() != self.changing:
            raise RuntimeError(f"{self.count()} lights would change, not {self.changing}")

    def count(self) -> int:
        """The peer: one SELECT that counts the rows whose light would change."""
        now = lights.reason(history.day_of(self.day))
        return Obligation.objects.annotate(now=now).exclude(now=F("light_reason")).count()

    def judge(self) -> None:
        changed = fulfilment.judge(as_of=self.day, today=self.day)
        if changed != self.changing:
            raise RuntimeError(f"{changed} lights changed, not {self.changing}")

    def work(self) -> tuple[float, Seconds]:
        """The night's job in this process: seconds in all, and by step."""
        with early_on(self.day), _timed() as steps, mock.patch.object(waking, "wake"):
            job = self._enqueue()
            began = time.perf_counter()
            running.perform(job.pk)
            seconds = time.perf_counter() - began
        _require_done(job)
        return seconds, dict(steps)

    def share(self, count: int) -> float:
        """The night's job by so many worker processes: seconds from its row to its end."""
        environment = {**os.environ, "DATABASE_URL": address(), "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "bench.night_worker", self.day.isoformat()]
        with ExitStack() as workers:
            for _number in range(count):
                _ready(workers, command, environment)
            with early_on(self.day):
                job = self._enqueue()
            while Job.objects.live().filter(pk=job.pk).exists():
                time.sleep(_LOOK_SECONDS)
        _require_done(job)
        assert job.finished_at is not None
        return (job.finished_at - job.created_at).total_seconds()

    def _enqueue(self) -> Job:
        day = self.day.isoformat()
        with mock.patch.object(waking, "wake"):  # there is no broker: workers look by themselves
            return queue.enqueue("obligations.check", period=day, args={"on": day, "every": "day"})


def address() -> str:
    """Of this process's own database."""
    if connection.vendor != "postgresql":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    server, _name = os.environ["DATABASE_URL"].rsplit("/", 1)
    return f"{server}/{connection.settings_dict['NAME']}"


def _ready(workers: ExitStack, command: list[str], environment: dict[str, str]) -> None:
    worker = subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    workers.callback(worker.wait)
    workers.callback(worker.terminate)
    assert worker.stdout is not None
    if worker.stdout.readline().strip() != "ready":
        raise RuntimeError("a worker did not start")


def _require_done(job: Job) -> None:
    job.refresh_from_db()
    parts = Job.objects.filter(kind="obligations.check_part").exclude(state=Job.State.DONE)
    if job.state != Job.State.DONE or parts.exists():
        raise RuntimeError(f"the night is {job.state}: {job.error}")


@contextmanager
def _timed() -> Iterator[Seconds]:
    """Seconds of each step, in this process."""
    seconds: Seconds = defaultdict(float)
    with ExitStack() as patches:
        for module, name, step in _STEPS:
            act = _timing(getattr(module, name), step, seconds)
            patches.enter_context(mock.patch.object(module, name, act))
        yield seconds


def _timing(act: Callable[..., Any], step: str, seconds: Seconds) -> Callable[..., Any]:
    def timed(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return act(*args, **options)
        finally:
            seconds[step] += time.perf_counter() - began

    return timed
