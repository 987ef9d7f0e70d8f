"""Loads the reference data that the product ships: provinces, central bodies, usual groups."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from django.db import transaction

from accounts import departments, groups, names
from accounts.department_loading import Loaded
from accounts.errors import RuleViolation
from accounts.models import Department, Level, Region, User

DATA = Path(__file__).resolve().parent / "data"
# An addressee of national lists without a code in GB/T 2260.
CORPS = "新疆生产建设兵团"


@transaction.atomic
def load(*, by: User | None) -> tuple[int, Loaded]:
    """Add what is missing, as often as you like; returns (regions added, departments loaded)."""
    before = Region.objects.count()
    for row in _rows("gbt2260-provinces.csv"):
        Region.objects.update_or_create(name=row["name"], defaults={"code": row["code"]})
    Region.objects.get_or_create(name=CORPS)
    added = Region.objects.count() - before
    _load_groups(by=by)
    return added, departments.load(_rows("state-council-bodies.csv"), by=by)


@transaction.atomic
def load_departments(rows: Sequence[Mapping[str, str]], *, by: User | None) -> Loaded:
    """Load a departments file; central bodies that it names come along on a new installation."""
    own = {names.matching(row.get("name", "")) for row in rows}
    counterparts = {names.matching(row.get("counterpart") or "") for row in rows} - {""}
    known = Department.objects.filter(level=Level.CENTRAL).exists()
    if counterparts - own and not known:
        load(by=by)
    return departments.load(rows, by=by)


def _load_groups(*, by: User | None) -> None:
    """Those whose members follow from a rule; a group or name that is there stays as people keep
    it. Who the 相关 and 有关 ones are, only people can say."""
    for row in _rows("department-groups.csv"):
        try:
            group = groups.make(row["name"], kind="group", rule=row["rule"], by=by)
        except RuleViolation:
            continue
        for name in row["other_names"].split("、"):
            with suppress(RuleViolation):
                groups.learn_name(group, name, by=by)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
