"""Acts that are under way: what they counted is not to be seen yet."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.utils.translation import gettext as _

from jobs.running import NotNow

# Longer than any act of ours takes; some other program's session may stay in its transaction.
LONGEST_SECONDS = 300.0
_PAUSE_SECONDS = 0.1
# A transaction that has locked or written anything holds the lock of its own number until its end.
_UNDER_WAY = """
    SELECT transactionid::text FROM pg_locks
    WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND pid <> pg_backend_pid()
      AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""


def wait_for_acts(
    *,
    pause: Callable[[], None] = lambda: time.sleep(_PAUSE_SECONDS),
    longest: float = LONGEST_SECONDS,
) -> None:
    """Return when all that was being written has been committed or given up.

    Whoever begins later finds what is in force now. Nobody has to wait for us, so that no two wait
    for each other. SQLite lets one write at a time: there nothing is ever under way. Raises NotNow
    where something is still not over after the `longest` seconds.
    """
    if connection.vendor != "postgresql":
        return
    until = time.monotonic() + longest
    waiting = _under_way()
    while waiting:
        if time.monotonic() > until:
            raise NotNow(
                _(
                    "A database session has kept something unfinished for more than %(minutes)s "
                    "minutes (open transactions: %(count)s). Nothing was counted yet. The system "
                    "administrator finds it in pg_stat_activity; end it, then start this again."
                )
                % {"minutes": round(longest / 60), "count": len(waiting)}
            )
        pause()
        waiting &= _under_way()


def _under_way() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_WAY)
        return {number for (number,) in cursor.fetchall()}
