"""Writes the rows of a departments file: adds or updates by name, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit, department_names, names, pinyin
from accounts.department_rows import FileRefused, Problem, Row
from accounts.models import Department, DepartmentName, Level, Region, User

_LINKS = ("counterpart", "parent", "successor")
_WRITTEN = ["short_name", "level", "kind", "region", "valid_from", "valid_to", *_LINKS]


@dataclass(frozen=True)
class Loaded:
    """How many departments and regions a file added, changed or left as they were."""

    created: int
    updated: int
    unchanged: int
    regions: int


@transaction.atomic
def write(rows: Sequence[Row], *, by: User | None) -> Loaded:
    """Write all rows; raises FileRefused when a body they name is unknown."""
    regions = {region.name: region for region in Region.objects.all()}
    regions_before = len(regions)
    _add_regions(rows, regions)
    present = {names.matching(d.name): d for d in Department.objects.select_for_update()}
    fresh = _add_departments(rows, present)
    changes = _apply_cells(rows, present, regions)
    _apply_links(rows, present, changes)
    departments = [present[names.matching(row.name)] for row in rows]
    Department.objects.bulk_update(
        [d for d in departments if changes[d.pk] or d.pk in fresh], _WRITTEN, batch_size=200
    )
    named = department_names.write(list(zip(departments, rows, strict=True)))
    changed = {pk for pk in changes if changes[pk]} | named
    _record(departments, fresh=fresh, changed=changed, changes=changes, by=by)
    return Loaded(
        created=len(fresh),
        updated=len(changed - fresh),
        unchanged=len(rows) - len(changed | fresh),
        regions=len(regions) - regions_before,
    )


def _add_regions(rows: Sequence[Row], regions: dict[str, Region]) -> None:
    """Unknown regions are new ones; a city's hangs under the file's province, if it has one."""
    provinces = {row.texts.get("region") for row in rows if row.level == Level.PROVINCE} - {None}
    cities = {row.texts.get("region") for row in rows if row.level == Level.CITY}
    for row in rows:
        name = row.texts.get("region")
        if name and name not in regions:
            regions[name] = Region.objects.create(name=name)
    if len(provinces) != 1:
        return
    province = regions[str(next(iter(provinces)))]
    orphans = Region.objects.filter(name__in=cities - {None}, parent=None, code=None)
    orphans.exclude(pk=province.pk).update(parent=province)


def _add_departments(rows: Sequence[Row], present: dict[str, Department]) -> set[int]:
    """Create the departments that are not there yet, bare; returns their keys."""
    last = Department.objects.aggregate(last=Max("position"))["last"] or 0
    new = [
        Department(name=row.name, pinyin=pinyin.initials(row.name), position=last + place)
        for place, row in enumerate(rows, start=1)
        if names.matching(row.name) not in present
    ]
    Department.objects.bulk_create(new)
    present.update({names.matching(department.name): department for department in new})
    return {department.pk for department in new}


def _apply_cells(
    rows: Sequence[Row], present: dict[str, Department], regions: dict[str, Region]
) -> dict[int, dict[str, Any]]:
    """Set the plain columns; returns {department key: {field: [before, after]}}."""
    changes: dict[int, dict[str, Any]] = {}
    for row in rows:
        department = present[names.matching(row.name)]
        given: dict[str, Any] = {**row.dates}
        given.update({k: row.texts[k] for k in ("short_name", "kind") if k in row.texts})
        if row.level:
            given["level"] = row.level.value
        if "region" in row.texts:
            given["region_id"] = regions[row.texts["region"]].pk
        change: dict[str, Any] = {}
        changes[department.pk] = change
        for name, value in given.items():
            _set(department, name, value, change)
        _check_days(department, row)
    return changes


def _check_days(department: Department, row: Row) -> None:
    """The file may give one day only: the other may stand in the database already."""
    first, last = department.valid_from, department.valid_to
    if first and last and first > last:
        sentence = _("The last day lies before the first day; correct one of the two.")
        column = "valid_to" if "valid_to" in row.dates else "valid_from"
        raise FileRefused([Problem(row.number, column, sentence)])


def _apply_links(
    rows: Sequence[Row], present: dict[str, Department], changes: dict[int, dict[str, Any]]
) -> None:
    """Resolve the bodies that rows name, which may stand later in the same file."""
    meant = _meanings(rows, present)
    problems: list[Problem] = []
    for row in rows:
        department = present[names.matching(row.name)]
        for link in _LINKS:
            text = row.texts.get(link)
            other = meant.get(names.matching(text)) if text else None
            if text and other is None:
                problems.append(Problem(row.number, link, _unknown(text)))
            elif text and other is not None and other.pk == department.pk:
                sentence = _("A department cannot stand here for itself; name another one.")
                problems.append(Problem(row.number, link, sentence))
            elif other is not None:
                _set(department, f"{link}_id", other.pk, changes[department.pk])
    problems = problems or _circles(rows, present)
    if problems:
        raise FileRefused(problems)


def _circles(rows: Sequence[Row], present: dict[str, Department]) -> list[Problem]:
    by_key = {department.pk: department for department in present.values()}
    problems = []
    for row in rows:
        start = present[names.matching(row.name)]
        for link in ("parent", "successor"):
            seen = {start.pk}
            current = by_key.get(getattr(start, f"{link}_id"))
            while current and current.pk not in seen:
                seen.add(current.pk)
                current = by_key.get(getattr(current, f"{link}_id"))
            if current and current.pk == start.pk:
                sentence = _("These departments name each other in a circle; cut it at one place.")
                problems.append(Problem(row.number, link, sentence))
    return problems


def _meanings(rows: Sequence[Row], present: dict[str, Department]) -> dict[str, Department | None]:
    """Every name, whatever its days; one that means several bodies means none."""
    meant: dict[str, Department | None] = {}
    by_key = {department.pk: department for department in present.values()}
    known = [(name.matching, by_key[name.department_id]) for name in DepartmentName.objects.all()]
    for row in rows:
        texts = [row.texts.get("short_name", ""), *row.aliases]
        texts += [former.name for former in row.former_names]
        known += [(names.matching(t), present[names.matching(row.name)]) for t in texts if t]
    for key, department in known:
        same = key not in meant or meant[key] == department
        meant[key] = department if same else None
    return {**meant, **present}


def _unknown(text: str) -> str:
    sentence = _(
        "There is no department “%(text)s”. Correct the name, or add a row for it; central bodies "
        "are loaded by “manage.py load_reference”."
    )
    return sentence % {"text": text[:50]}


def _set(department: Department, name: str, value: Any, change: dict[str, Any]) -> None:
    before = getattr(department, name)
    if before != value:
        setattr(department, name, value)
        change[name] = [None if before is None else str(before), str(value)]


def _record(
    departments: Sequence[Department],
    *,
    fresh: set[int],
    changed: set[int],
    changes: dict[int, dict[str, Any]],
    by: User | None,
) -> None:
    audit.record_many(
        audit.entry(
            department,
            verb="add_department" if department.pk in fresh else "change_department",
            by=by,
            detail=changes[department.pk],
            department_id=department.pk,
        )
        for department in departments
        if department.pk in fresh or department.pk in changed
    )
