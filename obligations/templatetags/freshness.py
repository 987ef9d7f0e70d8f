"""Figures that are older than they should be: greyed, with “not checked, since …” beside them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.template import Context

from accounts.models import User
from accounts.permissions import may
from obligations.freshness import Freshness

register = template.Library()
DEPARTMENTS_NAMED = 5


@register.inclusion_tag("obligations/partials/unchecked.html", takes_context=True)
def unchecked(context: Context, department_id: int | None = None) -> dict[str, Any]:
    """The mark of one department's figures, or of sums over all; nothing where they are checked."""
    fresh = _freshness(context)
    in_part = department_id is None and fresh.since is None
    return {
        "since": _since(fresh, department_id),
        "count": len(fresh.departments) if in_part else 0,
    }


@register.simple_tag(takes_context=True)
def stale(context: Context, department_id: int | None = None) -> str:
    """The class that greys figures, where they are not checked."""
    return "stale" if _since(_freshness(context), department_id) else ""


@register.inclusion_tag("obligations/partials/unchecked_note.html", takes_context=True)
def unchecked_note(context: Context) -> dict[str, Any]:
    """Above a page of figures: what was not checked, and what the figures then are."""
    fresh = _freshness(context)
    named = list(fresh.departments.values())
    user = context.get("user")
    return {
        "may_check": isinstance(user, User) and may(user, "run_checks"),
        "since": fresh.since,
        "departments": named[:DEPARTMENTS_NAMED],
        "more": max(len(named) - DEPARTMENTS_NAMED, 0),
    }


@register.filter
def stopped(codes: dict[str, dt.date], code: str) -> dt.date | None:
    """Since when the work behind an indicator is late."""
    return codes.get(code)


@register.filter
def on_day(counts: dict[dt.date, int], day: dt.date) -> int:
    """How many of something a day has."""
    return counts.get(day, 0)


def _freshness(context: Context) -> Freshness:
    """What the page brings; figures of a page that brings nothing are as they are."""
    found = context.get("freshness")
    return found if isinstance(found, Freshness) else Freshness()


def _since(fresh: Freshness, department_id: int | None) -> dt.date | None:
    return fresh.of_all if department_id is None else fresh.of(department_id)
