"""Turns the cells of one row into stored values, column type by column type. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from obligations import bodies, deadlines
from obligations.bodies import Body
from obligations.tables import cells, limits, wording
from obligations.tables.findings import Finding
from obligations.tables.grids import Cell

if TYPE_CHECKING:
    from accounts.models import Department
    from obligations.kinds import Column

SECURITY = {
    "internal": ("内部", ("内部资料", "内部使用")),
    "public": ("公开", ()),
    "none": ("非密", ("非涉密", "不涉密", "无", "无密级", "普通")),
}
# The longest text of a column type, as its field takes it.
LONGEST = {
    "serial": 100,
    "name": limits.NAME_LENGTH,
    "code": limits.NAME_LENGTH,
    "body": limits.NAME_LENGTH,
    "choice": limits.NAME_LENGTH,
    "deadline": limits.NAME_LENGTH,
    "security": limits.NAME_LENGTH,
    "scenes": 998,
}


class NamedGroup(Protocol):
    """A group of departments as it stands on a day."""

    @property
    def pk(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def members(self) -> tuple[Department, ...]: ...


class Directory(Protocol):
    """Finds departments and groups by any of their names on a day."""

    def find(self, text: str) -> Department | None: ...

    def find_group(self, text: str) -> NamedGroup | None: ...

    def close_to(self, text: str) -> str | None: ...


class Value(NamedTuple):
    """What is stored, and how it reads in a sample. `further` goes into the column's text_field."""

    stored: Any
    shown: str
    further: str = ""


class Unfit(Exception):
    """The cell cannot be used; the reason, whose place the caller knows."""

    def __init__(self, kind: str, variant: str = "", message: str = "", **facts: Any) -> None:
        super().__init__(kind)
        self.kind, self.variant, self.message, self.facts = kind, variant, message, facts

    def at(self, *, row: int, column: str) -> Finding:
        return Finding(self.kind, row, column, self.variant, self.facts, self.message)


@dataclass(frozen=True)
class Reading:
    """What the reading of every cell of one file depends on.

    `first_leads`: where one body is due and several are named, the first leads, the others support.
    `allow_unresolved`: names that nobody bears stay names instead of being problems.
    """

    directory: Directory
    issued_on: dt.date | None
    date1904: bool = False
    first_leads: bool = False
    allow_unresolved: bool = False
    _found: dict[str, Body] = field(default_factory=dict)

    def body(self, text: str) -> Body:
        """Whom a name means; without departments and group where nobody knows."""
        if text not in self._found:
            self._found[text] = self._look_up(text)
        return self._found[text]

    def is_known(self, text: str) -> bool:
        return self.body(text).is_resolved

    def _look_up(self, text: str) -> Body:
        department = self.directory.find(text)
        if department:
            return Body(department.name, (department,))
        group = self.directory.find_group(text)
        if group:
            return Body(group.name, group.members, group.pk)
        return Body(text)


def empty(column: Column) -> Value:
    """The value of a blank cell."""
    if column.type in ("body", "bodies"):
        return Value((), "")
    if column.type in ("items", "choices", "scenes"):
        return Value([], "")
    return Value(None if column.type == "deadline" else "", "")


def read(cell: Cell, column: Column, reading: Reading) -> Value:
    """The value of a filled cell; raises Unfit."""
    if cell.kind == "error":
        raise Unfit("error_value", text=wording.quoted(cell.text))
    if cell.kind == "no_value":
        raise Unfit("formula_no_value")
    if cell.kind == "corrupt":
        raise Unfit("corrupt_cell")
    text = _text(cell)
    bad = wording.forbidden(text)
    if bad:
        raise Unfit("control_char", text=bad)
    limit = LONGEST.get(column.type, limits.TEXT_LENGTH)
    if len(text) > limit:
        raise Unfit("too_long", length=len(text), limit=limit)
    if not text:
        return empty(column)
    if column.type == "deadline":
        return _deadline(cell, text, reading)
    return _READERS[column.type](text, column, reading)


