"""Writes each department's totals of a day under each list, for trends."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Department
from obligations import day_rows, findings, indicators, letters
from obligations.day_rows import Rows
from obligations.models import DepartmentDay

_KEPT = tuple(
    field.name
    for field in DepartmentDay._meta.local_fields
    if field.name not in ("id", "department", "list", "day")
)
_FAILED = "failed"
# Department and list -> name -> how many.
_Totals = dict[tuple[int, int], dict[str, int]]


@dataclass(frozen=True)
class Counted:
    """What one department's obligations add up to at the end of a day."""

    totals: Mapping[str, int]
    # How many fail in at least one check.
    failed: int


def record(
    *, as_of: dt.date, today: dt.date, departments: Sequence[Department] | None = None
) -> dict[int, Counted]:
    """Count the day anew and store what is new; the same facts give the same rows."""
    days = day_rows.of(as_of, today=today, departments=departments)
    totals: _Totals = defaultdict(lambda: defaultdict(int))
    for rows in days:
        for key, counts in _count(rows).items():
            for name, count in counts.items():
                totals[key][name] += count
    _store(totals, as_of=as_of, departments=departments)
    counted = _by_department(totals)
    if all(rows.are_newest for rows in days):
        return counted
    failed = findings.failing(departments, as_of=as_of)
    return {pk: Counted(one.totals, failed.get(pk, 0)) for pk, one in counted.items()}


def _count(rows: Rows) -> _Totals:
    """One look at the rows, all counts at once."""
    facts = rows.facts
    conditions = indicators.conditions(facts.as_of, prefix=facts.prefix)
    asked = {name: Count("pk", filter=conditions[name] or None) for name in _KEPT}
    if rows.are_newest:
        failed = Q(**{facts.of("last_found__contains"): letters.FAILS})
        asked[_FAILED] = Count("pk", filter=failed)
    keys = (facts.of("department_id"), facts.of("item__list_id"))
    # The n_ keeps them clear of the columns of the same name.
    named = {f"n_{name}": count for name, count in asked.items()}
    grouped = rows.rows.order_by().values(*keys).annotate(**named)
    return {
        (row[keys[0]], row[keys[1]]): {name: row[f"n_{name}"] for name in asked} for row in grouped
    }


def _store(totals: _Totals, *, as_of: dt.date, departments: Sequence[Department] | None) -> None:
    held = DepartmentDay.objects.filter(day=as_of)
    if departments is not None:
        held = held.filter(department__in=departments)
    known = {
        (row["department_id"], row["list_id"]): {name: row[name] for name in _KEPT}
        for row in held.values("department_id", "list_id", *_KEPT)
    }
    wanted = {key: {name: counts[name] for name in _KEPT} for key, counts in totals.items()}
    DepartmentDay.objects.bulk_create(
        [
            DepartmentDay(department_id=key[0], list_id=key[1], day=as_of, **counts)
            for key, counts in wanted.items()
            if known.get(key) != counts
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["day", "department", "list"],
        update_fields=_KEPT,
    )


def _by_department(totals: _Totals) -> dict[int, Counted]:
    summed: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (department_id, _list_id), counts in totals.items():
        for name, count in counts.items():
            summed[department_id][name] += count
    return {pk: Counted(counts, counts.get(_FAILED, 0)) for pk, counts in summed.items()}
