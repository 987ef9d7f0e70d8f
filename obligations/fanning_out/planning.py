"""What a dispatch would do now: every obligation that is missing, and everything to be said."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Department, Level, User
from obligations.chunks import chunks
from obligations.deadlines import Deadline
from obligations.fanning_out.choosing import OWN, Choice
from obligations.fanning_out.resolving import Notice, Owing, Resolver
from obligations.importing import rebuilding
from obligations.kinds import kinds
from obligations.models import Duty, ListItem, Obligation, RoleInItem, Status
from obligations.models.lists import ListItemQuerySet

MAX_ITEMS = 5000
MAX_OBLIGATIONS = 20_000


@dataclass(frozen=True, slots=True)
class Missing:
    """One obligation to be made. `original`: the item's own day where the superior agreed to a
    later one."""

    item: ListItem
    owing: Owing
    duty: str
    due: Deadline
    original: dt.date | None

    @property
    def key(self) -> tuple[int, int, str]:
        return self.item.pk, self.owing.department.pk, self.duty

    @property
    def duty_label(self) -> str:
        return str(Duty(self.duty).label)


@dataclass(frozen=True, slots=True)
class Line:
    """Counts of a duty, or of a department."""

    label: str
    new: int
    there: int
    late: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group of departments: the items for which it is meant, and its members in reach."""

    role: str
    items: list[int]
    members: dict[int, Department]


@dataclass
class Plan:
    """`there`: (item, department, duty) that exist already, with their statuses."""

    items: list[ListItem]
    on: dt.date
    missing: list[Missing] = field(default_factory=list)
    there: dict[tuple[int, int, str], str] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    # By key of the group; 0: the data bureaus of all cities.
    groups: dict[int, Group] = field(default_factory=dict)
    gone: int = 0
    without: Counter[str] = field(default_factory=Counter)
    # Titles of items without any time limit, and of national rows whose later date nobody
    # superior agreed to.
    undated: list[str] = field(default_factory=list)
    unauthorised: list[str] = field(default_factory=list)
    departments: dict[int, Department] = field(default_factory=dict)

    @property
    def problems(self) -> list[Notice]:
        return [one for one in self.notices if one.is_problem]

    @property
    def warnings(self) -> list[Notice]:
        """What is left out, and who stands in for whom."""
        return [one for one in self.notices if not one.is_problem]

    @property
    def without_lines(self) -> list[tuple[str, int]]:
        """Duties with the number of items that do not create them."""
        return [(str(Duty(code).label), count) for code, count in self.without.items()]

    @property
    def may_be_confirmed(self) -> bool:
        return bool(self.missing) and not (self.problems or self.undated or self.unauthorised)

    @property
    def late(self) -> list[Missing]:
        """Those that are overdue on the day on which they are issued."""
        return [one for one in self.missing if one.due.on and one.due.on < self.on]

    @property
    def withdrawn_count(self) -> int:
        """Of those that exist: withdrawn ones, which stay so."""
        return sum(1 for status in self.there.values() if status == Status.WITHDRAWN)

    @property
    def by_duty(self) -> list[Line]:
        counts = self._counts(2)
        return [Line(str(one.label), *counts(one)) for one in Duty if any(counts(one))]

    @property
    def by_department(self) -> list[Line]:
        counts = self._counts(1)
        known = sorted(self.departments.values(), key=lambda one: (one.position, one.pk))
        return [Line(one.name, *counts(one.pk)) for one in known if any(counts(one.pk))]

    def _counts(self, part: int) -> Callable[[Any], tuple[int, int, int]]:
        """(new, there, late) of a department (part 1) or of a duty (part 2)."""
        new = Counter(one.key[part] for one in self.missing)
        there = Counter(key[part] for key in self.there)
        late = Counter(one.key[part] for one in self.late)
        return lambda code: (new[code], there[code], late[code])

    def digest(self) -> str:
        """The same for the same writing."""
        what = [
            written(self.missing),
            sorted([key, *sorted(group.members)] for key, group in self.groups.items()),
            sorted([one.kind, one.name] for one in self.problems),
        ]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def written(missing: Iterable[Missing]) -> list[list[Any]]:
    """All that a digest must know of obligations to be made."""
    return sorted([*one.key, one.owing.role, str(one.due.on or "")] for one in missing)


