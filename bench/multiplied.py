"""A province of any size: a plausible sample, judged, and then copied inside the database.

Making a million obligations in Python takes half an hour; the database copies them in a minute.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from bench import database
from docking.models import DockingTerms
from obligations import fulfilment
from obligations.models import (
    CheckResult,
    Claim,
    Evidence,
    ListItem,
    Obligation,
    ObligationState,
)
from reports.sampling import crowd
from sharing_lists.models import SharingTerms

SAMPLE = 10_000
_TODAY = dt.date(2026, 11, 23)
# Many of the sample change in the weeks around its own day: begin well after them.
_LATER = dt.timedelta(days=100)
# In the order in which they refer to each other.
_COPIED: tuple[type[models.Model], ...] = (
    *(ListItem, SharingTerms, DockingTerms, Obligation, ObligationState, Claim, Evidence),
    CheckResult,
)


def load(*, obligations: int, sample: int = SAMPLE) -> dt.date:
    """So many obligations, each with its history and findings; the day that was judged last."""
    crowd.load(obligation_count=sample, seed=1, today=_TODAY)
    day = _TODAY + _LATER
    fulfilment.check(as_of=day, today=day)
    step = max(_newest(model) for model in _COPIED)
    with _unchecked():
        for model in _COPIED:
            _copy(model, copies=obligations // sample - 1, step=step)
    database.settle()
    return day


@contextmanager
def _unchecked() -> Iterator[None]:
    """References of copies are right as those of the sample: PostgreSQL asks for each row."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")


def _newest(model: type[models.Model]) -> int:
    return int(model._default_manager.aggregate(newest=models.Max("pk"))["newest"] or 0)


def _copy(model: type[models.Model], *, copies: int, step: int) -> None:
    """Copies of all rows, each copy's keys moved on by `step`; set-based."""
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    names = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(_value(field, step=step) for field in fields)
    table = quote(model._meta.db_table)
    key = quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        for number in range(1, copies + 1):
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS made,"
                f" (SELECT CAST(%s AS integer) AS k) AS copies WHERE made.{key} <= %s"
                f" ORDER BY made.{key}",
                [number, step],
            )
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def _value(field: models.Field[Any, Any], *, step: int) -> str:
    """What a copy has in the column: the same, but for keys among the copied and what is unique."""
    column = f"made.{connection.ops.quote_name(str(field.column))}"
    if field.primary_key or (field.is_relation and field.related_model in _COPIED):
        return f"{column} + copies.k * {step}"
    if field.name in ("identity_hash", "row_hash"):
        return f"substr({column}, 1, 48) || '-' || copies.k"
    return column
