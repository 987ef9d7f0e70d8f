"""Finds marks of secrecy: such a file is refused whole, and nothing of it is kept."""

from __future__ import annotations

import re

from obligations.tables import wording
from obligations.tables.findings import Finding, Refused
from obligations.tables.grids import Grid, column_letters
from obligations.tables.headers import Header

_STAR = "★"
# As the values of 密级 and as marks at the head of a document: 秘密, 机密10年, 绝密级 …
_MARK = re.compile(
    r"(密级:)?(秘密|机密|绝密|工作秘密)(级|件|事项)?([:★*☆]?(\d+年|长期|\d+个月))?[★☆]?"
)
# A column of this name says of each row whether it is secret: 密级, 是否涉密, 保密级别 …
_LABEL = re.compile(r"密级|涉密|保密|秘密")
_YES = frozenset({"是", "有", "y", "yes", "√", "涉密"})
_SECRET = re.compile(r"^(?![非不无未]).*((?<!商业)秘密|机密|绝密)")
_WORD = re.compile(r"涉密|国家秘密|工作秘密|绝密|机密")
_MOST = 50


def is_secret(text: str) -> bool:
    """Whether a cell as a whole is a mark of secrecy; words inside running text are not."""
    if "密" not in text:  # as in nearly every cell
        return _STAR in text
    return _STAR in text or bool(_MARK.fullmatch(wording.matching(text)))


def _is_marked(text: str, label: str) -> bool:
    if is_secret(text):
        return True
    if not label:
        return False
    plain = wording.matching(text)
    return plain in _YES or bool(_SECRET.search(plain))


def mentions_secrecy(text: str) -> bool:
    """Words in running text that a person should look at."""
    return bool(_WORD.search(text))


def refuse_marked(grid: Grid, header: Header | None) -> None:
    """Raises Refused naming the marked cells, wherever in the sheet they stand.

    A mark beside the table, in the sheet's name or on each printed page counts, too.
    """
    if is_secret(grid.name) or any(is_secret(text) for text in grid.around):
        raise Refused(Finding("secret", variant="document"))
    labels = header.labels if header else {}
    below = header.bottom if header else 0
    telling = {column: label for column, label in labels.items() if _LABEL.search(label)}
    found = [
        Finding("secret", row=number, column=labels.get(column, column_letters(column)))
        for number, cells in grid.rows.items()
        for column, cell in cells.items()
        if _is_marked(cell.text, telling.get(column, "") if number > below else "")
    ]
    if found:
        raise Refused(*found[:_MOST])
