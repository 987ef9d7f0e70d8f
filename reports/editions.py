"""By which rules, calendar and program a snapshot was judged, in words that stay readable."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

from obligations import history, light_versions
from obligations.calendar_data import ShippedDay, shipped_days
from obligations.models import CalendarDay


@cache
def program_version() -> str:
    """The version in pyproject.toml."""
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def rules_version(*, as_of: dt.date) -> str:
    """The light rule in force and its one parameter."""
    ahead = history.due_soon_days(as_of)
    return f"第 {light_versions.on(as_of).version} 版，临期 {ahead} 个工作日"


def calendar_version(*, as_of: dt.date) -> str:
    """Sources of the national calendar, and which years around the day are provisional."""
    near = [day for day in _days() if abs(day.day.year - as_of.year) <= 1]
    sources = sorted({day.source for day in near if day.source})
    years = sorted({day.day.year for day in near if day.provisional})
    return "；".join([*sources, *(f"{year}年暂定" for year in years)])[:300]


def _days() -> Sequence[CalendarDay | ShippedDay]:
    """The days in force: as long as none is loaded, those that are shipped."""
    return list(CalendarDay.objects.filter(region=None)) or shipped_days()
