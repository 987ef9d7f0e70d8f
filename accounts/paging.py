"""Pages by key: the thousandth page costs what the first one costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models

SIZE = 50
# What a column of keys holds at most; SQLite gives up on more, PostgreSQL finds nothing.
LARGEST_KEY = 2**63 - 1
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the key after which the next one begins ("" at the end)."""

    rows: list[Row]
    next: str


def page(rows: models.QuerySet[Row], *, after: str = "", descending: bool = False) -> Page[Row]:
    """The rows beyond the key `after`, in the order of keys; an unreadable key means the start."""
    if after.isascii() and after.isdecimal() and len(after) <= 18:
        rows = rows.filter(**{"pk__lt" if descending else "pk__gt": int(after)})
    found = list(rows.order_by("-pk" if descending else "pk")[: SIZE + 1])
    shown = found[:SIZE]
    return Page(shown, next=str(shown[-1].pk) if len(found) > SIZE else "")
