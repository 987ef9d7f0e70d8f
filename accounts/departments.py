"""What happens to departments: loading from a file, renaming, changing, counterparts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, department_loading, department_names, department_rows, names, pinyin
from accounts.department_loading import Loaded
from accounts.errors import RuleViolation
from accounts.models import Department, DepartmentName, User

# What the system administrator may change by hand; names have dates and go through `rename`.
CHANGEABLE = (
    "short_name",
    "level",
    "kind",
    "region",
    "parent",
    "counterpart",
    "valid_from",
    "valid_to",
    "successor",
)


def load(rows: Iterable[Mapping[str, str]], *, by: User | None) -> Loaded:
    """Add or update departments by name, all or nothing; keys as department_rows.COLUMNS."""
    return department_loading.write(department_rows.read(rows), by=by)


@transaction.atomic
def rename(department: Department, *, name: str, on: dt.date, by: User | None) -> Department:
    """Give a department a new official name from a day on; the old one stays as a former name."""
    locked = Department.objects.select_for_update().get(pk=department.pk)
    old, new = locked.name, names.tidy(name)
    _require_free_name(new, locked)
    last_day = on - dt.timedelta(days=1)
    _keep_name(locked, "former", old, valid_to=last_day)
    locked.names.filter(kind="official").delete()
    # A body that takes back an old name has it as its official name only.
    locked.names.filter(kind="former", matching=names.matching(new)).delete()
    locked.name, locked.pinyin = new, pinyin.initials(new)
    locked.save(update_fields=["name", "pinyin"])
    _keep_name(locked, "official", new, valid_from=on)
    detail = {"name": [old, new], "on": on.isoformat()}
    audit.record(
        locked, verb="rename_department", by=by, detail=detail, department_id=department.pk
    )
    return locked


@transaction.atomic
def change(
    department: Department, *, values: Mapping[str, Any], aliases: Iterable[str], by: User
) -> Department:
    """Set the CHANGEABLE fields and add aliases."""
    locked = Department.objects.select_for_update().get(pk=department.pk)
    detail: dict[str, Any] = {}
    for name in CHANGEABLE:
        before, after = getattr(locked, name), values[name]
        if before != after:
            detail[name] = [str(before or ""), str(after or "")]
            setattr(locked, name, after)
    if locked in (locked.parent, locked.counterpart, locked.successor):
        raise RuleViolation(_("A department cannot stand here for itself; name another one."))
    locked.save(update_fields=CHANGEABLE)
    row = department_rows.Row(0, locked.name, aliases=list(aliases))
    if department_names.write([(locked, row)]):
        detail["aliases"] = row.aliases
    if detail:
        audit.record(
            locked, verb="change_department", by=by, detail=detail, department_id=locked.pk
        )
    return locked


def counterpart_of(central: Department, *, on: dt.date) -> Department | None:
    """The first existing department whose counterpart names the central body."""
    found = Department.objects.existing(on=on).filter(counterpart=central)
    return found.order_by("position", "pk").first()


def _require_free_name(name: str, department: Department) -> None:
    if not name or len(name) > 200:
        raise RuleViolation(_("A name has 1 to 200 characters; write the full official name."))
    if name == department.name:
        raise RuleViolation(_("The department already has this name; enter the new one."))
    if Department.objects.filter(name=name).exclude(pk=department.pk).exists():
        raise RuleViolation(_("Another department has this name; choose a different one."))


def _keep_name(department: Department, kind: str, text: str, **days: dt.date) -> None:
    DepartmentName.objects.update_or_create(
        department=department,
        matching=names.matching(text),
        kind=kind,
        defaults={"name": text, **days},
    )