def _text(cell: Cell) -> str:
    if cell.kind == "date":
        return cell.text.removesuffix("T00:00:00").replace("T", " ")
    return wording.paragraphs(cell.text)


def _deadline(cell: Cell, text: str, reading: Reading) -> Value:
    written: str | float | dt.date = wording.one_line(text)
    if cell.kind == "date":
        written = dt.datetime.fromisoformat(cell.text).date()
    elif cell.kind == "number":
        written = float(cell.text) if not cell.text.lstrip("-").isdecimal() else int(cell.text)
    try:
        found = deadlines.parse(written, issued_on=reading.issued_on, date1904=reading.date1904)
    except deadlines.BadDate as error:
        raise Unfit("bad_date", message=str(error)) from error
    return Value(found, found.on.isoformat() if found.on else found.text)


def _line(text: str, column: Column, reading: Reading) -> Value:
    line = wording.one_line(text)
    return Value(line, line)


def _paragraphs(text: str, column: Column, reading: Reading) -> Value:
    return Value(text, text)


def _names(text: str, column: Column, reading: Reading) -> Value:
    names = cells.listed(text)
    return Value(names, "、".join(names))


def _choice(text: str, column: Column, reading: Reading) -> Value:
    line = wording.one_line(text)
    stored = cells.choice(line, column.choices, other_keeps_text=bool(column.text_field))
    if not stored:
        parts = cells.values(text)
        several = len(parts) > 1 and all(cells.choice(part, column.choices) for part in parts)
        raise _no_choice(line, column, variant="one" if several else "")
    label = column.label_of(stored)
    keeps_text = stored == "other" and column.text_field and line != label
    return Value(stored, line if keeps_text else label, line if keeps_text else "")


def _choices(text: str, column: Column, reading: Reading) -> Value:
    whole = cells.choice(text, column.choices)
    chosen = {whole} if whole else set()
    for part in [] if whole else cells.values(text):
        stored = cells.choice(part, column.choices)
        if not stored:
            raise _no_choice(part, column)
        chosen.add(stored)
    stored_in_order = [value for value in column.choices if value in chosen]
    return Value(stored_in_order, "、".join(column.label_of(value) for value in stored_in_order))


def _security(text: str, column: Column, reading: Reading) -> Value:
    stored = cells.choice(text, SECURITY)
    if not stored:
        labels = "、".join(label for label, _others in SECURITY.values())
        raise Unfit("bad_choice", text=wording.quoted(text), choices=labels)
    return Value(SECURITY[stored][0], SECURITY[stored][0])


def _no_choice(text: str, column: Column, *, variant: str = "") -> Unfit:
    labels = "、".join(label for label, _others in column.choices.values())
    return Unfit("bad_choice", variant, text=wording.quoted(text), choices=labels)


def _body(text: str, column: Column, reading: Reading) -> Value:
    names = cells.units(text, is_known=reading.is_known)
    if len(names) > 1 and not reading.first_leads:
        raise Unfit(
            "multiple_departments",
            text=wording.quoted(text, length=80),
            count=len(names),
            first=names[0],
        )
    return _named(names or [wording.one_line(text)], reading)


def _bodies(text: str, column: Column, reading: Reading) -> Value:
    return _named(cells.units(text, is_known=reading.is_known), reading)


def _named(names: list[str], reading: Reading) -> Value:
    once = {body.key: body for body in map(reading.body, names)}
    found = tuple(once.values())
    return Value(found, bodies.joined(found))


_READERS: dict[str, Callable[[str, Column, Reading], Value]] = {
    "serial": _line,
    "name": _line,
    "code": _line,
    "text": _paragraphs,
    "items": _names,
    "scenes": _names,
    "choice": _choice,
    "choices": _choices,
    "security": _security,
    "body": _body,
    "bodies": _bodies,
}
