"""By which rule of lights and which calendar a day is judged, in words that stay readable."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from obligations import history, light_versions
from obligations.calendar_data import shipped_days
from obligations.models import CalendarDay


class JudgedBy(NamedTuple):
    """The versions on which every figure of a day rests."""

    rules: str
    calendar: str


def on(day: dt.date) -> JudgedBy:
    """Both, for a page that shows the day."""
    return JudgedBy(rules_version(as_of=day), calendar_version(as_of=day))


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
