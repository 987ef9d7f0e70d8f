"""What is wrong with a file or a cell: findings, and the refusal of a whole file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from obligations.tables import sentences


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding in words. `row` is the sheet's row number, `column` the label as in the file."""

    row: int | None
    column: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind, a place and facts; facts are JSON values, so that a child process can send them.

    `variant` chooses between several sentences of one kind; `message`, where given, is said as is.
    """

    kind: str
    row: int | None = None
    column: str = ""
    variant: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""

    def said(self) -> Problem:
        """The finding in the language that is active now."""
        return Problem(self.row, self.column, self.kind, self.sentence())

    def sentence(self) -> str:
        if self.message:
            return self.message
        key = f"{self.kind}.{self.variant}" if self.variant else self.kind
        place = {"column": self.column, "row": self.row}
        return str(sentences.SENTENCES[key]) % {**place, **self.facts}


class Refused(Exception):
    """The whole file is refused; nothing of it is used."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(*(finding.kind for finding in findings))
        self.findings = findings
        # What was recognised all the same (layouts.Layout as JSON), for a person to mend it.
        self.layout: dict[str, Any] = {}

    @property
    def kind(self) -> str:
        return self.findings[0].kind

    @property
    def message(self) -> str:
        return self.findings[0].sentence()


def refusal(kind: str, variant: str = "", **facts: Any) -> Refused:
    """A refusal for one reason."""
    return Refused(Finding(kind, variant=variant, facts=facts))
