"""What columns are called: by the kind of list, by an earlier file, by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from obligations.tables import wording
from obligations.tables.findings import Finding, Refused
from obligations.tables.grids import column_letters

# Why a column was taken for what it is; "" where it was not recognised.
Why = Literal[
    "label",  # called as in the kind
    "alias",  # called as one of its other names
    "bracket",  # so, but for a remark in brackets
    "slash",  # one of several names beside a slash
    "lower",  # the lower part of a merged label
    "joined",  # the group and the lower part together
    "upper",  # the upper part of a merged label
    "person",  # a person said so
    "remembered",  # a person said so of an earlier file
    "",
]
# Header number -> what a person said its columns mean, counted from its first labelled one.
Remembered = Mapping[str, Mapping[int, str]]
# A person may name so many rows as the header, down to this row, and columns up to this one.
MOST_HEADER_ROWS = 5
_LAST_ROW = 2**20
_LAST_COLUMN = 2**14


class Known(NamedTuple):
    """A column that the table may have."""

    field: str
    label: str
    names: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of one sheet: its header rows (0: as recognised), and what columns mean
    (number -> field, or "" for one that is not used; the others as recognised)."""

    sheet: str = ""
    top: int = 0
    bottom: int = 0
    columns: Mapping[int, str] = field(default_factory=dict)


class Recognised(NamedTuple):
    """A field, or "", and why a label was taken for it."""

    field: str = ""
    why: Why = ""


class Vocabulary:
    """Finds the field that a label names; knows what people said besides."""

    def __init__(
        self,
        known: Sequence[Known],
        *,
        remembered: Remembered | None = None,
        said: Said | None = None,
    ) -> None:
        self.labels = {column.field: column.label for column in known}
        self.remembered = remembered or {}
        self.said = said
        self._found: dict[str, Recognised] = {}
        for column in known:
            for place, name in enumerate((column.label, *column.names)):
                meant = Recognised(column.field, "alias" if place else "label")
                self._found.setdefault(wording.label_matching(name), meant)

    def recognise(self, text: str) -> Recognised:
        """A remark in brackets and a second name after a slash are no harm."""
        label = wording.label_matching(text)
        if label in self._found:
            return self._found[label]
        bare = self._found.get(wording.without_bracket(label))
        if bare:
            return Recognised(bare.field, "bracket")
        parts = {self._found[part].field for part in label.split("/") if part in self._found}
        return Recognised(parts.pop(), "slash") if len(parts) == 1 else Recognised()


def said(mapping: Mapping[str, Any], *, sheet: str, known: Sequence[Known]) -> Said | None:
    """What {"top", "bottom", "columns": {"3": field}} says; None where it says nothing.
    Refused where it cannot hold, whatever the file."""
    if not mapping:
        return None
    top, bottom = int(mapping.get("top", 0)), int(mapping.get("bottom", 0))
    columns = {int(number): str(name) for number, name in mapping.get("columns", {}).items()}
    findings = [*_wrong_rows(top, bottom), *_wrong_columns(columns, known)]
    if findings:
        raise Refused(*findings)
    return Said(sheet, top, bottom, columns)


def _wrong_rows(top: int, bottom: int) -> list[Finding]:
    as_recognised = top == bottom == 0
    if as_recognised or (1 <= top <= bottom <= _LAST_ROW and bottom - top < MOST_HEADER_ROWS):
        return []
    facts = {"top": top, "bottom": bottom, "most": MOST_HEADER_ROWS}
    return [Finding("bad_mapping", variant="rows", facts=facts)]


def _wrong_columns(columns: Mapping[int, str], known: Sequence[Known]) -> list[Finding]:
    """Columns and fields that cannot be, a field said of two columns, and nothing said to be used
    though every column is spoken of."""
    labels = {column.field: column.label for column in known}
    findings, first = [], dict[str, int]()
    for number in sorted(columns):
        name, letters = columns[number], column_letters(max(number, 0))
        if not 1 <= number <= _LAST_COLUMN:
            facts = {"letters": letters or str(number)}
            findings.append(Finding("bad_mapping", variant="column", facts=facts))
        elif name and name not in labels:
            facts = {"letters": letters, "field": wording.quoted(name)}
            findings.append(Finding("bad_mapping", variant="field", facts=facts))
        elif name and first.setdefault(name, number) != number:
            findings.append(_twice(first[name], number, labels[name]))
    return findings


def _twice(first: int, second: int, label: str) -> Finding:
    letters = {"first": column_letters(first), "letters": column_letters(second)}
    facts = {**letters, "label": label, "columns": [first, second]}
    return Finding("bad_mapping", variant="twice", facts=facts)
