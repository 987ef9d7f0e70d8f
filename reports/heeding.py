"""How far work is, and whether to go on: whoever started it is told each step. Pure."""

from __future__ import annotations

from typing import Protocol


class Heed(Protocol):
    """Called between steps, with the rows that were written since the last call. It raises to
    give the work up."""

    def __call__(self, step: str = "", *, rows: int = 0) -> None: ...


def at_ease(step: str = "", *, rows: int = 0) -> None:
    """Nobody waits and nobody stops it."""
