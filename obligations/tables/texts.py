"""Bytes of a text file to characters: UTF-8, UTF-16, GB18030."""

from __future__ import annotations

import codecs
import unicodedata

from obligations.tables.findings import refusal

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def without_mark(data: bytes) -> bytes:
    """The bytes after a byte order mark, where there is one."""
    for mark, _encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :]
    return data


def looks_like_text(data: bytes) -> bool:
    """No NUL bytes, unless they are those of UTF-16; few control characters."""
    if _utf_16(data):
        return True
    start = data[:65536]
    controls = sum(start.count(bytes([code])) for code in (*range(1, 8), *range(14, 27)))
    return b"\0" not in data and controls * 20 <= len(start)


def decode(data: bytes) -> str:
    """The text of a .csv file; raises Refused("encoding")."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding)
    guessed = _utf_16(data)
    if guessed:
        return _decode(data, guessed)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_broken_utf_8(data):
            raise refusal("encoding", position=error.start + 1) from error
    return _decode(data, "gb18030")


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise refusal("encoding", position=error.start + 1) from error
    if any(unicodedata.category(sign) in ("Cn", "Co") for sign in set(text)):
        raise refusal("encoding", position=1)
    return text


def _utf_16(data: bytes) -> str:
    """UTF-16 with its mark, or without one where every other byte of the start is NUL."""
    for mark, encoding in _MARKS[1:]:
        if data.startswith(mark):
            return encoding
    start = data[:400]
    low, high = start[1::2].count(0), start[::2].count(0)
    if len(start) < 8 or max(low, high) * 20 < len(start) or min(low, high):
        return ""
    return "utf-16-le" if low else "utf-16-be"


def _is_broken_utf_8(data: bytes) -> bool:
    """Nearly all UTF-8: then GB18030 would only turn it into nonsense."""
    text = data.decode("utf-8", errors="replace")
    wide = sum(1 for sign in text if sign > "\x7f")
    return text.count("\ufffd") * 20 < wide
