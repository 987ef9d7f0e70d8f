"""Whom the choice means on a day: departments with their roles, and what has to be said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Level, Region, User
from accounts.names import Directory
from obligations.bodies import Bodies, Body
from obligations.fanning_out.choosing import BUREAUS, OWN, Choice, Named
from obligations.importing import rebuilding
from obligations.kinds import Kind, kinds
from obligations.models import ListItem, RoleInItem
from obligations.tables import values
from obligations.tables.grids import Cell
from obligations.tables.values import Reading

# What forbids the whole until it is mended.
PROBLEMS = ("unknown", "ended", "no_group")

SENTENCES: Mapping[str, Promise] = {
    "unknown": _("Nobody is called “%(name)s”. Nearest: %(more)s."),
    "ended": _("“%(name)s” no longer exists, and nobody succeeds it."),
    "no_group": _("A group that was chosen is there no more (number %(name)s)."),
    "empty_group": _("The group “%(name)s” has no members on that day."),
    "successor": _("“%(name)s” no longer exists: “%(more)s” stands in its place."),
    "central": _("“%(name)s” is a central body and stays outside."),
    "outside": _("“%(name)s” lies outside your region and is left out."),
    "no_bureau": _("No data bureau is known in %(name)s."),
    "no_counterpart": _("“%(name)s” has no counterpart in the province: left out."),
    "unresolved": _("“%(name)s” in the list is not matched yet: left out."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind`: one of PROBLEMS; or empty_group, successor, central, outside, no_bureau,
    no_counterpart, unresolved: what is left out, or who stands in."""

    kind: str
    name: str
    more: str = ""

    @property
    def is_problem(self) -> bool:
        return self.kind in PROBLEMS

    def sentence(self) -> str:
        return str(SENTENCES[self.kind]) % {"name": self.name, "more": self.more or "—"}


@dataclass(frozen=True, slots=True)
class Owing:
    """One department. `group`: through which it was meant, None where by itself; 0: bureaus."""

    department: Department
    role: str
    group: int | None = None


