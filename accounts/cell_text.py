"""Text as a cell of a workbook can hold it: pure."""

from __future__ import annotations

import re
from typing import NamedTuple

# Excel counts UTF-16 units, so that a character outside the basic plane counts twice.
LONGEST = 32_767
# XML 1.0 cannot hold these in any spelling; a lone surrogate makes a file nobody can open.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ as an escape; such text is written with its underscore escaped.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Cleaned(NamedTuple):
    """Text that fits, and what had to be taken away for it."""

    text: str
    removed: int
    cut: int


def clean(text: str, *, longest: int = LONGEST) -> Cleaned:
    """Drop what XML cannot hold and cut what Excel cannot; line ends become newlines. `longest` is
    in UTF-16 units."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    legal, removed = _FORBIDDEN.subn("", joined)
    return Cleaned(*_fit(legal, longest, removed=removed))


def legal(text: str) -> str:
    """The whole text without what XML, and much else, cannot hold."""
    return _FORBIDDEN.sub("", text)


def _fit(text: str, longest: int, *, removed: int) -> tuple[str, int, int]:
    if len(text) * 2 <= longest:
        return text, removed, 0
    units = text.encode("utf-16-le")
    if len(units) <= longest * 2:
        return text, removed, 0
    # "ignore" drops the half of a pair that the cut may leave at the end.
    kept = units[: longest * 2].decode("utf-16-le", errors="ignore")
    return kept, removed, len(text) - len(kept)


def keep_underscores(text: str) -> str:
    """Text that only looks like Excel's _xHHHH_ escape stays what it is."""
    return _ESCAPE_LIKE.sub("_x005F_", text)
