"""How high a row must be, so that no reader cuts wrapped text: pure arithmetic.

Excel fits rows when it opens a file, other readers do not; so every height is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from accounts.text_widths import digits, lines_of, usable

# Of the body, and what one of its lines takes, in points.
BODY = 10.5
LINE, PADDING = 15.2, 5.5
SMALLEST, GREATEST = LINE + PADDING, 409.0


def of_lines(count: float) -> float:
    """Points for a number of lines."""
    return min(max(ceil(count) * LINE + PADDING, SMALLEST), GREATEST)


def of_text(text: str, *, width: float, size: float = BODY) -> float:
    """Points for one text in a column, in a font of a size."""
    room = usable(width) * BODY / size
    lines = max(1, ceil(lines_of(text, text.encode("utf-8", "replace"), room=room)))
    return max(of_lines(1), min(lines * LINE * size / BODY + PADDING, GREATEST))


def beginning(text: str, *, room: float, lines: float) -> str:
    """As much of a text as so many lines of a column take; at least one character."""
    end, left = 0, max(floor(lines), 1)
    for part in text.split("\n"):
        takes = ceil(lines_of(part, part.encode("utf-8", "replace"), room=room)) or 1
        if takes > left:
            return text[: max(end + _fitting(part, room * left), 1)]
        end, left = end + len(part) + 1, left - takes
    return text


def shortened(text: str, *, room: float, lines: float, ending: str) -> str:
    """The beginning of a text and what is said instead of the rest, in so many lines."""
    return f"{beginning(text, room=room, lines=lines - digits(ending) / room - 1)}{ending}"


def _fitting(text: str, digits_left: float) -> int:
    """How many characters of a text have room."""
    for place, character in enumerate(text):
        digits_left -= digits(character)
        if digits_left < 0:
            return place
    return len(text)


def between(fields: Sequence[str], *, apart: str, width: float, size: float = BODY) -> str:
    """Fields side by side, in lines that each end between two of them where that takes no more
    lines than a program would make of them by itself."""
    room, lines = usable(width) * BODY / size, list(fields[:1])
    for field in fields[1:]:
        longer = f"{lines[-1]}{apart}{field}"
        if digits(longer) > room:
            lines.append(field)
        else:
            lines[-1] = longer
    whole = apart.join(fields)
    by_itself = lines_of(whole, whole.encode("utf-8", "replace"), room=room)
    return whole if len(lines) > ceil(by_itself) else "\n".join(lines)


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
