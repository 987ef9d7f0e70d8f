"""A long sequence in parts, for statements that a database plans well and takes at all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

CHUNK = 500
_One = TypeVar("_One")


def chunks(rows: Sequence[_One], size: int = CHUNK) -> Iterator[Sequence[_One]]:
    """The rows in order, at most `size` at a time; nothing of no rows."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
