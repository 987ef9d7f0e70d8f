"""Chooses the sheet and reads its table; refuses with everything that is missing at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from obligations.tables import (
    gate,
    headers,
    joining,
    layouts,
    problemlist,
    readers,
    secrecy,
    table,
    vocabulary,
    wording,
)
from obligations.tables.findings import Finding, Refused, refusal
from obligations.tables.grids import Grid, column_letters
from obligations.tables.headers import Header, Known, Vocabulary
from obligations.tables.layouts import Layout, Sheet
from obligations.tables.table import Table
from obligations.tables.vocabulary import Remembered

Candidate = tuple[Grid, Header | None]


def read_table(
    data: bytes,
    *,
    name: str,
    known: Sequence[Known],
    sheet: str = "",
    mapping: Mapping[str, Any] | None = None,
    remembered: Remembered | None = None,
) -> Table:
    """The one table of the file that has the known columns; raises Refused, with a layout where
    a person can mend it by saying what sheets and columns mean.

    `mapping`: as `vocabulary.said`; `remembered`: what was said of earlier files.
    """
    form = gate.inspect(data, name=name)
    # A text file is one sheet without a name.
    choice = _Choice(known, "" if form == "csv" else sheet, remembered)
    wrong = choice.listen(mapping or {})
    choice.take(form, data)
    try:
        if wrong:
            raise wrong
        return choice.table()
    except Refused as refused:
        if refused.kind != "secret":
            refused.layout = choice.layout().as_json()
        raise


class _Choice:
    """The sheets so far, and the one that is nearest to what is sought."""

    def __init__(self, known: Sequence[Known], wanted: str, remembered: Remembered | None) -> None:
        self.known, self.wanted = known, wanted
        self.said: vocabulary.Said | None = None
        self._remembered = remembered
        self._sheets: list[Sheet] = []
        self._best: Candidate | None = None

    def listen(self, mapping: Mapping[str, Any]) -> Refused | None:
        """Take over what a person said; the refusal of what cannot hold is told when the sheets
        are known, so that it can be said anew."""
        try:
            self.said = vocabulary.said(mapping, sheet=self.wanted, known=self.known)
        except Refused as refused:
            return refused
        return None

    def take(self, form: gate.Format, data: bytes) -> None:
        """Look at every sheet, so that no mark of secrecy is overlooked."""
        words = self._words()
        grids = readers.read_grids(form, data)
        if form == "csv":
            pairs = [(grid, headers.find(grid, words)) for grid in grids]
            self._keep(*max(pairs, key=lambda pair: headers.sense(*pair)))
            return
        if form == "docx":
            grids = joining.join_continued(grids, words)
        for grid in grids:
            self._keep(grid, headers.find(grid, words))

    def _words(self) -> Vocabulary:
        return Vocabulary(self.known, remembered=self._remembered, said=self.said)

    def _keep(self, grid: Grid, header: Header | None) -> None:
        secrecy.refuse_marked(grid, header)
        if problemlist.is_ours(grid):
            return
        if grid.rows or grid.overflow:
            self._sheets.append(layouts.sheet_of(grid, header, self.known))
        if self.wanted and wording.matching(grid.name) != wording.matching(self.wanted):
            return
        if self._best is None or self._rank(grid, header) > self._rank(*self._best):
            self._best = (grid, header)

    def _rank(self, grid: Grid, header: Header | None) -> tuple[bool, bool, int, bool]:
        """Visible and complete sheets first, then those that name most columns."""
        complete = header is not None and not header.missing(self.known)
        return not grid.hidden, complete, _found(header), bool(grid.rows)

    def layout(self) -> Layout:
        """Of the sheet that is read, or of none."""
        if self._best is None:
            return Layout(sheets=self._sheets)
        grid, header = self._best
        seen = header or headers.guess(grid, self._words())
        return layouts.of(grid, seen, sheets=self._sheets, known=self.known)

    def table(self) -> Table:
        """The table of the chosen sheet; raises Refused."""
        grid, header = self._require_one()
        if self.said:
            header = headers.mapped(grid, self._words())
            self._best = (grid, header)
        if self.said or header is None:
            # A label may tell which rows are secret only now, or only in a header not understood.
            secrecy.refuse_marked(grid, header or headers.guess(grid, self._words()))
        if header is None:
            raise grid.overflow or self._no_header(grid)
        self._refuse_columns(grid, header)
        found = table.build(grid, header)
        found.layout = self.layout().as_json()
        found.warnings.extend(grid.remarks)
        others = [one.name for one in self._sheets if one.name != found.layout["sheet"]]
        if others and not self.wanted:
            fact = {"sheets": _named(others)}
            found.warnings.append(Finding("other_sheets_ignored", facts=fact))
        return found

    def _require_one(self) -> Candidate:
        """The sheet asked for, or the only one with all required columns, or the nearest to it."""
        if self._best is None:
            named = _named(one.name for one in self._sheets)
            raise refusal("choose_sheet", "unknown", sheet=self.wanted, sheets=named)
        grid, _header = self._best
        complete = [one.name for one in self._sheets if one.complete and not one.hidden]
        if len(complete) > 1 and not self.wanted:
            raise refusal("choose_sheet", sheets=_named(complete))
        if not (grid.rows or grid.overflow) and grid.name:
            raise refusal("empty_file", "sheet")
        return self._best

    def _no_header(self, grid: Grid) -> Refused:
        if self.said and self.said.top:
            facts = {"top": self.said.top, "bottom": self.said.bottom}
            return refusal("bad_mapping", "beyond", **facts)
        required = "、".join(column.label for column in self.known if column.required)
        first = min(grid.rows, default=None)
        return Refused(Finding("no_header", row=first, facts={"columns": required}))

    def _refuse_columns(self, grid: Grid, header: Header) -> None:
        """Every missing, repeated and absent column, in one refusal."""
        findings = [*_absent(grid, header), *_missing(header, self.known), *_repeated(header)]
        if self.said and not header.fields:
            findings = [Finding("bad_mapping", variant="none")]
        if findings:
            raise Refused(*findings)


def _found(header: Header | None) -> int:
    return len(header.found) if header else 0


def _named(sheets: Iterable[str]) -> str:
    return "、".join(f"“{wording.quoted(name)}”" for name in sheets)


def _absent(grid: Grid, header: Header) -> list[Finding]:
    """Columns that a person named and the sheet does not have."""
    named = header.fields.keys() - header.written.keys()
    absent = [
        column for column in named if not any(column in cells for cells in grid.rows.values())
    ]
    return [
        Finding("bad_mapping", variant="absent", facts={"letters": column_letters(column)})
        for column in sorted(absent)
    ]


def _missing(header: Header, known: Sequence[Known]) -> list[Finding]:
    return [
        Finding(
            "missing_column", row=header.top, column=column.label, facts={"names": _names(column)}
        )
        for column in header.missing(known)
    ]


def _repeated(header: Header) -> list[Finding]:
    return [
        Finding(
            "duplicate_column",
            row=header.top,
            column=header.labels[second],
            facts={"first": header.labels[first]},
        )
        for first, second in header.repeated()
    ]


def _names(column: Known) -> str:
    return "、".join(column.names[:4]) or column.label
