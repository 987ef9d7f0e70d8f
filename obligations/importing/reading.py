"""Reads a list file of one kind: its rows as drafts, and every problem in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from accounts.names import Directory
from obligations.importing import drafting, mappings
from obligations.importing.drafting import Draft
from obligations.importing.memory import rarely_collecting
from obligations.kinds import Kind
from obligations.tables import entries, sandbox
from obligations.tables.entries import Entry
from obligations.tables.findings import Finding, Problem, Refused
from obligations.tables.table import Table
from obligations.tables.values import Reading

Outcome = Literal["accept", "row_errors", "reject"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning about the file as a whole: it may be applied all the same."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A name that nobody bears: where it stands, and whom it may mean, likeliest first.

    `suggestions`: {"key": "department:3" or "group:2", "name", "why", "likely"}, as
    accounts.names.Suggestion.
    """

    text: str
    rows: list[int]
    columns: list[str]
    suggestions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class ListReading:
    """What was understood. `rows` are normalised values by column label, one per data row.

    `drafts` (rows of one resource in one) are there only when the outcome is "accept".
    """

    outcome: Outcome
    kind: Kind
    rows: list[Mapping[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    # Names that nobody bears, also where the file is accepted all the same.
    unresolved: list[Unresolved] = field(default_factory=list)
    # What was recognised in the sheet (tables.layouts.Layout as JSON), also where the file is
    # refused for its columns; {} where nothing was, or nothing may be kept.
    layout: dict[str, Any] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def is_secret(self) -> bool:
        """The file bears a mark of secrecy: nothing of it may be kept."""
        return any(problem.kind == "secret" for problem in self.problems)


@rarely_collecting()
def read(
    data: bytes,
    *,
    name: str,
    kind: Kind,
    on: dt.date,
    issued_on: dt.date | None = None,
    sheet: str = "",
    mapping: Mapping[str, Any] | None = None,
    first_leads: bool = False,
    allow_unresolved: bool = False,
) -> ListReading:
    """Never raises for what is in the file. Departments are looked up as they stand on `on`;
    `issued_on` gives the year of deadlines that name none; the rest is what a person chose."""
    directory = Directory(on)
    try:
        table = sandbox.read_table(
            data,
            name=name,
            known=mappings.known_of(kind),
            sheet=sheet,
            mapping=mapping,
            remembered=mappings.remembered(kind),
        )
    except Refused as refused:
        return ListReading("reject", kind, problems=_said(refused.findings), layout=refused.layout)
    how = Reading(
        directory,
        issued_on,
        date1904=table.date1904,
        first_leads=first_leads,
        allow_unresolved=allow_unresolved,
    )
    return _understood(table, kind, how, directory)


def _understood(table: Table, kind: Kind, how: Reading, directory: Directory) -> ListReading:
    try:
        understood = entries.understand(table, kind, how)
    except Refused as refused:
        lacking = {found.column for found in refused.findings}
        fields = [column.field for column in kind.columns if column.label in lacking]
        layout = {**table.layout, "missing": fields}
        return ListReading("reject", kind, problems=_said(refused.findings), layout=layout)
    reading = ListReading(
        "row_errors" if understood.problems else "accept",
        kind,
        rows=[entry.shown for entry in understood.entries],
        problems=_said(understood.problems),
        warnings=_noticed([*understood.warnings, *_empty_groups(understood.entries, kind)]),
        unresolved=_unresolved(understood.unresolved, directory),
        layout=table.layout,
    )
    if reading.outcome == "accept":
        reading.drafts, alone = drafting.draft(understood.entries, kind, directory=directory)
        missing = (Finding("no_counterpart", facts={"name": body}) for body in alone)
        reading.warnings += _noticed(missing)
    return reading


def _unresolved(
    found: Mapping[str, list[tuple[int, str]]], directory: Directory
) -> list[Unresolved]:
    return [
        Unresolved(
            name,
            [row for row, _ in cells],
            list(dict.fromkeys(label for _, label in cells)),
            [one._asdict() for one in directory.suggest(name)],
        )
        for name, cells in found.items()
    ]


def _empty_groups(entries: Iterable[Entry], kind: Kind) -> list[Finding]:
    """A warning for each group that has no members on the day: nobody would owe anything."""
    fields = [column.field for column in kind.columns if column.type in ("body", "bodies")]
    names = {
        body.name: None
        for entry in entries
        for name in fields
        for body in entry.values[name]
        if body.is_resolved and not body.departments
    }
    return [Finding("empty_group", facts={"name": name}) for name in names]


def _said(findings: Iterable[Finding]) -> list[Problem]:
    return [finding.said() for finding in findings]


def _noticed(findings: Iterable[Finding]) -> list[Notice]:
    return [Notice(finding.kind, finding.sentence()) for finding in findings]
