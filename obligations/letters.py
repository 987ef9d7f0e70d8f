"""What all checks find of a row in one short word: a letter for each check. Pure.

A night compares the word with the one beside each obligation, and looks closely only where they
differ. The word begins with a mark of which checks it tells of: other checks, other words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Expression, Func, Q, Value, When

LETTERS: Mapping[str, str] = {
    "pass": "p",
    "warn": "w",
    "fail": "f",
    "cannot_tell": "c",
    "not_yet_due": "n",
    "not_applicable": "a",
}
# A check fails in which the department owes nothing.
_ANOTHER_FAILS = "x"
_OUTCOMES = {letter: word for word, letter in LETTERS.items()} | {_ANOTHER_FAILS: "fail"}
# The check does not ask about this row.
_UNASKED = "-"
FAILS = LETTERS["fail"]
_MARKS = "0123456789"
_MARK_LENGTH = 6


@dataclass(frozen=True)
class Question:
    """One check as an expression: whom it asks, and the word for the answer."""

    code: str
    asks: Q
    answer: Case
    # Whether another than the row's department owes what is asked.
    of_another: bool = False


class _Joined(Func):
    """Texts that are never null, one after another: Concat nests them too deep for SQLite."""

    template = "(%(expressions)s)"
    arg_joiner = " || "


def word(questions: Sequence[Question]) -> Expression:
    """The word of each row."""
    mark = Value(_mark(one.code for one in questions))
    return _Joined(mark, *(_letter(one) for one in questions), output_field=CharField())


def read(text: str, codes: Sequence[str]) -> dict[str, str]:
    """Code -> outcome, from a word about these checks; nothing from a word about others."""
    if not text.startswith(_mark(codes)):
        return {}
    told = zip(codes, text[_MARK_LENGTH:], strict=True)
    return {code: _OUTCOMES[letter] for code, letter in told if letter != _UNASKED}


def write(
    found: Mapping[str, str], codes: Sequence[str], *, of_another: Collection[str] = ()
) -> str:
    """The word for outcomes by code; `read` reads it."""
    letters = (
        _letter_for(found[code], of_another=code in of_another) if code in found else _UNASKED
        for code in codes
    )
    return _mark(codes) + "".join(letters)


def _mark(codes: Iterable[str]) -> str:
    """Digits, so that no letter of an outcome is among them."""
    digest = hashlib.sha256(",".join(codes).encode()).digest()
    return "".join(_MARKS[byte % len(_MARKS)] for byte in digest[:_MARK_LENGTH])


def _letter(question: Question) -> Case:
    whens = [
        When(when.condition, then=_one(when.result, question)) for when in question.answer.cases
    ]
    answer = Case(*whens, default=_one(question.answer.default, question))
    answered = When(question.asks, then=answer)
    return Case(answered, default=Value(_UNASKED), output_field=CharField())


def _one(outcome: Expression, question: Question) -> Value:
    """Outcomes are constants (obligations.checks.outcome)."""
    if not isinstance(outcome, Value):
        raise TypeError(f"an outcome is a Value, not {outcome!r}")
    letter = _letter_for(outcome.value, of_another=question.of_another)
    return Value(letter, output_field=CharField())


def _letter_for(outcome: str, *, of_another: bool) -> str:
    letter = LETTERS[outcome]
    return _ANOTHER_FAILS if of_another and letter == FAILS else letter