def plan(
    items: Iterable[ListItem],
    choice: Choice,
    *,
    by: User,
    on: dt.date,
    most: int = MAX_OBLIGATIONS,
) -> Plan:
    """What is missing under the items, as the person may see and reach it; writes nothing."""
    rows = [one for one in items if one.withdrawn_on is None]
    found = Plan(rows, on)
    resolver = Resolver(choice.members_on, by)
    chosen = resolver.chosen(choice)
    own = resolver.of_items(rows) if any(one.key == OWN for one in choice.bodies) else {}
    owing = {item.pk: _leading_first(chosen, own.get(item.pk, {})) for item in rows}
    wanted = sum(map(len, owing.values())) * len(choice.duties)
    if wanted > most:
        raise RuleViolation(
            _("That would be %(count)s obligations: at most %(most)s at once. Choose fewer items.")
            % {"count": wanted, "most": most}
        )
    _compare(found, owing, choice)
    _note_groups(found, resolver)
    found.notices = sorted(resolver.notices.values(), key=lambda one: not one.is_problem)
    return found


def rows_of(items: ListItemQuerySet) -> ListItemQuerySet:
    """With what planning reads of them, in the order in which all writers lock."""
    return items.select_related("list", "body").defer("raw").order_by("pk")


def _leading_first(chosen: Mapping[int, Owing], own: Mapping[int, Owing]) -> dict[int, Owing]:
    """One role for each department under an item: who leads anywhere leads."""
    return dict(chosen) | {
        pk: one for pk, one in own.items() if pk not in chosen or one.role == RoleInItem.LEAD
    }


def _compare(found: Plan, owing: Mapping[int, dict[int, Owing]], choice: Choice) -> None:
    standing = _standing([item.pk for item in found.items])
    without = _without(found.items)
    own_dues = {one.duty: choice.due(one) for one in choice.duties}
    undated: dict[int, str] = {}
    later: dict[int, str] = {}
    for item in found.items:
        for duty, own_due in own_dues.items():
            if duty in without[item.pk]:
                found.without[duty] += 1
                continue
            due = own_due or _own_limit(item)
            if due.kind == "none":
                undated[item.pk] = item.title
                continue
            moved = _is_later(due, item)
            if moved and not choice.document_number.strip():
                later[item.pk] = item.title
            original = item.deadline_on if moved and due.on else due.on
            for department, one in owing[item.pk].items():
                found.departments[department] = one.department
                key = (item.pk, department, duty)
                if key in standing:
                    found.there[key] = standing[key]
                else:
                    found.missing.append(Missing(item, one, duty, due, original))
    found.undated, found.unauthorised = list(undated.values()), list(later.values())


def _own_limit(item: ListItem) -> Deadline:
    kind: Any = item.deadline_kind
    return Deadline(item.deadline_text, kind, item.deadline_on)


def _is_later(due: Deadline, item: ListItem) -> bool:
    """Whether a national row would get more time than the row itself gives."""
    if item.list.level != Level.CENTRAL or item.deadline_on is None:
        return False
    return due.on is None or due.on > item.deadline_on


def _standing(items: Sequence[int]) -> dict[tuple[int, int, str], str]:
    found: dict[tuple[int, int, str], str] = {}
    for part in chunks(items):
        rows = Obligation.objects.filter(item__in=part)
        columns = ("item_id", "department_id", "duty", "status")
        for item, department, duty, status in rows.values_list(*columns):
            found[item, department, duty] = status
    return found


def _without(items: Iterable[ListItem]) -> dict[int, frozenset[str]]:
    """By item: the duties that such a row does not create."""
    by_kind: dict[str, list[ListItem]] = {}
    for item in items:
        by_kind.setdefault(item.list.kind, []).append(item)
    found: dict[int, frozenset[str]] = {}
    for code, rows in by_kind.items():
        terms = rebuilding.all_terms(kinds()[code], rows)
        found |= {
            item.pk: kinds()[code].duties_without(terms[item.pk])
            if item.pk in terms
            else frozenset()
            for item in rows
        }
    return found


def _note_groups(found: Plan, resolver: Resolver) -> None:
    """Which groups are meant for which items, so that later members can be offered what is
    missing."""
    everything = [item.pk for item in found.items]
    for group, (role, items) in resolver.groups.items():
        members = {one.pk: one for one in resolver.members_of(group)}
        found.groups[group] = Group(role, everything if items is None else items, members)
