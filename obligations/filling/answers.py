"""What one row of the workbook says that was not there when it was downloaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from obligations.filling import columns, days, facts
from obligations.filling.columns import Column
from obligations.filling.days import Unfit
from obligations.filling.keys import Kept, Keys
from obligations.models import Evidence
from obligations.tables import wording
from obligations.tables.findings import Finding, Problem
from obligations.tables.grids import Cell


@dataclass
class Answer:
    """`values` are fields of the plan and of the round's question (`asked`) that differ from
    `base`, as downloaded; JSON values all."""

    pk: int
    row: int
    title: str
    claims: int
    base: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    claims_now: bool = False
    note: str = ""
    # (kind, text, first day, last day)
    evidence: list[tuple[str, ...]] = field(default_factory=list)
    period: tuple[str, str] = ("", "")
    asked: int | None = None

    @classmethod
    def kept(cls, said: dict[str, Any]) -> Answer:
        """As the database gives it back: it knows no tuples."""
        pieces = [(*piece, "", "")[:4] for piece in said["evidence"]]
        period = tuple(said.get("period", ("", "")))
        return cls(**{**said, "evidence": pieces, "period": period})

    @property
    def said(self) -> dict[str, str]:
        """What is said in the monthly round."""
        return {name: self.values[name] for name in columns.ROUND_FIELDS if name in self.values}

    @property
    def says_something(self) -> bool:
        return bool(self.values or self.claims_now or self.note or self.evidence)


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
    answer = Answer(kept.pk, number, kept.known[columns.TITLE], kept.claims, asked=kept.asked)
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
    if not problems:
        problems += _settle(answer, kept)
    return (answer if answer.says_something else None), problems


def _take(answer: Answer, column: Column, written: str, kept: Kept) -> None:
    before = kept.filled.get(column.field, "")
    if column.field == "done":
        answer.claims_now = _claims(written, before)
    elif column.field == "note":
        answer.note = written
    elif column.field == "said":
        _say(answer, written, before)
    elif column.field == "period":
        first, _slash, last = written.partition("/")
        answer.period = (first, last)
    elif column.field in columns.PROOF_KINDS:
        answer.evidence += [(column.field, text, "", "") for text in written.split("\n") if text]
    elif written != before:
        answer.base[column.field], answer.values[column.field] = before, written


def _say(answer: Answer, written: str, before: str) -> None:
    """An emptied cell takes nothing back; a word that is none of ours is not guessed at."""
    if not written or written == before:
        return
    if written not in columns.SAID_WORDS.values():
        raise _no_choice(written, columns.SAID, columns.SAID_WORDS.values())
    answer.base["said"], answer.values["said"] = before, written


def _settle(answer: Answer, kept: Kept) -> Iterable[Problem]:
    """What the cells of a row mean together; what makes no sense is a problem, and not used."""
    problem = _settle_said(answer, kept)
    if problem:
        yield problem
        for name in answer.said:
            del answer.base[name], answer.values[name]
    if not any(answer.period):
        return
    pieces = [piece for piece in answer.evidence if piece[0] not in Evidence.TIMELESS]
    if not pieces:
        yield Problem(answer.row, columns.PERIOD, "period_of_nothing", _covers_nothing())
    answer.evidence = [
        (*piece[:2], *answer.period) if piece in pieces else piece for piece in answer.evidence
    ]


def _settle_said(answer: Answer, kept: Kept) -> Problem | None:
    """Changed words are an answer of their own, and go with no other one."""
    words = [name for name in columns.TEXT_FIELDS if name in answer.values]
    changed, before = columns.SAID_WORDS["changed"], kept.filled.get("said", "")
    if words and "said" not in answer.values and before != changed:
        answer.base["said"], answer.values["said"] = before, changed
    if answer.said and answer.asked is None:
        return Problem(answer.row, columns.SAID, "no_round", _no_round())
    chosen = answer.values.get("said", changed)
    # Who says that nothing is to be reported may empty the words.
    kept_words = chosen == columns.SAID_WORDS["no_change"]
    if chosen != changed and any(answer.values[name] or kept_words for name in words):
        return Problem(answer.row, columns.SAID, "words_without_change", _words_changed())
    return None


def _claims(written: str, before: str) -> bool:
    """An emptied cell asks for nothing; a word that is none of ours is not guessed at."""
    if not written or written == before:
        return False
    if written not in columns.DONE_WORDS:
        raise _no_choice(written, columns.DONE, (columns.UNDERWAY, columns.CLAIM))
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
        return days.day(cell, made_on=made_on, date1904=date1904)
    if column.field == "period":
        return days.period(cell, made_on=made_on, date1904=date1904)
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


def _no_choice(written: str, column: str, choices: Iterable[str]) -> Unfit:
    text = _("“%(text)s” is not a value of “%(column)s”. Write one of: %(choices)s.")
    said = {"text": wording.quoted(written), "column": column, "choices": "、".join(choices)}
    return Unfit("bad_choice", text % said)


def _no_round() -> str:
    return _("No open round asks about this row: leave these cells empty.")


def _words_changed() -> str:
    return _("You wrote something new: choose “%(choice)s”, or leave the words as they were.") % {
        "choice": columns.SAID_WORDS["changed"]
    }


def _covers_nothing() -> str:
    return _(
        "These days cover nothing: fill in an interface code, a link or a delivery receipt, or "
        "empty the cell."
    )


def _no_value(cell: Cell) -> Unfit:
    if cell.kind == "error":
        return _said("error_value", text=wording.quoted(cell.text))
    return _said("formula_no_value" if cell.kind == "no_value" else "corrupt_cell")


def _said(kind: str, *, column: str = "", **about: Any) -> Unfit:
    """In the words that list files are judged in."""
    return Unfit(kind, Finding(kind, column=column, facts=about).sentence())
