"""A year of history with 1 % changes a day; peer: the bytes of the bare intervals.

Bare: obligation, from, to, and the same facts, light and reason, with one key, kept day by day as
ours. Ours has a key and a time of recording more, and the indexes by which a day and an open row
are found. Bytes for a row do not depend on how
many obligations there are, so a small province tells it.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

from bench import database
from bench.judge import Days
from obligations.models import Obligation, ObligationState
from obligations.models.judged import FACTS
from reports.sampling import crowd

OBLIGATIONS, DAYS = 2_000, 365
AT_MOST = 1.5
_VACUUM_DAYS = 7
_NEVER = dt.date(2099, 12, 31)
_TODAY = dt.date(2026, 11, 23)
_LATER = dt.timedelta(days=100)
_TABLE = ObligationState._meta.db_table
_INTERVAL = ("obligation_id", "valid_from", "valid_to")
_COLUMNS = ", ".join((*_INTERVAL, *FACTS, "light", "light_reason"))


def measure() -> str:
    """On an empty database of its own."""
    crowd.load(obligation_count=OBLIGATIONS, seed=1, today=_TODAY)
    days = Days(_TODAY + _LATER, changing=OBLIGATIONS // 100)
    days.settle()
    ObligationState.objects.exclude(valid_to=None).delete()
    # The sample's own dates run out within the year: of these rows only what a day passes changes.
    open_rows = Obligation.objects.filter(light_reason="on_course")
    ObligationState.objects.filter(obligation__in=open_rows.values("pk")).update(due_on=_NEVER)
    open_rows.update(due_on=_NEVER)
    database.settle()
    _execute(f"VACUUM FULL {_TABLE}")
    _execute(f"CREATE TABLE bare AS SELECT {_COLUMNS} FROM {_TABLE} ORDER BY id")
    _execute("ALTER TABLE bare ADD PRIMARY KEY (obligation_id, valid_from)")
    for number in range(DAYS):
        days.next()
        days.judge()
        _keep_bare(days.day)
        if number % _VACUUM_DAYS == 0:  # as autovacuum does of 2 % dead rows
            _execute(f"VACUUM {_TABLE}, bare")
    ours, bare = _bytes(_TABLE), _bytes("bare")
    count = ObligationState.objects.count()
    return (
        f"history of {DAYS} days with 1 % changes, {OBLIGATIONS} obligations: {count} rows,"
        f" {ours / count:.0f} bytes each, bare intervals {bare / count:.0f},"
        f" ratio {ours / bare:.2f} (at most {AT_MOST})"
    )


def _keep_bare(day: dt.date) -> None:
    """What the day ended and began."""
    _execute(
        "UPDATE bare SET valid_to = %s WHERE valid_to IS NULL AND obligation_id IN"
        f" (SELECT obligation_id FROM {_TABLE} WHERE valid_from = %s)",
        day,
        day,
    )
    _execute(f"INSERT INTO bare SELECT {_COLUMNS} FROM {_TABLE} WHERE valid_from = %s", day)


def _execute(statement: str, *params: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


def _bytes(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        return int(cursor.fetchone()[0])
