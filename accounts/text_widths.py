"""How wide a text is in a column of a workbook, and how many lines it takes there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

# The edges of a cell, and the place that a word leaves empty when it moves to the next line.
_SLACK = 1.5


def usable(width: float) -> float:
    """How many digits of text a column takes in one line."""
    return max(width - _SLACK, 2.0)


def digits(text: str) -> float:
    """The width of a text in digits: a Chinese character takes two, and three bytes in UTF-8."""
    length = len(text)
    return 0.6 * length + 0.5 * len(text.encode("utf-8", "replace"))


def lines_of(text: str, encoded: bytes, *, room: float) -> float:
    """How many lines of so many digits a text takes; `encoded` is the same in UTF-8."""
    if "\n" in text:
        return float(sum(max(1, ceil(digits(part) / room)) for part in text.split("\n")))
    length = len(text)
    return (0.6 * length + 0.5 * len(encoded)) / room


def lines_of_each(
    texts: Sequence[str], encoded: Sequence[bytes], *, room: float
) -> Sequence[float]:
    """As `lines_of`, of texts of one line."""
    lengths = zip(map(len, texts), map(len, encoded), strict=True)
    return [(0.6 * length + 0.5 * in_utf8) / room for length, in_utf8 in lengths]
