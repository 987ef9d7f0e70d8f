"""Items as rows of the official table of their kind, such that the importer reads them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from obligations import deadlines
from obligations.importing import rebuilding
from obligations.kinds import Kind
from obligations.models import ListItem
from obligations.tables import limits

Row = list[str | dt.date]
# Identity of a row: rows of one file that share it are refused.
_Identity = tuple[str, str, frozenset[str]]


@dataclass
class OfficialTable:
    """Writes the items of one kind row by row. `issued_on`: the day from which the reader takes
    the year of deadlines that name none; without it, that of each item's own list."""

    kind: Kind
    issued_on: dt.date | None = None
    _written: set[_Identity] = field(default_factory=set)

    @property
    def labels(self) -> list[str]:
        return [column.label for column in self.kind.columns]

    def rows(self, item: ListItem, terms: Any, *, hidden: frozenset[str]) -> Iterator[Row]:
        """One row, or several where one cell cannot hold all; `hidden` columns stay blank."""
        texts: dict[str, Any] = rebuilding.texts_of(item, terms, self.kind)
        texts["deadline"] = self._deadline(item)
        texts |= dict.fromkeys(hidden, "")
        several = next((one for one in self.kind.columns if one.type == "items"), None)
        if several is None:
            yield [texts[column.field] for column in self.kind.columns]
            return
        remarks = _pieces(texts["remark"])
        spread = self._spread(item, getattr(terms, several.field), least=len(remarks))
        for place, names in enumerate(spread):
            texts[several.field] = rebuilding.listed_text(names)
            texts["remark"] = remarks[place] if place < len(remarks) else remarks[-1]
            yield [texts[column.field] for column in self.kind.columns]

    def _deadline(self, item: ListItem) -> str | dt.date:
        """The original text where the reader will take it for the same; else the day."""
        text, on = item.deadline_text, item.deadline_on
        if on is None:
            return text
        if text == on.isoformat():
            return on
        try:
            read = deadlines.parse(text, issued_on=self.issued_on or item.list.issued_on)
        except deadlines.BadDate:
            return on
        return text if read.on == on else on

    def _spread(self, item: ListItem, names: list[str], *, least: int) -> list[list[str]]:
        """The names over as few rows as fit, none of which repeats a row written before."""
        ways = _ways(names, least=least)
        chosen = first = next(ways)
        for way in (first, *ways):
            if self._written.isdisjoint(_identities(item, way)):
                chosen = way
                break
        self._written.update(_identities(item, chosen))
        return chosen


def _identities(item: ListItem, way: list[list[str]]) -> set[_Identity]:
    return {(item.body_text, item.title, frozenset(names)) for names in way}


def _ways(names: list[str], *, least: int) -> Iterator[list[list[str]]]:
    """Ways to spread names over rows, in their order; the one with fewest rows first."""
    size = max(1, len(names) // least)
    fitting = _fitting(names) if least == 1 else _even(names, size)
    yield fitting
    if len(fitting) > 1:
        return
    for cut in range(1, len(names)):
        yield [names[:cut], names[cut:]]
    yield [[name] for name in names]


def _fitting(names: list[str]) -> list[list[str]]:
    """As many names in each row as its cell holds."""
    rows: list[list[str]] = [[]]
    length = 0
    for name in names:
        if rows[-1] and length + len(name) + 1 > limits.TEXT_LENGTH:
            rows.append([])
            length = 0
        rows[-1].append(name)
        length += len(name) + 1
    return rows


def _even(names: list[str], size: int) -> list[list[str]]:
    chunks = [names[start : start + size] for start in range(0, len(names), size)] or [[]]
    return [part for chunk in chunks for part in _fitting(chunk)]


def _pieces(text: str) -> Sequence[str]:
    """A remark that many rows brought together, cut at line ends so that cells hold it."""
    if len(text) <= limits.TEXT_LENGTH:
        return [text]
    pieces = [""]
    for line in text.split("\n"):
        joined = f"{pieces[-1]}\n{line}" if pieces[-1] else line
        if len(joined) > limits.TEXT_LENGTH:
            pieces.append(line)
        else:
            pieces[-1] = joined
    return pieces
