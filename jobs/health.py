"""Whether jobs can run: database, broker, and a worker seen consuming within a minute."""

from __future__ import annotations

import structlog
from celery import current_app
from django.db import DatabaseError, connection
from kombu.exceptions import KombuError, OperationalError

from jobs.models import WorkerSeen, database_time

logger = structlog.get_logger(__name__)


def record_seen(worker: str) -> None:
    """Note that a worker can take jobs now."""
    changed = WorkerSeen.objects.filter(name=worker).update(seen_at=database_time())
    if not changed:
        WorkerSeen.objects.get_or_create(name=worker)


def is_ready() -> bool:
    """All that a job needs is there."""
    return all(parts().values())


def parts() -> dict[str, bool]:
    """Each part by name; what depends on a part that is down is down too."""
    database = has_database()
    return {
        "database": database,
        "broker": has_broker(),
        "worker": database and WorkerSeen.objects.recent().exists(),
    }


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
