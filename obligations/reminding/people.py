"""Who is reminded, and how rows reach those who answer for them: by department and by region."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import Department, Region, Role, User
from obligations import calendars

# A digest lists so many rows of one source; above that it counts them and links to the filter.
KEPT = 500

OFFICERS = frozenset({Role.OFFICER})
REVIEWERS = frozenset({Role.REVIEWER})
DEPARTMENT = OFFICERS | REVIEWERS
COORDINATORS = frozenset({Role.COORDINATOR})


@dataclass
class Found:
    """What one source has for one person: the first ids in their order, and how many there are.

    `late` of them are past their day. People of one department share one object.
    """

    ids: list[int] = field(default_factory=list)
    count: int = 0
    late: int = 0

    def take(self, pk: int, *, late: bool) -> None:
        self.count += 1
        self.late += late
        if len(self.ids) < KEPT:
            self.ids.append(pk)


@dataclass(frozen=True)
class Row:
    """One thing that waits, and the department that it is about."""

    pk: int
    department_id: int
    late: bool = False


@dataclass(frozen=True)
class People:
    """Those who are reminded on one day. `regions` names the region of each department."""

    users: tuple[User, ...]
    regions: Mapping[int, int | None]

    def share(self, rows: Iterable[Row], *, among: Collection[str]) -> dict[int, Found]:
        """Each row to the people of these roles who answer for its department; by user key."""
        of_department: dict[int, Found] = defaultdict(Found)
        of_region: dict[int | None, Found] = defaultdict(Found)
        everything = Found()
        for row in rows:
            of_department[row.department_id].take(row.pk, late=row.late)
            of_region[self.regions.get(row.department_id)].take(row.pk, late=row.late)
            everything.take(row.pk, late=row.late)
        found = {}
        for user in self.users:
            if user.role not in among:
                continue
            if user.role in User.OF_A_DEPARTMENT:
                own = of_department.get(user.department_id or 0)
            else:
                own = everything if user.region_id is None else of_region.get(user.region_id)
            if own is not None and own.count:
                found[user.pk] = own
        return found


def at_work(on: dt.date) -> People:
    """Officers, reviewers and coordinators for whom the day is a working day where they are."""
    wanted = User.objects.filter(is_active=True, role__in=[*DEPARTMENT, *COORDINATORS])
    users = list(wanted.select_related("department").order_by("pk"))
    departments = dict(Department.objects.values_list("pk", "region_id"))
    places = {_place(user) for user in users}
    regions = Region.objects.select_related("parent").in_bulk([pk for pk in places if pk])
    working = {
        place
        for place in places
        if calendars.current(regions.get(place) if place else None).is_workday(on)
    }
    present = tuple(user for user in users if _place(user) in working)
    return People(present, departments)


def _place(user: User) -> int | None:
    """The region whose holidays a person has."""
    return user.region_id or (user.department.region_id if user.department else None)
