"""Which rows a night changed, by comparing before and after, and which it wrote, by the database.

SQLite counts its writes as one number, from which the rows of job, audit and heartbeat are not
told apart: there only what changed is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q

from obligations.models import CheckResult, Obligation, ObligationState

_TABLES = {model._meta.db_table: model for model in (Obligation, ObligationState, CheckResult)}
_BEFORE = "bench_before"


@dataclass
class Rows:
    """Rows by table: light and word of an obligation count apart, as they are written apart."""

    changed: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = ", ".join(f"{count} of {name}" for name, count in self.changed.items())
        changed = f"{sum(self.changed.values())} rows changed ({parts})"
        return f"{sum(self.written.values())} rows written, {changed}" if self.written else changed


@contextmanager
def counted(day: dt.date) -> Iterator[Rows]:
    """What the night of a day does inside; raises where more rows are written than changed."""
    rows = Rows()
    with connection.cursor() as cursor:
        table = Obligation._meta.db_table
        cursor.execute(
            f"CREATE TABLE {_BEFORE} AS SELECT id, light_reason, last_found FROM {table}"
        )
    before = _writes()
    yield rows
    after = _writes()
    rows.written = {name: after[name] - before[name] for name in after}
    rows.changed = {
        Obligation._meta.db_table: _different("light_reason") + _different("last_found"),
        ObligationState._meta.db_table: _touched(ObligationState, "valid_from", "valid_to", day),
        CheckResult._meta.db_table: _touched(CheckResult, "since", "until", day),
    }
    if rows.written and rows.written != rows.changed:
        raise RuntimeError(f"written {rows.written}, changed {rows.changed}")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {_BEFORE}")


def _different(column: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {_BEFORE} AS was JOIN {Obligation._meta.db_table} AS now"
            f" ON was.id = now.id WHERE was.{column} <> now.{column}"
        )
        return int(cursor.fetchone()[0])


def _touched(model: Any, start: str, end: str, day: dt.date) -> int:
    """Begun or ended on the day, of both days that the night judges."""
    days = (day - dt.timedelta(days=1), day)
    begun = model.objects.filter(**{f"{start}__in": days[1:]}).count()
    return int(begun + model.objects.filter(Q(**{f"{end}__in": days[1:]})).count())


def _writes() -> dict[str, int]:
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
            " WHERE relname = ANY(%s)",
            [list(_TABLES)],
        )
        return dict(cursor.fetchall())
