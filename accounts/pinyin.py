"""Pinyin initials, by which Chinese names are ordered and searched."""

from pypinyin import Style, lazy_pinyin


def initials(text: str) -> str:
    """`省教育厅` → `sjyt`; other characters stay as they are."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold()[:400]


def syllable(sign: str) -> str:
    """How one character is read most often, without its tone; others stay as they are."""
    return "".join(lazy_pinyin(sign)).casefold()
