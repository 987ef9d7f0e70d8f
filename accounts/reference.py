"""Loads the reference data that the product ships: provinces and central bodies."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from accounts import departments
from accounts.department_loading import Loaded
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
    return added, departments.load(_rows("state-council-bodies.csv"), by=by)


def is_loaded() -> bool:
    """Whether any central body is known."""
    return Department.objects.filter(level=Level.CENTRAL).exists()


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
