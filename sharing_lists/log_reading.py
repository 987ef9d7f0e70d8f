"""Reads a log: its rows, whom they mean, and every problem in words."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeVar

from django.utils.translation import gettext as _

from obligations.importing import mappings
from obligations.tables import limits, sandbox, wording
from obligations.tables.findings import Problem, Refused
from obligations.tables.grids import Cell
from obligations.tables.table import DataRow, Table
from obligations.today import SHANGHAI
from sharing_lists import log_cells
from sharing_lists.log_columns import LOG

T = TypeVar("T")
Outcome = Literal["accept", "row_errors", "reject"]
# A platform's clock may run ahead a little.
_AHEAD = dt.timedelta(hours=1)
_LOST_FIGURES = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+", re.ASCII)
# What people write where they have nothing to say.
_BLANK = ("", "-", "—", "/", "--", "——", "无")


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of a log: which resource, when, and what was counted; times in ISO format."""

    number: int
    code: str
    title: str
    provider: str
    at: str
    calls: int | None = None
    failures: int | None = None
    rows: int | None = None
    newest: str = ""

    @property
    def values(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def raw(self) -> str:
        """As kept with the delivery."""
        return json.dumps(self.values, ensure_ascii=False)

    @property
    def shown(self) -> str:
        return self.title or self.code


@dataclass(slots=True)
class LogReading:
    """What was understood; `layout` as of lists, also where the columns were not."""

    outcome: Outcome
    rows: list[LogRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict)


def read(
    data: bytes, *, name: str, now: dt.datetime, mapping: Mapping[str, Any] | None = None
) -> LogReading:
    """Never raises for what is in the file. `mapping`: what a person said of its columns."""
    try:
        table = sandbox.read_table(
            data,
            name=name,
            known=mappings.known_of(LOG),
            mapping=mapping,
            remembered=mappings.remembered(LOG),
        )
    except Refused as refused:
        problems = [finding.said() for finding in refused.findings]
        return LogReading("reject", problems=problems, layout=refused.layout)
    if not {"code", "title"} & table.labels.keys():
        said = _("The log must name the resource: neither its code nor its title was found.")
        problem = Problem(table.header_row, "资源名称", "missing_column", said)
        layout = {**table.layout, "missing": ["title"]}
        return LogReading("reject", problems=[problem], layout=layout)
    return _understood(table, now=now)


def _understood(table: Table, *, now: dt.datetime) -> LogReading:
    reading = LogReading("accept", layout=table.layout)
    reading.problems = [finding.said() for finding in table.problems]
    for row in table.rows:
        reader = _Row(row, table)
        understood = reader.read(latest=now + _AHEAD)
        reading.problems += reader.problems
        if understood is not None:
            reading.rows.append(understood)
    if reading.problems:
        reading.outcome = "row_errors"
    return reading


class _Row:
    """One row on its way; what is wrong is collected."""

    def __init__(self, row: DataRow, table: Table) -> None:
        self._row, self._table = row, table
        self.problems: list[Problem] = []

    def read(self, *, latest: dt.datetime) -> LogRow | None:
        code, title = self._code(), self._text("title")
        if not code and not title:
            self._say("title", "empty", _("The row names no resource."))
        at = self._time("at", latest=latest)
        if at is None and self._is_blank("at"):
            self._say("at", "empty", _("The row says no time."))
        found = LogRow(
            number=self._row.number,
            code=code,
            title=title,
            provider=self._text("provider"),
            at=at.isoformat() if at else "",
            **self._calls(),
            rows=self._count("rows"),
            newest=newest.isoformat() if (newest := self._time("newest", latest=latest)) else "",
        )
        return None if self.problems else found

    def _calls(self) -> dict[str, int | None]:
        """Calls and failures; what one of them leaves open the successful ones tell."""
        calls, failures, successes = map(self._count, ("calls", "failures", "successes"))
        if successes is not None and calls is None and self._is_blank("calls"):
            calls = successes + (failures or 0)
        elif successes is not None and calls is not None and failures is None:
            failures = max(calls - successes, 0)
        if failures and calls is None and self._is_blank("calls"):
            self._say("calls", "empty", _("Failures are given, but not how many calls were made."))
        elif calls is not None and (failures or 0) > calls:
            self._say("failures", "contradiction", _("More calls failed than were made."))
        elif calls is not None and (successes or 0) > calls:
            sentence = _("More calls succeeded than were made.")
            self._say("successes", "contradiction", sentence)
        return {"calls": calls, "failures": failures}

    def _code(self) -> str:
        """A long code that a sheet took for a number has lost its last figures."""
        cell = self._row.cells.get("code")
        if cell is not None and _LOST_FIGURES.fullmatch(cell.text):
            sentence = _(
                "“%(text)s” has lost figures: the sheet took the code for a number. Format the "
                "column as text, and export it again."
            )
            self._say("code", "bad_value", sentence % {"text": wording.quoted(cell.text)})
        return self._text("code")

    def _text(self, name: str) -> str:
        cell = self._row.cells.get(name)
        if cell is None:
            return ""
        return wording.one_line(wording.printable(cell.text))[: limits.NAME_LENGTH]

    def _count(self, name: str) -> int | None:
        return self._value(name, log_cells.count)

    def _time(self, name: str, *, latest: dt.datetime) -> dt.datetime | None:
        date1904 = self._table.date1904
        found = self._value(name, lambda cell: log_cells.moment(cell, date1904=date1904))
        if found is not None and found > latest:
            said = {"text": found.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")}
            sentence = _("%(text)s has not come yet: a log tells what happened; check the day.")
            self._say(name, "future", sentence % said)
            return None
        return found

    def _value(self, name: str, understand: Callable[[Cell], T]) -> T | None:
        """What a filled cell says; None for a blank one and for one that is said to be wrong."""
        if self._is_blank(name):
            return None
        try:
            return understand(self._row.cells[name])
        except log_cells.Unfit as why:
            self._say(name, "bad_value", str(why))
            return None

    def _is_blank(self, name: str) -> bool:
        cell = self._row.cells.get(name)
        return cell is None or wording.one_line(cell.text) in _BLANK

    def _say(self, name: str, kind: str, message: str) -> None:
        label = self._table.labels.get(name) or LOG.column(name).label
        self.problems.append(Problem(self._row.number, label, kind, message))
