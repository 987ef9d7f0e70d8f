"""Text as a worksheet can hold it: pure, without a workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence

from accounts.cell_text import LONGEST, keep_underscores

# The watermark's place in a file that lies in store: a line of its own at the end of a text.
RESERVED = "水印：存档原件，未经下载"
# One class of characters is searched many times faster than alternatives; spaces are asked apart.
_SUSPECT = re.compile("[&<>_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NEEDS_CARE = re.compile(
    "[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\\s|\\s$"
)


def needs_care(text: str) -> bool:
    """Whether the text must be cleaned or escaped before it becomes XML."""
    if _SUSPECT.search(text) is None and len(text) * 2 <= LONGEST:
        return text.strip() != text
    return len(text) * 2 > LONGEST or _NEEDS_CARE.search(text) is not None


def plain_texts(texts: Sequence[str]) -> list[bytes] | None:
    """All of them in UTF-8, where each is a line that needs no care; else None. One look at all of
    them takes a fraction of the time of one at each."""
    joined = "\n".join(texts)
    if not all(texts) or _SUSPECT.search(joined) or [*map(str.strip, texts)] != [*texts]:
        return None
    parts = joined.encode().split(b"\n")
    if len(parts) != len(texts) or max(map(len, texts)) * 2 > LONGEST:
        return None
    return parts


def as_xml(text: str) -> str:
    """A <t> element's attributes, content and end for clean text: `>content</t>`."""
    content = keep_underscores(text)
    content = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    space = ' xml:space="preserve"' if content != content.strip() else ""
    return f"{space}>{content}</t>"
