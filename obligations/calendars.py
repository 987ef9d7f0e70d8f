"""The working-day calendar in force, read from the database once and kept per process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection, transaction

from accounts.models import Region
from obligations.calendar_data import ShippedDay, shipped_days
from obligations.models import CalendarDay
from obligations.workdays import Calendar

# What tells that the table changed: the newest row, and how many there are of each sort.
_Version = tuple[object, ...]
_TABLE = CalendarDay._meta.db_table
_VERSION_SQL = f"""
    SELECT COUNT(*), MAX(id), MAX(day),
           SUM(CASE WHEN is_workday THEN 1 ELSE 0 END),
           SUM(CASE WHEN provisional THEN 1 ELSE 0 END),
           (SELECT day FROM {_TABLE} ORDER BY id DESC LIMIT 1)
    FROM {_TABLE}
"""
_kept: dict[int | None, tuple[_Version, Calendar]] = {}


def current(region: Region | None = None) -> Calendar:
    """The national calendar, or a region's with its own holidays; one query when nothing changed.

    As long as no national day is loaded the shipped calendar counts.
    """
    return in_region(region.pk if region else None)


def in_region(region_id: int | None) -> Calendar:
    """As `current`, by the region's key."""
    return in_regions([region_id])[region_id]


def in_regions(region_ids: Collection[int | None]) -> dict[int | None, Calendar]:
    """As `in_region`, of several regions; still one query when nothing changed."""
    version = _version()
    for region_id in region_ids:
        kept = _kept.get(region_id)
        if kept is None or kept[0] != version:
            _kept[region_id] = (version, _read(_region(region_id)))
    return {region_id: _kept[region_id][1] for region_id in region_ids}


def names(region_id: int | None, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """What holidays and make-up workdays between two days are called; the nearer region's word."""
    found = {row.day: row.note for row in shipped_days() if first <= row.day <= last}
    rows = CalendarDay.objects.filter(day__range=(first, last))
    known = list(rows.values_list("region_id", "day", "note"))
    regional = {place for place, _day, _note in known if place is not None}
    line = [region.pk for region in _with_parents(_region(region_id))] if regional else []
    for place in (None, *reversed(line)):
        found.update({day: note for at, day, note in known if at == place})
    return found


def seed() -> int:
    """Load the shipped national days; the number of rows written or removed (0: all was there)."""
    return len(seed_days())


@transaction.atomic
def seed_days() -> set[dt.date]:
    """As `seed`; the days that changed.

    A year that stands from another source is left alone; only when it is provisional, it gives
    way to its announcement.
    """
    stored = {row.day: row for row in CalendarDay.objects.filter(region=None)}
    shipped = {row.day: row for row in shipped_days()}
    ours = {_origin(row.source) for row in shipped.values()}
    announced = _years(row.day for row in shipped.values() if not row.provisional)
    foreign = _years(
        row.day
        for row in stored.values()
        if _origin(row.source) not in ours and not (row.provisional and row.day.year in announced)
    )
    changed = {
        day
        for day in stored.keys() | shipped.keys()
        if day.year not in foreign and not _same(stored.get(day), shipped.get(day))
    }
    CalendarDay.objects.filter(region=None, day__in=changed & stored.keys()).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(**shipped[day]._asdict()) for day in sorted(changed & shipped.keys())
    )
    return changed


def _region(pk: int | None) -> Region | None:
    return None if pk is None else Region.objects.filter(pk=pk).first()


def shipped_rows() -> list[CalendarDay]:
    """The shipped days as rows that are not saved."""
    return [CalendarDay(**row._asdict()) for row in shipped_days()]


def _same(stored: CalendarDay | None, shipped: ShippedDay | None) -> bool:
    if stored is None or shipped is None:
        return False
    return all(getattr(stored, field) == value for field, value in shipped._asdict().items())


def _origin(source: str) -> str:
    """The source without its version."""
    return source.partition(" ")[0]


def _version() -> _Version:
    """Rows are replaced, never changed in place; a rolled-back transaction may reuse their ids.

    Written as SQL because it stands before every act, and is quicker to run than to compose.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VERSION_SQL)
        return tuple(cursor.fetchone())


def _read(region: Region | None) -> Calendar:
    national = list(
        CalendarDay.objects.filter(region=None).values_list("day", "is_workday", "provisional")
    ) or [(row.day, row.is_workday, row.provisional) for row in shipped_days()]
    days = {day: is_workday for day, is_workday, _provisional in national}
    guessed = {day for day, _is_workday, provisional in national if provisional}
    known = _years(day for day, _is_workday, _provisional in national)
    for nearer in reversed(_with_parents(region)):
        own = CalendarDay.objects.filter(region=nearer)
        for day, is_workday, provisional in own.values_list("day", "is_workday", "provisional"):
            days[day] = is_workday
            # One regional holiday does not announce the year.
            guessed |= {day} if provisional or day.year not in known else set()
    return Calendar(days, _years(guessed))


def _years(days: Iterable[dt.date]) -> frozenset[int]:
    return frozenset(day.year for day in days)


def _with_parents(region: Region | None) -> list[Region]:
    """The region, then the one it lies in, and so on up."""
    line: list[Region] = []
    while region is not None and region not in line:
        line.append(region)
        region = region.parent
    return line
