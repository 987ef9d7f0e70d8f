"""Finds the body that a name in a document means, on a day."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q

from accounts import likeness
from accounts.likeness import Likeness
from accounts.models import (
    Department,
    DepartmentGroup,
    DepartmentName,
    GroupName,
    Level,
    Membership,
)

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─－﹣ｰ"), "-")
_BRACKETS = str.maketrans("[{〔【〈《「『]}〕】〉》」』", "((((((((" + "))))))))")
_DOTS = dict.fromkeys(map(ord, "·•・‧∙⋅"), "·")
_RANKS = {
    DepartmentName.Kind.OFFICIAL: 0,
    DepartmentName.Kind.SHORT: 1,
    DepartmentName.Kind.ALIAS: 2,
    DepartmentName.Kind.FORMER: 3,
}
_SUGGESTED = 10
# Where one stands out, others that are so much less near only distract.
_BEHIND = 0.25


def matching(text: str) -> str:
    """The form in which names are compared: no spaces, one kind of bracket, dash and width."""
    folded = unicodedata.normalize("NFKC", text)
    folded = folded.translate(_DASHES).translate(_BRACKETS).translate(_DOTS)
    # Cf holds zero-width characters and byte order marks, Cc line breaks inside cells.
    kept = (c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    return "".join(kept).casefold()


def tidy(text: str) -> str:
    """The form in which a name is kept: as written, without invisible or doubled space."""
    visible = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return re.sub(" +", " ", visible).strip()


class GroupOnDay(NamedTuple):
    """A group of departments as it stands on a day."""

    pk: int
    name: str
    members: tuple[Department, ...]


class Suggestion(NamedTuple):
    """A body or group that an unknown name may mean. `key`: "department:3" or "group:2";
    `why`: a word of accounts.likeness, or "several" where all of them have that very name;
    `likely`: it is near and nothing else is."""

    key: str
    name: str
    why: str
    likely: bool = False


class Directory:
    """All names on a day, read with few queries, so that a whole file resolves in memory."""

    def __init__(self, on: dt.date) -> None:
        self.on = on
        self._departments = {d.pk: d for d in Department.objects.order_by("position", "pk")}
        self._standing = {
            pk: standing
            for pk, department in self._departments.items()
            if (standing := self._standing_for(department))
        }
        self._suggested: dict[str, list[Suggestion]] = {}
        self._meanings: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._learn_names()
        self._counterparts: dict[int, Department] = {}
        for department in self._departments.values():
            if department.counterpart_id and self._exists(department):
                self._counterparts.setdefault(department.counterpart_id, department)

    def find(self, text: str) -> Department | None:
        """The one body meant; None when no body or several have the name.

        A body that was merged away stands for its successor. Where a name means several bodies,
        an official name beats a short one, that an alias, that a former name.
        """
        meanings = self._meanings.get(matching(text))
        if not meanings:
            return None
        best = meanings[min(meanings)]
        return self._departments[next(iter(best))] if len(best) == 1 else None

    def find_group(self, text: str) -> GroupOnDay | None:
        """The group that a document calls so, with its members on the day."""
        key = self._group_names.get(matching(text))
        return self.groups[key] if key else None

    def department(self, pk: int) -> Department | None:
        """The department of this key, where it or its successor exists on the day."""
        standing = self._standing.get(pk)
        return self._departments[standing] if standing else None

    def counterpart_of(self, central: Department) -> Department | None:
        """The first existing department whose counterpart is this central body."""
        return self._counterparts.get(central.pk)

    @cached_property
    def groups(self) -> dict[int, GroupOnDay]:
        """All groups by key."""
        listed: dict[int, list[Department]] = defaultdict(list)
        for group_id, department_id in (
            Membership.objects.filter(_holds(self.on))
            .order_by("department__position", "department_id")
            .values_list("group_id", "department_id")
        ):
            standing = self._standing.get(department_id)
            member = self._departments[standing] if standing else None
            if member and member not in listed[group_id]:
                listed[group_id].append(member)
        found: dict[int, GroupOnDay] = {}
        for group in DepartmentGroup.objects.order_by("name"):
            members = self._by_rule(group.rule) if group.rule != "listed" else listed[group.pk]
            found[group.pk] = GroupOnDay(group.pk, group.name, tuple(members))
        return found

    @cached_property
    def _group_names(self) -> dict[str, int]:
        return dict(GroupName.objects.values_list("matching", "group_id"))

    def _by_rule(self, rule: str) -> list[Department]:
        """All departments of a level that exist on the day."""
        level = {"province": Level.PROVINCE, "cities": Level.CITY}[rule]
        found = self._departments.values()
        return [one for one in found if one.level == level and self._exists(one)]

    def close_to(self, text: str) -> str | None:
        """The official name of the likeliest body, for an offer."""
        found = self.suggest(text, limit=1)
        return found[0].name if found else None

    def suggest(self, text: str, *, limit: int = 5) -> list[Suggestion]:
        """Whom a name that finds nobody may mean, likeliest first."""
        key = matching(text)
        if key not in self._suggested:
            self._suggested[key] = self._borne_by_several(key) or self._alike(key)
        return self._suggested[key][:limit]

    def _borne_by_several(self, key: str) -> list[Suggestion]:
        meanings = self._meanings.get(key)
        best = sorted(meanings[min(meanings)]) if meanings else []
        return [self._suggestion(pk, why="several") for pk in best] if len(best) > 1 else []

    def _alike(self, key: str) -> list[Suggestion]:
        """Each body or group once, by the nearest of its names."""
        nearest: dict[int | str, tuple[float, bool, str]] = {}
        for near in self._likeness.near(key):
            for bearer in self._bearers(near.name):
                nearest.setdefault(bearer, (near.score, near.elsewhere, near.why))
        found = sorted(nearest.items(), key=lambda pair: -pair[1][0])[:_SUGGESTED]
        likely = bool(found) and likeness.stands_out([near[:2] for _bearer, near in found])
        if likely:
            least = found[0][1][0] - _BEHIND
            found = [pair for pair in found if pair[1][0] >= least]
        return [
            self._suggestion(bearer, why=why, likely=likely and not place)
            for place, (bearer, (_score, _elsewhere, why)) in enumerate(found)
        ]

    def _suggestion(self, bearer: int | str, *, why: str, likely: bool = False) -> Suggestion:
        if isinstance(bearer, int):
            name = self._departments[bearer].name
            return Suggestion(f"department:{bearer}", name, why, likely)
        group = self.groups[int(bearer.removeprefix("group:"))]
        return Suggestion(bearer, group.name, why, likely)

    def _bearers(self, key: str) -> list[int | str]:
        meanings = self._meanings.get(key)
        if meanings:
            return [*sorted(meanings[min(meanings)])]
        group = self._group_names.get(key)
        return [f"group:{group}"] if group else []

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness([*self._meanings, *self._group_names])

    def _learn_names(self) -> None:
        named: set[tuple[int, str]] = set()
        for name in DepartmentName.objects.all():
            named.add((name.department_id, name.kind))
            if _is_valid(name, on=self.on):
                self._learn(name.matching, kind=name.kind, department_id=name.department_id)
        for pk, department in self._departments.items():
            for kind, text in (("official", department.name), ("short", department.short_name)):
                # The dated rows decide; the plain columns stand in where there are none.
                if text and (pk, kind) not in named:
                    self._learn(matching(text), kind=kind, department_id=pk)

    def _learn(self, key: str, *, kind: str, department_id: int) -> None:
        standing = self._standing.get(department_id)
        if standing:
            self._meanings[key][_RANKS[DepartmentName.Kind(kind)]].add(standing)

    def _exists(self, department: Department) -> bool:
        started = department.valid_from is None or department.valid_from <= self.on
        return started and (department.valid_to is None or department.valid_to >= self.on)

    def _standing_for(self, department: Department) -> int | None:
        """The key of the body itself, or of the successor that exists on the day."""
        seen: set[int] = set()
        current: Department | None = department
        while current and current.pk not in seen:
            if self._exists(current):
                return current.pk
            seen.add(current.pk)
            ended = current.valid_to is not None and current.valid_to < self.on
            successor = current.successor_id if ended else None
            current = self._departments.get(successor) if successor else None
        return None


def _holds(on: dt.date) -> Q:
    """Rows whose days include `on`; a blank day is no limit."""
    started = Q(valid_from=None) | Q(valid_from__lte=on)
    return started & (Q(valid_to=None) | Q(valid_to__gte=on))


def _is_valid(name: DepartmentName, *, on: dt.date) -> bool:
    """The Python twin of DepartmentName.objects.valid: former names find their body for ever."""
    if name.valid_from and name.valid_from > on:
        return False
    return name.valid_to is None or name.valid_to >= on or name.kind == "former"
