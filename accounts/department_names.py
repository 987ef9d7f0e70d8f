"""Keeps the dated names of departments in step with the departments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts import names
from accounts.department_rows import Row
from accounts.models import Department, DepartmentName

Kind = DepartmentName.Kind


def write(pairs: Sequence[tuple[Department, Row]]) -> set[int]:
    """Add the names that rows give; returns the keys of departments that gained or changed one.

    No name is lost: a short name that was replaced stays as an alias, because documents go on
    using it.
    """
    writing = _Writing([department for department, _ in pairs])
    for department, row in pairs:
        writing.keep(department, Kind.OFFICIAL, department.name)
        if department.short_name:
            writing.replace_short_name(department)
        for alias in row.aliases:
            writing.keep_alias(department, alias)
        for former in row.former_names:
            writing.keep(department, Kind.FORMER, former.name, valid_to=former.valid_to)
    writing.save()
    return writing.touched


class _Writing:
    def __init__(self, departments: Sequence[Department]) -> None:
        self._known = {
            (name.department_id, name.kind, name.matching): name
            for name in DepartmentName.objects.filter(department__in=departments)
        }
        self._changed: dict[int, DepartmentName] = {}
        self._added: list[DepartmentName] = []
        self._dropped: list[int] = []
        self.touched: set[int] = set()

    def keep(
        self, department: Department, kind: Kind, text: str, *, valid_to: dt.date | None = None
    ) -> None:
        key = (department.pk, kind.value, names.matching(text))
        known = self._known.get(key)
        if known is None:
            name = DepartmentName(
                department=department, name=text, matching=key[2], kind=kind, valid_to=valid_to
            )
            self._known[key] = name
            self._added.append(name)
        elif valid_to and known.valid_to != valid_to:
            known.valid_to = valid_to
            if known.pk:
                self._changed[known.pk] = known
        else:
            return
        self.touched.add(department.pk)

    def keep_alias(self, department: Department, text: str) -> None:
        key = names.matching(text)
        if key not in (names.matching(department.name), names.matching(department.short_name)):
            self.keep(department, Kind.ALIAS, text)

    def replace_short_name(self, department: Department) -> None:
        new = names.matching(department.short_name)
        for (owner, kind, key), name in list(self._known.items()):
            if owner == department.pk and kind == Kind.SHORT and key != new:
                self.keep(department, Kind.ALIAS, name.name)
                self._dropped.append(name.pk)
        self.keep(department, Kind.SHORT, department.short_name)

    def save(self) -> None:
        DepartmentName.objects.filter(pk__in=self._dropped).delete()
        DepartmentName.objects.bulk_create(self._added, batch_size=500)
        DepartmentName.objects.bulk_update(self._changed.values(), ["valid_to"], batch_size=200)
