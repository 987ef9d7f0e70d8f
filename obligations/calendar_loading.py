"""A year of the calendar, or a region's own days, from a file: read, looked at, put in force."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import Region, User
from obligations import calendar_files, calendars, recounting
from obligations.calendar_files import Day
from obligations.models import CalendarDay, CalendarLoad, Recount
from obligations.workdays import FIRST_YEAR, LAST_YEAR

_State = CalendarLoad.State


@dataclass(frozen=True, slots=True)
class Difference:
    """A day that the file says differently; None where a side follows Monday to Friday."""

    day: date
    before: tuple[bool, str] | None
    after: tuple[bool, str] | None

    @property
    def moves_dates(self) -> bool:
        """Whether it is a workday on one side only; else it is but called differently."""
        usual = self.day.weekday() < 5
        return (self.before or (usual,))[0] != (self.after or (usual,))[0]


def receive(
    file: IO[bytes],
    *,
    name: str,
    year: int,
    region: Region | None,
    provisional: bool,
    source: str,
    by: User,
) -> CalendarLoad:
    """Read the file and keep what it says, to be confirmed; raises FileProblems."""
    permissions.require(by, "manage_calendar")
    if not source.strip():
        raise RuleViolation(_("Say where the days come from, for example the document number."))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleViolation(_("Use a year from 2000 to 2099."))
    data = file.read(calendar_files.MAX_BYTES + 1)
    if len(data) > calendar_files.MAX_BYTES:
        raise RuleViolation(_("The file is larger than 1 MB: a year of a calendar is not."))
    days = calendar_files.read(
        data, name=name, year=year, whole_country=region is None, official=not provisional
    )
    return CalendarLoad.objects.create(
        year=year,
        region=region,
        provisional=provisional,
        source=source.strip()[:100],
        source_name=name[:255],
        source_sha256=hashlib.sha256(data).hexdigest(),
        days=[[day.isoformat(), is_workday, note] for day, is_workday, note in days],
        read_by=by,
    )


def differences(load: CalendarLoad) -> list[Difference]:
    """What the file says differently from what is in force, day by day."""
    standing = {row.day: (row.is_workday, row.note) for row in _standing(load)}
    said = {day: (is_workday, note) for day, is_workday, note in _days(load)}
    return [
        Difference(day, standing.get(day), said.get(day))
        for day in sorted(standing.keys() | said.keys())
        if standing.get(day) != said.get(day)
    ]


def touched(load: CalendarLoad) -> int:
    """How many dates were counted across the year and would be counted anew."""
    first, last = date(load.year, 1, 1), date(load.year, 12, 31)
    return recounting.counted_across(first, last, load.region)


@transaction.atomic
def confirm(load: CalendarLoad, *, by: User, version: int | None) -> Recount:
    """Put the year in force in place of what stood, and have the dates that it touches counted
    anew."""
    permissions.require(by, "manage_calendar")
    row = _locked(load, version=version)
    changed = differences(row)
    announced = any(day.provisional for day in _standing(row)) and not row.provisional
    if not changed and not announced:
        raise RuleViolation(_("The calendar says the same already: there is nothing to change."))
    if not CalendarDay.objects.filter(region=None).exists():
        calendars.seed()  # what was shipped counted until now, and goes on counting beside it
    CalendarDay.objects.filter(region=row.region, day__year=row.year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            day=day,
            region=row.region,
            is_workday=is_workday,
            note=note,
            provisional=row.provisional,
            source=row.source,
        )
        for day, is_workday, note in _days(row)
    )
    row.changed = len(changed)
    _decide(row, _State.APPLIED, by=by)
    audit.record(row, verb="load_calendar", by=by, detail=_detail(row))
    return recounting.for_calendar(
        first=date(row.year, 1, 1), last=date(row.year, 12, 31), region=row.region, load=row, by=by
    )


@transaction.atomic
def discard(load: CalendarLoad, *, by: User, version: int | None) -> CalendarLoad:
    """Leave the calendar as it is."""
    permissions.require(by, "manage_calendar")
    row = _locked(load, version=version)
    _decide(row, _State.DISCARDED, by=by)
    audit.record(row, verb="discard_calendar", by=by, detail=_detail(row))
    return row


def _locked(load: CalendarLoad, *, version: int | None) -> CalendarLoad:
    """The row with every other load of the year and place, so that two do not mix."""
    same = CalendarLoad.objects.select_for_update().filter(year=load.year, region=load.region_id)
    row = next(one for one in same.order_by("pk") if one.pk == load.pk)
    if version is None:
        raise VersionMissing(_("The page did not say which state it showed: open it again."))
    if version != row.version or row.state != _State.READ:
        raise StaleVersion(_("This file was decided on meanwhile: look at the calendar again."))
    return row


def _decide(row: CalendarLoad, state: str, *, by: User) -> None:
    row.state, row.decided_by, row.decided_at = state, by, timezone.now()
    row.version += 1
    row.save()


def _detail(row: CalendarLoad) -> dict[str, object]:
    return {
        "year": row.year,
        "region": row.region.name if row.region else "",
        "provisional": row.provisional,
        "source": row.source,
        "sha256": row.source_sha256,
        "changed": row.changed,
    }


def _standing(load: CalendarLoad) -> Sequence[CalendarDay]:
    """What is in force of the year: of the region alone, or of the whole country as shipped."""
    rows = CalendarDay.objects.filter(region=load.region_id)
    if load.region_id is None and not rows.exists():
        return [day for day in calendars.shipped_rows() if day.day.year == load.year]
    return list(rows.filter(day__year=load.year))


def _days(load: CalendarLoad) -> list[Day]:
    return [(date.fromisoformat(day), is_workday, note) for day, is_workday, note in load.days]
