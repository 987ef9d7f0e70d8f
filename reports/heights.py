"""How high a row must be, so that no reader cuts wrapped text: pure arithmetic.

Excel fits rows when it opens a file, other readers do not; so every height is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from operator import truediv

# Of the body, and what one of its lines takes, in points.
BODY = 10.5
LINE, PADDING = 15.2, 5.5
SMALLEST, GREATEST = LINE + PADDING, 409.0
# The edges of a cell, and the place that a word leaves empty when it moves to the next line.
_SLACK = 1.5


def usable(width: float) -> float:
    """How many digits of text a column takes in one line."""
    return max(width - _SLACK, 2.0)


def digits(text: str) -> float:
    """The width of a text in digits: a Chinese character takes two, and three bytes in UTF-8."""
    return digits_of(text, text.encode("utf-8", "replace"))


def digits_of(text: str, encoded: bytes) -> float:
    """As `digits`, of a text that is in UTF-8 already."""
    length = len(text)
    wide = (len(encoded) - length) / 2
    if "\n" in text:
        # Whatever the column, every line but the last leaves something empty.
        wide += 10 * text.count("\n")
    return 1.1 * length + wide


def of_lines(count: float) -> float:
    """Points for a number of lines."""
    return min(max(ceil(count) * LINE + PADDING, SMALLEST), GREATEST)


def of_row(widths_of_texts: Iterable[float], usable_widths: Iterable[float]) -> float:
    """Points for a row, from the widths of its texts and those of its columns."""
    return of_lines(max(map(truediv, widths_of_texts, usable_widths), default=1))


def of_text(text: str, *, width: float, size: float = BODY) -> float:
    """Points for one text in a column, in a font of a size."""
    room = usable(width) * BODY / size
    lines = sum(max(1, ceil(digits(part) / room)) for part in text.split("\n"))
    return max(of_lines(1), min(lines * LINE * size / BODY + PADDING, GREATEST))


def beginning(text: str, *, usable_width: float, lines: float) -> str:
    """As much of a text as so many lines of a column take."""
    left = usable_width * lines
    for place, character in enumerate(text):
        left -= digits(character)
        if left < 0:
            return text[:place]
    return text


def parted(text: str, *, width: float) -> list[str]:
    """A text in lines that a width takes, for where nothing may be merged or wrapped."""
    room, lines, left = usable(width), [""], usable(width)
    for character in text:
        left -= digits(character)
        if left < 0:
            lines.append("")
            left = room - digits(character)
        lines[-1] += character
    return lines
