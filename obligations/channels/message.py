"""A message as every channel understands it, and the two ways in which sending may fail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


class TryLater(Exception):
    """It may arrive later. The words are for people and hold no key.

    `unsure`: it may have arrived, because the line broke before the other side had answered.
    """

    def __init__(self, words: str, *, unsure: bool = False) -> None:
        super().__init__(words)
        self.unsure = unsure


class Undeliverable(Exception):
    """It will not arrive however often it is tried."""


@dataclass(frozen=True)
class Count:
    """One heading with how many things stand under it."""

    source: str
    label: str
    count: int
    late: int


@dataclass(frozen=True)
class Message:
    """`name` is unique and stays through every try, so that a receiver can tell a repetition.

    `text` is for the person's own mailbox; what leaves for robots are `counts` alone.
    """

    name: str
    username: str
    person: str
    day: dt.date
    subject: str
    text: str
    counts: tuple[Count, ...]
    url: str
