"""Acts that are under way: what they counted is not to be seen yet."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection

_PAUSE_SECONDS = 0.1
# A transaction that has locked or written anything holds the lock of its own number until its end.
_UNDER_WAY = """
    SELECT transactionid::text FROM pg_locks
    WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND pid <> pg_backend_pid()
      AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""


def wait_for_acts(*, pause: Callable[[], None] = lambda: time.sleep(_PAUSE_SECONDS)) -> None:
    """Return when all that was being written has been committed or given up.

    Whoever begins later finds what is in force now. Nobody has to wait for us, so that no two wait
    for each other. SQLite lets one write at a time: there nothing is ever under way.
    """
    if connection.vendor != "postgresql":
        return
    waiting = _under_way()
    while waiting:
        pause()
        waiting &= _under_way()


def _under_way() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_WAY)
        return {number for (number,) in cursor.fetchall()}
