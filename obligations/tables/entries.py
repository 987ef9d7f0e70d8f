"""Understands the rows of a table as entries of a kind of list: values, and every problem."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from obligations.tables import secrecy, values, wording
from obligations.tables.findings import Finding, Refused
from obligations.tables.grids import Cell
from obligations.tables.table import DataRow, Table, listed
from obligations.tables.values import Reading, Unfit, Value

if TYPE_CHECKING:
    from obligations.kinds import Column, Kind

# So many different cells of one column are remembered; titles and codes are all different.
_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One data row. `values` by field as stored (bodies as departments), `shown` by label."""

    row: int
    values: dict[str, Any]
    shown: dict[str, str]
    raw: dict[str, str]


@dataclass(slots=True)
class Understood:
    """All entries, and all that is wrong or worth a word."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    # Names that nobody bears -> the cells that hold them, as (row, label).
    unresolved: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


class Cells:
    """The cells of one file as values. Most columns say few different things: what was understood
    before is not read again."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[str, dict[Cell, Value]] = {}

    def value(self, cell: Cell, column: Column) -> Value:
        """Raises Unfit. The value is shared by all cells that say the same: never change it."""
        known = self._known.setdefault(column.field, {})
        found = known.get(cell)
        if found is None:
            found = values.read(cell, column, self._reading)
            if len(known) < _REMEMBERED:
                known[cell] = found
        return found


def understand(table: Table, kind: Kind, reading: Reading) -> Understood:
    """Every row of the table; raises Refused where a column is missing that its rows need."""
    understood = Understood(warnings=list(table.warnings))
    first_rows: dict[Hashable, int] = {}
    cells = Cells(reading)
    for row in table.rows:
        entry, problems = _entry(row, table, kind.columns, cells)
        understood.entries.append(entry)
        understood.problems += problems
        understood.problems += _unresolved(entry, table, kind.columns, reading, understood)
        identity = _identity(entry, row, kind)
        if not row.cells.get(kind.title):
            continue  # said to be missing already
        if identity in first_rows:
            found = _repetition(row, table, kind, first=first_rows[identity])
            understood.problems.append(found)
        first_rows.setdefault(identity, row.number)
    _refuse_missing(understood.entries, table, kind.columns)
    understood.problems += table.problems
    order = {label: place for place, label in enumerate(table.labels.values())}
    understood.problems.sort(key=lambda found: (found.row or 0, order.get(found.column, 999)))
    understood.warnings += _spoken_of(table)
    return understood


def _entry(
    row: DataRow, table: Table, columns: Sequence[Column], cells: Cells
) -> tuple[Entry, list[Finding]]:
    stored: dict[str, Any] = {}
    shown: dict[str, str] = {}
    problems: list[Finding] = []
    unfit: set[str] = set()
    for column in columns:
        try:
            cell = row.cells.get(column.field)
            value = cells.value(cell, column) if cell else values.empty(column)
        except Unfit as reason:
            label = table.labels[column.field]
            problems.append(reason.at(row=row.number, column=label))
            unfit.add(column.field)
            written = wording.printable(row.cells[column.field].text).strip()
            value = Value(values.empty(column).stored, written)
        stored[column.field] = value.stored
        if column.text_field:
            stored[column.text_field] = value.further
        if column.field in table.labels:
            shown[column.label] = value.shown
    problems += [
        _missing(row, table.labels[column.field], column)
        for column in columns
        if column.field in table.labels and column.field not in unfit and _is_due(column, stored)
    ]
    return Entry(row.number, stored, shown, row.raw), problems


def _unresolved(
    entry: Entry, table: Table, columns: Sequence[Column], reading: Reading, into: Understood
) -> list[Finding]:
    """Notes the names of the row that nobody bears; problems unless they are allowed."""
    problems = []
    for column in columns:
        if column.type not in ("body", "bodies"):
            continue
        for body in entry.values[column.field]:
            if body.is_resolved:
                continue
            label = table.labels[column.field]
            into.unresolved.setdefault(body.name, []).append((entry.row, label))
            if not reading.allow_unresolved:
                problems.append(_unknown(body.name, entry.row, label, reading))
    return problems


def _unknown(name: str, row: int, label: str, reading: Reading) -> Finding:
    near = reading.directory.close_to(name)
    offer = {"near": f"“{near}”"} if near else {}
    facts = {"text": wording.quoted(name), **offer}
    return Finding("unknown_department", row, label, "near" if near else "", facts)


def _is_due(column: Column, stored: dict[str, Any]) -> bool:
    """Whether a value is required and not there."""
    if stored[column.field]:
        return False
    return column.required or _is_required_here(column, stored)


def _is_required_here(column: Column, stored: dict[str, Any]) -> bool:
    if column.required_when is None:
        return False
    # A row whose deciding cell is blank or unreadable is judged when that cell is mended.
    facts = {name: value if value != "" else None for name, value in stored.items()}
    return column.required_when(facts)


def _missing(row: DataRow, label: str, column: Column) -> Finding:
    variant = "" if column.required else "when_shared"
    return Finding("required_missing", row.number, label, variant)


def _refuse_missing(entries: list[Entry], table: Table, columns: Sequence[Column]) -> None:
    """A column that only some rows need may be missing only where no row needs it."""
    missing = [
        Finding(
            "missing_column",
            table.header_row,
            column.label,
            facts={"names": "、".join(column.aliases[:4]) or column.label},
        )
        for column in columns
        if column.field not in table.labels
        and any(_is_required_here(column, entry.values) for entry in entries)
    ]
    if missing:
        raise Refused(*missing)


def _identity(entry: Entry, row: DataRow, kind: Kind) -> Hashable:
    """What makes a row the same as another; what was not understood counts as written."""
    return tuple(
        _comparable(entry.values[name])
        or wording.matching(row.cells[name].text if name in row.cells else "")
        for name in kind.identity
    )


def _comparable(value: Any) -> Hashable:
    if isinstance(value, str):
        return wording.matching(value)
    if isinstance(value, list):
        return tuple(sorted(wording.matching(str(part)) for part in value))
    return tuple(body.key for body in value) if isinstance(value, tuple) else None


def _repetition(row: DataRow, table: Table, kind: Kind, *, first: int) -> Finding:
    labels = "、".join(table.labels.get(name, "") for name in kind.identity if name in table.labels)
    facts = {"first": first, "columns": labels}
    return Finding("duplicate_row", row.number, table.labels[kind.title], facts=facts)


def _spoken_of(table: Table) -> list[Finding]:
    """A warning where running text speaks of secrecy."""
    rows = [
        row.number for row in table.rows if secrecy.mentions_secrecy("\n".join(row.raw.values()))
    ]
    return [Finding("secret_word", facts={"rows": listed(rows)})] if rows else []