@dataclass(slots=True)
class Resolver:
    """Bodies on one day, for one person's reach."""

    on: dt.date
    by: User
    directory: Directory = field(init=False)
    notices: dict[tuple[str, str], Notice] = field(default_factory=dict)
    # Group (0: bureaus) -> its role, and the items whose own cells name it; None: for all items.
    groups: dict[int, tuple[str, list[int] | None]] = field(default_factory=dict)
    _read: dict[tuple[str, str], Bodies] = field(default_factory=dict)
    _reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        self.directory = Directory(self.on)
        self._reading = Reading(self.directory, None, first_leads=True, allow_unresolved=True)

    def chosen(self, choice: Choice) -> dict[int, Owing]:
        """By department, for every item; leading goes before supporting."""
        found: dict[int, Owing] = {}
        for named in sorted(choice.bodies, key=lambda one: one.role != RoleInItem.LEAD):
            if named.key != OWN:
                departments, group = self._meant(named)
                if group is not None:
                    self.groups.setdefault(group, (named.role, None))
                self._take(found, (departments, group), role=named.role)
        return found

    def of_items(self, items: Iterable[ListItem]) -> dict[int, dict[int, Owing]]:
        """By item: the bodies that its own cells name, in the roles of the list."""
        by_kind: dict[str, list[ListItem]] = {}
        for item in items:
            by_kind.setdefault(item.list.kind, []).append(item)
        found: dict[int, dict[int, Owing]] = {}
        for code, rows in by_kind.items():
            terms = rebuilding.all_terms(kinds()[code], rows)
            for item in rows:
                found[item.pk] = self._own(item, terms.get(item.pk), kinds()[code])
        return found

    def members_of(self, group: int) -> tuple[Department, ...]:
        """Of a group's key on the day; 0: the cities' data bureaus. In the person's reach."""
        if not group:
            members: Iterable[Department] = self._bureaus()
        else:
            known = self.directory.groups.get(group)
            members = known.members if known else ()
        return tuple(one for one in members if not one.is_central and self._reaches(one))

    def say(self, kind: str, name: str, more: str = "") -> None:
        self.notices.setdefault((kind, name), Notice(kind, name, more))

    def _meant(self, named: Named) -> tuple[list[Department], int | None]:
        if named.key == BUREAUS:
            return list(self._bureaus()), 0
        if named.name:
            return self._by_name(named.name)
        if named.key.startswith("group:"):
            return self._members(named.number)
        return self._department(named.number), None

    def _by_name(self, text: str) -> tuple[list[Department], int | None]:
        department = self.directory.find(text)
        if department:
            return [department], None
        group = self.directory.find_group(text)
        if group:
            return self._members(group.pk)
        self.say("unknown", text, self.directory.close_to(text) or "")
        return [], None

    def _members(self, pk: int) -> tuple[list[Department], int | None]:
        group = self.directory.groups.get(pk)
        if group is None:
            self.say("no_group", str(pk))
            return [], None
        if not group.members:
            self.say("empty_group", group.name)
        return list(group.members), pk

    def _department(self, pk: int) -> list[Department]:
        standing = self.directory.department(pk)
        if standing and standing.pk == pk:
            return [standing]
        known = Department.objects.filter(pk=pk).first()
        name = known.name if known else str(pk)
        if standing is None:
            self.say("ended", name)
            return []
        self.say("successor", name, standing.name)
        return [standing]

    def _bureaus(self) -> list[Department]:
        """The data bureau of each city, known by its name: 数据局, 大数据管理局 …"""
        existing = Department.objects.existing(on=self.on).filter(level=Level.CITY)
        found = [one for one in existing.order_by("position", "pk") if "数据" in one.name]
        having = {one.region_id for one in found}
        cities = existing.exclude(region__in=having).values("region")
        for name in Region.objects.filter(pk__in=cities).values_list("name", flat=True):
            self.say("no_bureau", name)
        return found

    def _take(
        self,
        found: dict[int, Owing],
        meant: tuple[Iterable[Department], int | None],
        *,
        role: str,
    ) -> None:
        departments, group = meant
        for one in departments:
            if one.is_central:
                self.say("central", one.name)
            elif not self._reaches(one):
                self.say("outside", one.name)
            else:
                found.setdefault(one.pk, Owing(one, role, group))

    def _reaches(self, department: Department) -> bool:
        return self.by.region_id is None or department.region_id == self.by.region_id

    def _own(self, item: ListItem, terms: Any, kind: Kind) -> dict[int, Owing]:
        """A central body's side in the province owes; a blank 牵头 is the owner's own side."""
        named = self._cells(item, terms, kind)
        owners = named.pop(kind.body, ())
        lead = _of_type("body", named, kind) or owners
        roles = [RoleInItem.SUPPORTING if place else RoleInItem.LEAD for place in range(len(lead))]
        found: dict[int, Owing] = {}
        for body, role in zip(lead, roles, strict=True):
            self._take_named(found, item, body, role=role)
        for body in _of_type("bodies", named, kind):
            self._take_named(found, item, body, role=RoleInItem.SUPPORTING)
        return found

    def _take_named(
        self, found: dict[int, Owing], item: ListItem, body: Body, *, role: str
    ) -> None:
        if body.group_id is not None:
            _role, items = self.groups.setdefault(body.group_id, (role, []))
            if items is not None and item.pk not in items[-1:]:
                items.append(item.pk)
        self._take(found, self._sides(body), role=role)

    def _sides(self, body: Body) -> tuple[list[Department], int | None]:
        if not body.is_resolved:
            self.say("unresolved", body.name)
        elif not body.departments:
            self.say("empty_group", body.name)
        sides = [self._side(one) for one in body.departments]
        return [one for one in sides if one], body.group_id

    def _side(self, department: Department) -> Department | None:
        if not department.is_central:
            return department
        side = self.directory.counterpart_of(department)
        if side is None:
            self.say("no_counterpart", department.name)
        return side

    def _cells(self, item: ListItem, terms: Any, kind: Kind) -> dict[str, Bodies]:
        texts: Mapping[str, str] = {
            column.field: item.body_text or item.body_label
            if column.field == kind.body
            else getattr(item if column.on_item else terms, column.field, "")
            for column in kind.columns
            if column.type in ("body", "bodies")
        }
        return {name: self._bodies(text, name, kind) for name, text in texts.items()}

    def _bodies(self, text: str, name: str, kind: Kind) -> Bodies:
        if (text, name) not in self._read:
            column = kind.column(name)
            read = values.read(Cell("text", text), column, self._reading).stored if text else ()
            self._read[text, name] = read
        return self._read[text, name]


def _of_type(sort: str, named: Mapping[str, Bodies], kind: Kind) -> Bodies:
    """All bodies of the columns that name one body, or any number of them."""
    fields = [name for name in named if kind.column(name).type == sort]
    return tuple(body for name in fields for body in named[name])
