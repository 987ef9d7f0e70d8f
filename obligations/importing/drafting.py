"""Turns understood rows into drafts of items: rows of one resource become one item."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.names import Directory
from obligations.bodies import Bodies, joined
from obligations.deadlines import Deadline
from obligations.kinds import Column, Duty, Kind
from obligations.tables import wording
from obligations.tables.entries import Entry

# Each row may have its own; they never keep rows of one resource apart.
_OF_THE_ROW = ("serial", "remark")
_ENCODER = json.JSONEncoder(ensure_ascii=False)


@dataclass(slots=True)
class Draft:
    """An item to be: values by field (names as Bodies), raw cells row by row, duties.

    `parts`: the rows it was joined from, each as it would be alone; none where it is one row.
    """

    values: dict[str, Any]
    rows: list[int]
    raw: list[dict[str, str]]
    duties: list[Duty]
    identity_hash: str = ""
    row_hash: str = ""
    parts: list[Draft] = field(default_factory=list)

    @property
    def bodies(self) -> Bodies:
        """The leading body first."""
        found: Bodies = self.values["body"]
        return found

    @property
    def body_label(self) -> str:
        """Who provides or is in charge, as the cell names them."""
        return joined(self.bodies)

    @property
    def title(self) -> str:
        return str(self.values["title"])

    @property
    def deadline(self) -> Deadline:
        found: Deadline = self.values["deadline"]
        return found

    @property
    def thing(self) -> tuple[int | str, str]:
        """The body and the name: what stays the same when the rest of a row is amended."""
        leading = self.bodies[0].key if self.bodies else ""
        return leading, wording.matching(self.title)


def draft(
    entries: Iterable[Entry], kind: Kind, *, directory: Directory
) -> tuple[list[Draft], list[str]]:
    """The drafts in the order of the file, and the central bodies without a counterpart."""
    drafts = _grouped(entries, kind)
    alone: dict[str, None] = {}
    seen: Counter[str] = Counter()
    for one in drafts:
        one.duties, missing = kind.fan_out(one.values, directory.counterpart_of)
        alone.update(dict.fromkeys(missing))
        identity, one.row_hash = hashes(one.values, kind)
        # Two items of a file may still be alike when their rows were not.
        one.identity_hash = f"{identity[:60]}+{seen[identity]}" if seen[identity] else identity
        seen[identity] += 1
    return drafts, list(alone)


def apart(drafts: Iterable[Draft], standing: Container[str], kind: Kind) -> Iterator[Draft]:
    """The drafts against the identities that stand: rows of one resource that stand as several
    items already, because they came at different times, stay several."""
    for one in drafts:
        if one.parts and one.identity_hash not in standing:
            yield from _split(one, standing, kind)
        else:
            yield one


def _split(one: Draft, standing: Container[str], kind: Kind) -> list[Draft]:
    for part in one.parts:
        part.identity_hash, part.row_hash = hashes(part.values, kind)
        part.duties = one.duties
    known = [part for part in one.parts if part.identity_hash in standing]
    if len(known) < 2:
        return [one]
    rest = [part for part in one.parts if part.identity_hash not in standing]
    return [*known, *_together(rest, kind)]


def _together(parts: Sequence[Draft], kind: Kind) -> list[Draft]:
    """One draft of these rows, where there are any."""
    if not parts:
        return []
    home, *others = parts
    several = next(column for column in kind.columns if column.type == "items")
    for other in others:
        _join(home, other, several)
    home.identity_hash, home.row_hash = hashes(home.values, kind)
    return [home]


def hashes(values: Mapping[str, Any], kind: Kind) -> tuple[str, str]:
    """What makes an item the same as another, and what makes it say the same."""
    identity = _digest([_plain(values[name], sort=True) for name in kind.identity])
    return identity, _digest([_plain(value) for value in values.values()])


def _grouped(entries: Iterable[Entry], kind: Kind) -> list[Draft]:
    """Rows of one body and title that say nothing different become one item with all 信息项."""
    several = next((column for column in kind.columns if column.type == "items"), None)
    drafts: list[Draft] = []
    by_thing: dict[tuple[int | str, str], list[Draft]] = {}
    for entry in entries:
        fresh = Draft(dict(entry.values), [entry.row], [entry.raw], [])
        alike = by_thing.setdefault(fresh.thing, [])
        home = next((one for one in alike if several and _agree(one, fresh, kind.columns)), None)
        if home and several:
            _join(home, fresh, several)
        else:
            drafts.append(fresh)
            alike.append(fresh)
    return drafts


def _agree(one: Draft, other: Draft, columns: Sequence[Column]) -> bool:
    """Whether no column of both says something different; a blank says nothing."""
    for column in columns:
        if column.type == "items" or column.field in _OF_THE_ROW:
            continue
        ours, theirs = (_plain(draft.values[column.field]) for draft in (one, other))
        if ours and theirs and ours != theirs:
            return False
    return True


def _join(home: Draft, other: Draft, several: Column) -> None:
    if not home.parts:
        home.parts.append(replace(home, values=dict(home.values), parts=[]))
    home.parts.append(other)
    names = [*home.values[several.field], *other.values[several.field]]
    remarks = [draft.values["remark"] for draft in (home, other) if draft.values["remark"]]
    for name, value in other.values.items():
        home.values[name] = home.values[name] or value
    home.values[several.field] = list(dict.fromkeys(names))
    home.values["remark"] = "\n".join(dict.fromkeys(remarks))
    home.rows = home.rows + other.rows
    home.raw = home.raw + other.raw


def _plain(value: Any, *, sort: bool = False) -> Any:
    """JSON values that are equal where the meaning is."""
    if isinstance(value, str):
        return wording.matching(value) if sort else value
    if isinstance(value, tuple):
        keys: list[int | str] = [body.key for body in value]
        return sorted(keys, key=str) if sort else keys
    if isinstance(value, Deadline):
        return [value.kind, value.on.isoformat() if value.on else value.text]
    if isinstance(value, list):
        parts = [_plain(part) for part in value]
        return sorted(parts, key=str) if sort else parts
    return value


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(_ENCODER.encode(values).encode()).hexdigest()
