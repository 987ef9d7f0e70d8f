"""By which rule of lights and which calendar a day is judged, in words that stay readable."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import connection

from obligations import history, light_versions
from obligations.calendar_data import shipped_days
from obligations.models import CalendarDay, DeadlineRule, LightRule

# What tells that one of the tables changed: rules and days are added, and days confirmed.
_VERSION_SQL = f"""
    SELECT (SELECT MAX(id) FROM {LightRule._meta.db_table}),
           (SELECT COUNT(*) FROM {LightRule._meta.db_table}),
           (SELECT MAX(id) FROM {DeadlineRule._meta.db_table}),
           (SELECT COUNT(*) FROM {DeadlineRule._meta.db_table}),
           COUNT(*), MAX(id), SUM(CASE WHEN provisional THEN 1 ELSE 0 END)
    FROM {CalendarDay._meta.db_table}
"""
_DAYS_KEPT = 400


class JudgedBy(NamedTuple):
    """The versions on which every figure of a day rests."""

    rules: str
    calendar: str


_kept: dict[dt.date, tuple[tuple[object, ...], JudgedBy]] = {}


def on(day: dt.date) -> JudgedBy:
    """Both, for a page that shows the day; one query when nothing changed."""
    version = _version()
    kept = _kept.get(day)
    if kept is None or kept[0] != version:
        if len(_kept) >= _DAYS_KEPT:
            _kept.clear()
        kept = _kept[day] = (
            version,
            JudgedBy(rules_version(as_of=day), calendar_version(as_of=day)),
        )
    return kept[1]


def _version() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSION_SQL)
        return tuple(cursor.fetchone() or ())


def rules_version(*, as_of: dt.date) -> str:
    """The light rule in force and its one parameter."""
    rule = light_versions.on(as_of)
    said = rule.days.get("due_soon")
    ahead = history.usual_due_soon(as_of) if said is None else said
    return f"第 {rule.version} 版，临期 {ahead} 个工作日"


def calendar_version(*, as_of: dt.date) -> str:
    """Sources of the national calendar, and which years around the day are provisional."""
    near = [day for day in _days() if abs(day[0] - as_of.year) <= 1]
    sources = sorted({source for _year, source, _provisional in near if source})
    years = sorted({year for year, _source, provisional in near if provisional})
    return "；".join([*sources, *(f"{year}年暂定" for year in years)])[:300]


def _days() -> list[tuple[int, str, bool]]:
    """Year, source and standing of the days in force: as long as none is loaded, of those that are
    shipped."""
    loaded = CalendarDay.objects.filter(region=None).order_by()
    found = loaded.values_list("day__year", "source", "provisional").distinct()
    return list(found) or [(one.day.year, one.source, one.provisional) for one in shipped_days()]
