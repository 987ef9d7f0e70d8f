"""Keeps the lease of a running job and shows its progress, on a connection of its own."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection

from jobs import claiming
from jobs.models import Job

logger = structlog.get_logger(__name__)

_BEATS_A_LEASE = 3


class Heartbeat:
    """A thread beside the handler: its writes never join the handler's transactions."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.progress: dict[str, Any] = {}
        # Set when a beat finds that another worker, or who cancelled, has taken the job.
        self.lost = False
        # Set while the end of the job is written: from then on nobody else can have it.
        self.ending = False
        self._shown: dict[str, Any] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        pause = min(settings.JOB_PROGRESS_SECONDS, settings.JOB_LEASE_SECONDS / _BEATS_A_LEASE)
        silent = 0.0
        try:
            while not self._stop.wait(pause):
                silent += pause
                due = silent >= settings.JOB_LEASE_SECONDS / _BEATS_A_LEASE
                if due or self.progress != self._shown:
                    if not self._write():
                        return
                    silent = 0.0
        finally:
            connection.close()

    def _write(self) -> bool:
        """Whether to go on. A lost lease ends the beat; the fence will refuse the result."""
        progress = self.progress
        try:
            held = claiming.extend(self.job, progress=progress)
        except Error as problem:  # InterfaceError, of a connection that is gone, too
            logger.warning("job_heartbeat_missed", job=self.job.pk, problem=str(problem))
            connection.close()
            return True
        self._shown = progress
        self.lost = not held and not self.ending
        if self.lost:
            logger.warning("job_lease_lost", job=self.job.pk, kind=self.job.kind)
        return held
