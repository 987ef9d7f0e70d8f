"""Reads the values of single cells: texts, labels, lists, units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from obligations.tables import wording

_OTHER = re.compile(r"其他[(:,]")
_SEPARATORS = "、，,；;\n"
_OPENING, _CLOSING = "(（[【《“", ")）]】》”"
_VALUES = re.compile(r"[、，,；;／/\s]+|及|和")
_STRONG = re.compile(r"[、／/；;，,\n]+")
_WEAK = re.compile(r"(会同|及|和|与|\s+)")
_ROLE = re.compile(r"[(（](牵头|配合|主办|协办|主责)(部门|单位)?[)）]")
_MOST_PIECES = 60

Choices = Mapping[str, tuple[str, tuple[str, ...]]]


def choice(text: str, choices: Choices, *, other_keeps_text: bool = False) -> str:
    """The stored value of a label or alias; "" where it is neither."""
    key = wording.matching(text)
    found = _spellings(tuple(choices.items())).get(key, "")
    if not found and other_keeps_text and _OTHER.match(key) and "other" in choices:
        return "other"
    return found


@cache
def _spellings(choices: tuple[tuple[str, tuple[str, tuple[str, ...]]], ...]) -> dict[str, str]:
    return {
        wording.matching(spelling): value
        for value, (label, others) in choices
        for spelling in (label, *others)
    }


def values(text: str) -> list[str]:
    """The parts of a cell that may hold several labels."""
    return [part for part in _VALUES.split(text) if part]


def listed(text: str) -> list[str]:
    """信息项 or scenes: parts on their own, each once; separators inside brackets do not count."""
    parts, depth, current = [], 0, ""
    for sign in text:
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if sign in _SEPARATORS and (depth <= 0 or sign == "\n"):
            parts.append(current)
            current, depth = "", 0
        else:
            current += sign
    parts.append(current)
    return list(dict.fromkeys(name for part in parts if (name := wording.one_line(part))))


def units(text: str, *, is_known: Callable[[str], bool]) -> list[str]:
    """The bodies that a cell names, known or not. A name that holds a separator stays whole."""
    plain = _ROLE.sub("", text).strip()
    if not plain or is_known(plain):
        return [wording.one_line(plain)] if plain else []
    names: list[str] = []
    for part in _STRONG.split(plain):
        if part.strip():
            names += _split_weakly(part.strip(), is_known)
    return list(dict.fromkeys(names))


def _split_weakly(part: str, is_known: Callable[[str], bool]) -> list[str]:
    """Splits at 及, 和, 会同, 与 and blanks where that leaves least in doubt."""
    if is_known(part):
        return [wording.one_line(part)]
    pieces = _WEAK.split(part)
    if len(pieces) == 1 or len(pieces) > _MOST_PIECES:
        return [wording.one_line(part)]
    # The best way to read the text from piece i on; separators stand at odd places.
    best: dict[int, list[str]] = {len(pieces) + 1: []}
    for start in range(len(pieces) - 1, -1, -2):
        ways = [best[start + 2]] if not pieces[start].strip() else []
        for end in range(len(pieces) - 1, start - 1, -2):
            name = wording.one_line("".join(pieces[start : end + 1]))
            ways += [[name, *best[end + 2]]] if name else []
        best[start] = min(ways, key=lambda names: _doubt(names, is_known), default=[])
    return best[0]


def _doubt(names: list[str], is_known: Callable[[str], bool]) -> tuple[int, int, int, int]:
    """Fewest unknown names; then least text in them; then fewest, longest names."""
    unknown = [len(name) for name in names if not is_known(name)]
    written = sum(len(name) for name in names)
    return len(unknown), sum(unknown), len(names), -written
