"""Compares and cleans what people write into cells: labels, names, running text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_BLANKS = re.compile(r"\s+")
_BRACKETED = re.compile(r"\([^()]*\)$")
# Control characters, and those that change the direction of writing, hide or forge text.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff]"
)
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef，。、；：（）“”《》"
_BREAK_IN_NAME = re.compile(rf"(?<=[{_WIDE}])\s+|\s+(?=[{_WIDE}])")


@lru_cache(maxsize=2_000)
def matching(text: str) -> str:
    """What two ways of writing the same label have in common: width, case, blanks aside."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return _BLANKS.sub("", plain)


def label_matching(text: str) -> str:
    """As `matching`, without the marks that surround a column's label."""
    return matching(text).strip("*※:#·.")


def without_bracket(label: str) -> str:
    """A matched label without the remark in brackets at its end."""
    return _BRACKETED.sub("", label)


def one_line(text: str) -> str:
    """A label or name on one line; a break between Chinese characters leaves no blank."""
    if " " not in text and text.isprintable():  # as nearly every cell; the rest costs much
        return text
    return _BLANKS.sub(" ", _BREAK_IN_NAME.sub("", _INVISIBLE.sub("", text).strip()))


def paragraphs(text: str) -> str:
    """Running text: line ends made equal, blanks around lines dropped, lines kept."""
    if text.isprintable():  # neither line ends nor invisible characters
        return text.strip()
    lines = _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def forbidden(text: str) -> str:
    """The first forbidden character as U+XXXX; "" where there is none."""
    if text.isprintable():
        return ""
    found = _FORBIDDEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def printable(text: str) -> str:
    """The text with forbidden characters left out, for raw cells and quotations."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def quoted(text: str, *, length: int = 40) -> str:
    """The start of a text on one line, for a message."""
    line = one_line(printable(text))
    return line if len(line) <= length else f"{line[: length - 1]}…"
