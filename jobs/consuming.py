"""The worker's side of Celery: upkeep that runs only while the worker is joined to its broker."""

from __future__ import annotations

import threading

import structlog
from celery import bootsteps
from celery.worker.consumer import Consumer
from django.db import connection

from jobs import sweeping
from jobs.upkeep import Upkeep

logger = structlog.get_logger(__name__)


class Consuming(bootsteps.StartStopStep):
    """Celery starts this step when its consumer stands, and stops it when the broker is lost."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Consumer, **options: object) -> None:
        super().__init__(parent, **options)
        self._stop = threading.Event()

    def start(self, parent: Consumer) -> None:
        self._stop = threading.Event()
        name, stop = str(parent.hostname), self._stop
        threading.Thread(target=keep_up, args=(name, stop), name="upkeep", daemon=True).start()

    def stop(self, parent: Consumer) -> None:
        self._stop.set()

    def shutdown(self, parent: Consumer) -> None:
        self._stop.set()


def keep_up(name: str, stop: threading.Event) -> None:
    """Take turns until told to stop."""
    upkeep = Upkeep(name, sweep=sweeping.sweep)
    try:
        while not stop.is_set():
            upkeep.take_turns()
            stop.wait(upkeep.pause)
    finally:
        connection.close()
