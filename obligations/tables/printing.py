"""Texts of page headers and footers, as Excel codes them."""

from __future__ import annotations

import re

_SECTIONS = re.compile(r"&[LCRlcr]")
_CODES = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f+-]{6}|&\d{1,3}|&[A-Za-z]')


def printed_texts(coded: str) -> list[str]:
    """&C&"黑体"机密 -> 机密: the texts to the left, in the middle, to the right."""
    found = [_CODES.sub("", part).replace("&&", "&") for part in _SECTIONS.split(coded)]
    return [text.strip() for text in found if text.strip()]
