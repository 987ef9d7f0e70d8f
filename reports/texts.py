"""Text as a worksheet can hold it: pure, without a workbook."""

from __future__ import annotations

import re
from typing import NamedTuple

# Excel counts UTF-16 units, so that a character outside the basic plane counts twice.
LONGEST = 32_767
# The watermark's place in a file that lies in store: a line of its own at the end of a text.
RESERVED = "水印：存档原件，未经下载"
# XML 1.0 cannot hold these in any spelling; a lone surrogate makes a file nobody can open.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ as an escape; such text is written with its underscore escaped.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# One class of characters is searched many times faster than alternatives; spaces are asked apart.
_SUSPECT = re.compile("[&<>_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NEEDS_CARE = re.compile(
    "[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\\s|\\s$"
)


class Cleaned(NamedTuple):
    """Text that fits, and what had to be taken away for it."""

    text: str
    removed: int
    cut: int


def clean(text: str) -> Cleaned:
    """Drop what XML cannot hold and cut what Excel cannot; line ends become newlines."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    legal, removed = _FORBIDDEN.subn("", joined)
    return Cleaned(*_fit(legal, removed=removed))


def legal(text: str) -> str:
    """The whole text without what XML, and much else, cannot hold."""
    return _FORBIDDEN.sub("", text)


def _fit(text: str, *, removed: int) -> tuple[str, int, int]:
    if len(text) * 2 <= LONGEST:
        return text, removed, 0
    units = text.encode("utf-16-le")
    if len(units) <= LONGEST * 2:
        return text, removed, 0
    # "ignore" drops the half of a pair that the cut may leave at the end.
    kept = units[: LONGEST * 2].decode("utf-16-le", errors="ignore")
    return kept, removed, len(text) - len(kept)


def needs_care(text: str) -> bool:
    """Whether the text must be cleaned or escaped before it becomes XML."""
    if _SUSPECT.search(text) is None and len(text) * 2 <= LONGEST:
        return text.strip() != text
    return len(text) * 2 > LONGEST or _NEEDS_CARE.search(text) is not None


def keep_underscores(text: str) -> str:
    """Text that only looks like Excel's _xHHHH_ escape stays what it is."""
    return _ESCAPE_LIKE.sub("_x005F_", text)


def as_xml(text: str) -> str:
    """A <t> element's attributes, content and end for clean text: `>content</t>`."""
    content = keep_underscores(text)
    content = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    space = ' xml:space="preserve"' if content != content.strip() else ""
    return f"{space}>{content}</t>"
