"""Whether jobs can run: database, broker, and a worker seen consuming within a minute."""

from __future__ import annotations

import datetime as dt

import structlog
from celery import current_app
from django.db import DatabaseError, connection
from django.db.models import Max
from kombu.exceptions import KombuError, OperationalError

from jobs.models import WorkerSeen, database_time

logger = structlog.get_logger(__name__)

_FORGOTTEN_SECONDS = 30 * 86400


def record_seen(worker: str) -> None:
    """Note that a worker can take jobs now."""
    changed = WorkerSeen.objects.filter(name=worker).update(seen_at=database_time())
    if not changed:
        WorkerSeen.objects.get_or_create(name=worker)


def parts() -> dict[str, bool]:
    """Each part by name; what depends on a part that is down is down too."""
    database = has_database()
    return {
        "database": database,
        "broker": has_broker(),
        "worker": database and WorkerSeen.objects.recent().exists(),
    }


def down() -> dict[str, dt.datetime | None]:
    """The parts that fail, each with the last moment at which it was known to work.

    Workers show themselves only while they are joined to the broker, so that the last one seen
    speaks for both. Nobody can ask a database that is down.
    """
    failing = [name for name, works in parts().items() if not works]
    known = last_seen() if failing and "database" not in failing else None
    return dict.fromkeys(failing, known)


def last_seen() -> dt.datetime | None:
    """When any worker was last able to take a job."""
    seen: dt.datetime | None = WorkerSeen.objects.aggregate(at=Max("seen_at"))["at"]
    return seen


def forget_workers() -> int:
    """Drop workers that nobody has seen for a month: machines come and go; how many."""
    long_ago = database_time(plus_seconds=-_FORGOTTEN_SECONDS)
    return WorkerSeen.objects.filter(seen_at__lt=long_ago).delete()[0]


def has_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        logger.warning("database_down", problem=str(problem))
        return False
    return True


def has_broker() -> bool:
    """The broker answers within a second."""
    try:
        with current_app.connection_for_write() as broker:
            # Kombu pings a new channel's server.
            broker.ensure_connection(max_retries=0, timeout=1)
            broker.channel()
    except (OperationalError, KombuError, OSError) as problem:
        logger.warning("broker_down", problem=str(problem))
        return False
    return True
