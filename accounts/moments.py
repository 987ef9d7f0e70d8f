"""Reads that belong together see one moment, whoever writes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction all of whose statements see what was committed when it began.

    SQLite's transactions do so by themselves; PostgreSQL's are told to, unless they have begun.
    """
    inside = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def same_moment() -> Iterator[None]:
    """As `one_moment` for a request that only reads. On SQLite, where a transaction would keep
    everybody from writing, each statement sees its own moment."""
    if connection.vendor != "postgresql":
        yield
        return
    with one_moment():
        yield
