"""A year of history with 1 % changes a day; peer: the bytes of the bare intervals.

Bare: obligation, from, to, and the same facts, light and reason, with one key, in a table that was
written once. Ours has a key and a time of recording more, the indexes by which a day and an open
row are found, and what is left behind by a year of writing. Bytes for a row do not depend on how
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
    _execute(f"VACUUM FULL {ObligationState._meta.db_table}")
    for number in range(DAYS):
        days.next()
        days.judge()
        if number % _VACUUM_DAYS == 0:  # as autovacuum does of 2 % dead rows
            _execute(f"VACUUM {ObligationState._meta.db_table}")
    ours, bare = _bytes()
    count = ObligationState.objects.count()
    return (
        f"history of {DAYS} days with 1 % changes, {OBLIGATIONS} obligations: {count} rows,"
        f" {ours / count:.0f} bytes each, bare intervals {bare / count:.0f},"
        f" ratio {ours / bare:.2f} (at most {AT_MOST})"
    )


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _bytes() -> tuple[int, int]:
    table = ObligationState._meta.db_table
    columns = ", ".join(
        ("obligation_id", "valid_from", "valid_to", *FACTS, "light", "light_reason")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare AS SELECT {columns} FROM {table} ORDER BY id")
        cursor.execute("ALTER TABLE bare ADD PRIMARY KEY (obligation_id, valid_from)")
        cursor.execute("SELECT pg_total_relation_size(%s), pg_total_relation_size('bare')", [table])
        ours, bare = cursor.fetchone()
        return int(ours), int(bare)
