"""Who is reminded, and how rows reach those who answer for them: by department and by region."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from accounts import permissions
from accounts.models import Department, Region, Role, User
from obligations import calendars

# A digest lists so many rows of one source; above that it counts them and links to the filter.
KEPT = 500

OFFICERS = frozenset({Role.OFFICER})
REVIEWERS = frozenset({Role.REVIEWER})
DEPARTMENT = OFFICERS | REVIEWERS
COORDINATORS = frozenset({Role.COORDINATOR})
SYSTEM_ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR})


@dataclass
class Found:
    """What one source has for one person: the first ids in their order, and how many there are.

    `late` of them are past their day; the first last day of the others is `until`, where they have
    one that is worth saying. People of one department share one object.
    """

    ids: list[int] = field(default_factory=list)
    count: int = 0
    late: int = 0
    until: dt.date | None = None

    def take(self, row: Row) -> None:
        self.count += 1
        self.late += row.late
        if row.until is not None:
            self.until = min(row.until, self.until or row.until)
        if len(self.ids) < KEPT:
            self.ids.append(row.pk)


@dataclass(frozen=True)
class Row:
    """One thing that waits, and the department that it is about."""

    pk: int
    department_id: int
    late: bool = False
    until: dt.date | None = None


@dataclass(frozen=True)
class People:
    """Those who are reminded on one day. `regions` names the region of each department."""

    users: tuple[User, ...]
    regions: Mapping[int, int | None]

    def share(self, rows: Iterable[Row], *, among: Collection[str]) -> dict[int, Found]:
        """Each row to the people of these roles who answer for its department; by user key."""
        of_department: dict[int, Found] = defaultdict(Found)
        in_regions = _Regions()
        for row in rows:
            of_department[row.department_id].take(row)
            in_regions.take(self.regions.get(row.department_id), row)
        found = {}
        for user in self.users:
            if user.role not in among:
                continue
            if user.role in User.OF_A_DEPARTMENT:
                own = of_department.get(user.department_id or 0)
            else:
                own = in_regions.of(user)
            if own is not None and own.count:
                found[user.pk] = own
        return found

    def in_scope(
        self, rows: Iterable[tuple[int | None, Row]], *, among: Collection[str]
    ) -> dict[int, Found]:
        """Each row with its own region, None being the whole province's, to whom it concerns."""
        in_regions = _Regions()
        for region_id, row in rows:
            in_regions.take(region_id, row)
        told = {user.pk: in_regions.of(user) for user in self.users if user.role in among}
        return {pk: found for pk, found in told.items() if found is not None and found.count}

    def hand(self, rows: Iterable[tuple[int, Row]]) -> dict[int, Found]:
        """Each row to the one person in whose hands it is."""
        found: dict[int, Found] = defaultdict(Found)
        for user_id, row in rows:
            found[user_id].take(row)
        return {user.pk: found[user.pk] for user in self.users if user.pk in found}

    def tell(self, found: Found, *, among: Collection[str]) -> dict[int, Found]:
        """The same to everybody of these roles."""
        return {user.pk: found for user in self.users if user.role in among and found.count}


class _Regions:
    """What was found, by region and in all."""

    def __init__(self) -> None:
        self._by_region: dict[int | None, Found] = defaultdict(Found)
        self._everything = Found()

    def take(self, region_id: int | None, row: Row) -> None:
        self._by_region[region_id].take(row)
        self._everything.take(row)

    def of(self, user: User) -> Found | None:
        """All of it for people of the whole province, else their region's."""
        if user.region_id is None:
            return self._everything
        return self._by_region.get(user.region_id)


def at_work(on: dt.date) -> People:
    """Those who are reminded at all, and for whom the day is a working day where they are."""
    wanted = User.objects.filter(is_active=True, role__in=permissions.VERBS["be_reminded"])
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
