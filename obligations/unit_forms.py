"""Forms that say whom names in lists mean: all of one import, or one of the queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, DepartmentGroup, User
from accounts.names import Directory
from obligations.importing import matching
from obligations.models import Import
from obligations.tables.table import listed

# One page may hold so many names; the browser sends two fields for each.
NAMES_SHOWN = 200
LATER = "later"
NOBODY = "nobody"
WHY: Mapping[str, Promise] = {
    "known": gettext_lazy("has this name now"),
    "look": gettext_lazy("similar"),
    "sound": gettext_lazy("sounds the same"),
    "short": gettext_lazy("short form"),
    "former": gettext_lazy("former name"),
    "initials": gettext_lazy("pinyin initials"),
    "part": gettext_lazy("contained in it"),
}
Meant = Department | DepartmentGroup


@dataclass(frozen=True)
class Option:
    """One body or group that may be meant."""

    key: str
    name: str
    why: Promise | str


@dataclass
class NameChoice:
    """One name, whom it may mean, and what was chosen. `shared`: those that all bear it."""

    number: int
    text: str
    rows: str = ""
    row_count: int = 0
    columns: str = ""
    options: list[Option] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    chosen: str = LATER
    other: str = ""
    error: str = ""
    meant: Meant | None = None

    @property
    def field(self) -> str:
        """The name of the field that holds the choice."""
        return f"choice-{self.number}"

    def offer(self, suggestions: Iterable[Mapping[str, Any]], *, by: User, scope: Scope) -> None:
        """Take over whom the name may mean; the likeliest is chosen where it stands out."""
        for one in suggestions:
            if one["why"] == "several":
                self.shared.append(one["name"])
            elif scope.reaches(one["key"], by=by):
                self.options.append(Option(one["key"], one["name"], WHY.get(one["why"], "")))
                if one.get("likely"):
                    self.chosen = one["key"]

    def take(self, chosen: str, other: str, scope: Scope, *, by: User) -> None:
        """What a person chose; a name that was written out counts before anything else."""
        self.chosen, self.other = chosen, other.strip()[:200]
        if self.other:
            self.meant = scope.named(self.other)
            if self.meant is None:
                self.error = _("No department or group is called so; choose one of the list.")
        elif chosen not in (LATER, NOBODY):
            self.meant = scope.of_key(chosen)
            if self.meant is None:
                self.error = _("This department or group is not there any more; choose another.")
        department = self.meant if isinstance(self.meant, Department) else None
        if self.meant is not None and not matching.may_learn(by, department=department):
            self.error = _("This lies outside your region: leave it to the province.")


class Scope:
    """Departments and groups that can be meant on a day."""

    def __init__(self, on: dt.date) -> None:
        self.directory = Directory(on)
        self._on = on

    def names(self, *, by: User) -> list[str]:
        """Everybody's official name, for the browser to complete."""
        found = Department.objects.existing(on=self._on).order_by("position", "pk")
        if by.region_id is not None:
            return list(found.filter(region=by.region_id).values_list("name", flat=True))
        groups = DepartmentGroup.objects.order_by("name").values_list("name", flat=True)
        return [*groups, *found.values_list("name", flat=True)]

    def named(self, text: str) -> Meant | None:
        found = self.directory.find(text)
        if found:
            return found
        group = self.directory.find_group(text)
        return DepartmentGroup.objects.filter(pk=group.pk).first() if group else None

    def of_key(self, key: str) -> Meant | None:
        """ "department:3" or "group:2"; None for anything else."""
        sort, _colon, number = key.partition(":")
        if not number.isascii() or not number.isdecimal() or len(number) > 18:
            return None
        if sort == "department":
            return self.directory.department(int(number))
        if sort == "group":
            return DepartmentGroup.objects.filter(pk=int(number)).first()
        return None

    def reaches(self, key: str, *, by: User) -> bool:
        """Whether the person may teach names of what the key says."""
        if by.region_id is None:
            return True
        meant = self.of_key(key)
        return isinstance(meant, Department) and matching.may_learn(by, department=meant)


class UnitsForm:
    """All names of one import that nobody bears, and the two ticks for the file as a whole."""

    def __init__(self, upload: Import, *, scope: Scope, by: User, data: Any = None) -> None:
        self.first_leads, self.allow_unresolved = upload.first_leads, upload.allow_unresolved
        self.names = [
            _of_import(number, one) for number, one in enumerate(upload.unresolved[:NAMES_SHOWN])
        ]
        for name, one in zip(self.names, upload.unresolved, strict=False):
            name.offer(one["suggestions"], by=by, scope=scope)
        if data is not None:
            self.first_leads = "first_leads" in data
            self.allow_unresolved = "allow_unresolved" in data
            for name in self.names:
                chosen = data.get(name.field, LATER)
                name.take(chosen, data.get(f"other-{name.number}", ""), scope, by=by)

    @property
    def is_valid(self) -> bool:
        return not any(name.error for name in self.names)

    @property
    def matches(self) -> dict[str, Meant]:
        """Whom each name means, of those that somebody was chosen for."""
        return {name.text: name.meant for name in self.names if name.meant is not None}

    def blame(self, text: str, sentence: str) -> None:
        """Say at a name why it could not be learnt."""
        for name in self.names:
            if name.text == text:
                name.error = sentence


def _of_import(number: int, one: Mapping[str, Any]) -> NameChoice:
    return NameChoice(
        number,
        one["text"],
        rows=listed(one["rows"]),
        row_count=len(one["rows"]),
        columns="、".join(one["columns"]),
    )
