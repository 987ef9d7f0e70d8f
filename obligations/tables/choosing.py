"""Chooses the sheet and reads its table; refuses with everything that is missing at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from obligations.tables import (
    gate,
    headers,
    joining,
    problemlist,
    readers,
    secrecy,
    table,
    wording,
)
from obligations.tables.findings import Finding, Refused, refusal
from obligations.tables.grids import Grid
from obligations.tables.headers import Header, Known, Vocabulary
from obligations.tables.table import Table

Candidate = tuple[Grid, Header | None]


def read_table(data: bytes, *, name: str, known: Sequence[Known], sheet: str = "") -> Table:
    """The one table of the file that has the known columns; raises Refused."""
    vocabulary, others = Vocabulary(known), list[str]()
    form = gate.inspect(data, name=name)
    grids = readers.read_grids(form, data)
    if form == "csv":
        pairs = [(grid, headers.find(grid, vocabulary)) for grid in grids]
        chosen = max(pairs, key=lambda pair: _found(pair[1]))
        secrecy.refuse_marked(*chosen)
    else:
        if form == "docx":
            grids = joining.join_continued(grids, vocabulary)
        chosen, others = _choose(grids, vocabulary, known, sheet)
    grid, header = chosen
    if header is None:
        if grid.overflow:
            raise grid.overflow
        raise _no_header(grid, known)
    _refuse_columns(header, known)
    found = table.build(grid, header)
    found.warnings.extend(grid.remarks)
    if others:
        found.warnings.append(Finding("other_sheets_ignored", facts={"sheets": _named(others)}))
    return found


def _found(header: Header | None) -> int:
    return len(header.found) if header else 0


def _choose(
    grids: Iterator[Grid], vocabulary: Vocabulary, known: Sequence[Known], wanted: str
) -> tuple[Candidate, list[str]]:
    """The sheet asked for, or the only one with all required columns, or the nearest to it."""
    names: list[str] = []
    best: Candidate | None = None
    complete: list[str] = []
    for grid in grids:
        header = headers.find(grid, vocabulary)
        secrecy.refuse_marked(grid, header)
        if problemlist.is_ours(grid):
            continue
        if grid.rows or grid.overflow:
            names.append(grid.name)
        if wanted and wording.matching(grid.name) != wording.matching(wanted):
            continue
        if header and not header.missing(known) and not grid.hidden:
            complete.append(grid.name)
        if best is None or _rank((grid, header), known) > _rank(best, known):
            best = (grid, header)
    if best is None:
        raise refusal("choose_sheet", "unknown", sheet=wanted, sheets=_named(names))
    if len(complete) > 1:
        raise refusal("choose_sheet", sheets=_named(complete))
    if not (best[0].rows or best[0].overflow):
        raise refusal("empty_file", "sheet")
    return best, [] if wanted else [name for name in names if name != best[0].name]


def _rank(candidate: Candidate, known: Sequence[Known]) -> tuple[bool, bool, int, bool]:
    """Visible and complete sheets first, then those that name most columns."""
    grid, header = candidate
    complete = header is not None and not header.missing(known)
    return not grid.hidden, complete, _found(header), bool(grid.rows)


def _named(sheets: Iterable[str]) -> str:
    return "、".join(f"“{wording.quoted(name)}”" for name in sheets)


def _no_header(grid: Grid, known: Sequence[Known]) -> Refused:
    required = "、".join(column.label for column in known if column.required)
    return Refused(
        Finding("no_header", row=min(grid.rows, default=None), facts={"columns": required})
    )


def _refuse_columns(header: Header, known: Sequence[Known]) -> None:
    """Every missing and every repeated column, in one refusal."""
    findings = [
        Finding(
            "missing_column", row=header.top, column=column.label, facts={"names": _names(column)}
        )
        for column in header.missing(known)
    ]
    findings += [
        Finding(
            "duplicate_column",
            row=header.top,
            column=header.labels[second],
            facts={"first": header.labels[first]},
        )
        for first, second in header.repeated()
    ]
    if findings:
        raise Refused(*findings)


def _names(column: Known) -> str:
    return "、".join(column.names[:4]) or column.label
