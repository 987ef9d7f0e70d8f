"""Whether figures are as new as they should be: the one rule behind “not checked, since …”."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import Department, User
from jobs import watching
from obligations import rates
from obligations.models import DepartmentCheck, Obligation
from obligations.today import date_of

JOB = "obligations.check"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Behind:
    """One department that checks did not reach, and the first day that is missing."""

    name: str
    since: dt.date


@dataclass(frozen=True)
class Freshness:
    """`since` is the first day that should have been checked by now and was not; `departments`
    are those that stay behind the others, because their check broke off."""

    since: dt.date | None = None
    departments: Mapping[int, Behind] = field(default_factory=dict)

    def of(self, department_id: int) -> dt.date | None:
        """Since when one department's figures are not checked; None where they are."""
        behind = self.departments.get(department_id)
        return behind.since if behind else self.since

    @property
    def of_all(self) -> dt.date | None:
        """Since when a sum over all departments is not checked, as a whole or in a part."""
        return self.since or min((one.since for one in self.departments.values()), default=None)


def for_user(user: User, *, on: dt.date, now: dt.datetime | None = None) -> Freshness:
    """Of the figures at the end of a day over all that the user may see."""
    return of(Department.objects.visible_to(user), on=on, now=now)


def of(
    departments: QuerySet[Department], *, on: dt.date, now: dt.datetime | None = None
) -> Freshness:
    """Of the figures of these departments at the end of a day. One query where all is well."""
    expected = watching.last_day_expected(JOB, now=now)
    rows = _checks_of(departments)
    through = max((row["checked_on"] for row in rows if row["checked_on"]), default=None)
    since = _first_missing(through, expected)
    behind = {
        row["pk"]: Behind(row["name"], _since(row))
        for row in rows
        if not row["is_checked"] or (through and row["checked_on"] < min(through, expected or on))
    }
    if len(rows) == len(behind) == 1:
        since, behind = behind.popitem()[1].since, {}
    return Freshness(
        since=since if since and since <= on else None,
        departments={pk: one for pk, one in behind.items() if one.since <= on},
    )


def of_indicators(codes: Collection[str], *, on: dt.date) -> dict[str, dt.date]:
    """Those that kinds add and whose own work is late: code -> the day since when."""
    added = [one for one in rates.of_kinds() if one.job and one.code in codes]
    found = {one.code: watching.late_since(one.job) for one in added}
    days = {code: date_of(since) for code, since in found.items() if since}
    return {code: day for code, day in days.items() if day <= on}


def _first_missing(through: dt.date | None, expected: dt.date | None) -> dt.date | None:
    """The first day that should be checked by now and is not."""
    if expected is None or (through is not None and through >= expected):
        return None
    # Nobody may have owed anything that night, or only today's reader does.
    last_night = watching.last_done(JOB)
    known = [day for day in (through, last_night and dt.date.fromisoformat(last_night)) if day]
    first = watching.first_day_due(JOB)
    missing = max([first, *(day + _DAY for day in known)])
    return missing if missing <= expected else None


def _since(row: Mapping[str, Any]) -> dt.date:
    checked_on: dt.date | None = row["checked_on"]
    first_on: dt.date = row["first_on"]
    return checked_on + _DAY if checked_on else first_on


def _checks_of(departments: QuerySet[Department]) -> list[dict[str, Any]]:
    """Of each department that owes and was ever checked: its newest check, and the newest one that
    did not break off."""
    checks = DepartmentCheck.objects.filter(department=OuterRef("pk"))
    newest = checks.order_by("-day")
    owed = Obligation.objects.filter(department=OuterRef("pk"), external=False)
    rows: Any = departments.filter(Exists(checks), Exists(owed)).order_by("position", "pk")
    rows = rows.annotate(
        first_on=Subquery(checks.order_by("day").values("day")[:1]),
        is_checked=Subquery(newest.values("checked")[:1]),
        checked_on=Subquery(newest.filter(checked=True).values("day")[:1]),
    )
    return list(rows.values("pk", "name", "first_on", "is_checked", "checked_on"))
