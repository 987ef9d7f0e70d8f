"""By which rules, calendar and program a snapshot was judged, in words that stay readable."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings

from obligations import lights
from obligations.models import CalendarDay


@cache
def program_version() -> str:
    """The version in pyproject.toml."""
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def rules_version() -> str:
    """The light rule in force and its one parameter."""
    rule = lights.DEFAULT_RULE
    return f"{rule.version}（临期 {rule.due_soon_days} 个工作日）"


def calendar_version(*, as_of: dt.date) -> str:
    """Sources of the national calendar, and which years around the day are provisional."""
    days = CalendarDay.objects.filter(region=None)
    near = days.filter(day__year__gte=as_of.year - 1, day__year__lte=as_of.year + 1)
    sources = sorted({source for source in near.values_list("source", flat=True) if source})
    provisional = near.filter(provisional=True).dates("day", "year")
    years = "、".join(f"{day.year}年暂定" for day in provisional)
    return "；".join([*sources, *([years] if years else [])])[:300] or "周一至周五"
