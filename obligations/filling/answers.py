"""What one row of the workbook says that was not there when it was downloaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from obligations import deadlines
from obligations.filling import columns, facts
from obligations.filling.columns import Column
from obligations.filling.keys import Kept, Keys
from obligations.tables import wording
from obligations.tables.findings import Finding, Problem
from obligations.tables.grids import Cell


@dataclass
class Answer:
    """`values` are the plan's fields that differ from `base`, as downloaded; JSON values all."""

    pk: int
    row: int
    title: str
    claims: int
    base: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    claims_now: bool = False
    note: str = ""
    # (kind, text)
    evidence: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def kept(cls, said: dict[str, Any]) -> Answer:
        """As the database gives it back: it knows no tuples."""
        return cls(**{**said, "evidence": [tuple(piece) for piece in said["evidence"]]})

    @property
    def says_something(self) -> bool:
        return bool(self.values or self.claims_now or self.note or self.evidence)


class Unfit(Exception):
    """The cell cannot be used: a kind and a sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


def of_row(
    number: int,
    cells: Mapping[int, Cell],
    places: Mapping[str, int],
    kept: Kept,
    *,
    keys: Keys,
    date1904: bool,
) -> tuple[Answer | None, list[Problem]]:
    """What the row says, None where it says nothing new, and what is wrong with its cells."""
    answer = Answer(kept.pk, number, kept.known[columns.TITLE], kept.claims)
    problems = []
    for column in columns.FILLED:
        if column.label not in places:
            continue
        cell = cells.get(places[column.label])
        try:
            written = _written(cell, column, made_on=keys.made_at.date(), date1904=date1904)
            _take(answer, column, written, kept)
        except Unfit as reason:
            problems.append(Problem(number, column.label, reason.kind, reason.message))
    return (answer if answer.says_something else None), problems


def _take(answer: Answer, column: Column, written: str, kept: Kept) -> None:
    before = kept.filled.get(column.field, "")
    if column.field == "done":
        answer.claims_now = _claims(written, before)
    elif column.field == "note":
        answer.note = written
    elif column.field in columns.PROOF_KINDS:
        answer.evidence += [(column.field, text) for text in written.split("\n") if text]
    elif written != before:
        answer.base[column.field], answer.values[column.field] = before, written


def _claims(written: str, before: str) -> bool:
    """An emptied cell asks for nothing; a word that is none of ours is not guessed at."""
    if not written or written == before:
        return False
    if written not in columns.DONE_WORDS:
        raise Unfit(
            "bad_choice",
            _("“%(text)s” is not a value of “%(column)s”. Write one of: %(choices)s.")
            % {
                "text": wording.quoted(written),
                "column": columns.DONE,
                "choices": f"{columns.UNDERWAY}、{columns.CLAIM}",
            },
        )
    if written != columns.CLAIM:
        raise Unfit(
            "bad_choice",
            _("Only “%(claim)s” can be chosen here; leave “%(before)s” otherwise.")
            % {"claim": columns.CLAIM, "before": before},
        )
    return True


def _written(cell: Cell | None, column: Column, *, made_on: dt.date, date1904: bool) -> str:
    """The cell as it is stored; raises Unfit."""
    if cell is None:
        return ""
    if cell.kind in ("error", "no_value", "corrupt"):
        raise _no_value(cell)
    bad = wording.forbidden(cell.text)
    if bad:
        raise _said("control_char", text=bad)
    if column.field == "planned_on":
        return _day(cell, made_on=made_on, date1904=date1904)
    text = _text(cell, column)
    if column.longest and len(text) > column.longest:
        raise _said("too_long", length=len(text), column=column.label, limit=column.longest)
    return text


def _text(cell: Cell, column: Column) -> str:
    text = (
        cell.text.removesuffix("T00:00:00").replace("T", " ") if cell.kind == "date" else cell.text
    )
    if column.field in columns.PROOF_KINDS:
        lines = wording.paragraphs(text).split("\n")
        return "\n".join(wording.one_line(line) for line in lines if line.strip())
    return facts.tidy(column.field, text)


def _day(cell: Cell, *, made_on: dt.date, date1904: bool) -> str:
    """A day as 2026-09-30; in words and without a year it is of the year of the download."""
    written: str | float | dt.date = wording.one_line(cell.text)
    if cell.kind == "date":
        written = dt.datetime.fromisoformat(cell.text).date()
    elif cell.kind == "number":
        written = float(cell.text) if not cell.text.lstrip("-").isdecimal() else int(cell.text)
    if not written:
        return ""
    try:
        found = deadlines.parse(written, issued_on=made_on, date1904=date1904)
    except deadlines.BadDate as error:
        raise _no_day(cell) from error
    if found.on is None:
        raise _no_day(cell)
    return found.on.isoformat()


def _no_day(cell: Cell) -> Unfit:
    """Not in the words of lists: those offer 持续推进, and here a day is due."""
    text = _(
        "“%(text)s” is no day that is beyond doubt: write the one on which it will be done, such "
        "as 2026-09-30."
    )
    return Unfit("bad_date", text % {"text": wording.quoted(cell.text)})


def _no_value(cell: Cell) -> Unfit:
    if cell.kind == "error":
        return _said("error_value", text=wording.quoted(cell.text))
    return _said("formula_no_value" if cell.kind == "no_value" else "corrupt_cell")


def _said(kind: str, *, column: str = "", **about: Any) -> Unfit:
    """In the words that list files are judged in."""
    return Unfit(kind, Finding(kind, column=column, facts=about).sentence())
