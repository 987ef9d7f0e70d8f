"""Which light rule judges a day: the version in force on it; the shipped one before all others."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from obligations import lights
from obligations.models import LightRule
from obligations.models.light_rules import conditions_of

# The shipped rule has held ever since, so that every day finds its rule.
FIRST_DAY = dt.date(2000, 1, 1)
SHIPPED_NOTE = "系统默认规则"


def on(day: dt.date) -> lights.LightRule:
    """The rule by which the day is judged."""
    found = LightRule.objects.in_force(on=day).order_by("-effective_from").first()
    return found.as_rule if found else lights.DEFAULT_RULE


def versions() -> list[LightRule]:
    """Every version, the newest first; the shipped one, without key, while none is loaded."""
    return list(LightRule.objects.order_by("-effective_from")) or [shipped()]


def shipped() -> LightRule:
    """Version 1, not saved."""
    return LightRule(
        number=int(lights.DEFAULT_RULE.version),
        effective_from=FIRST_DAY,
        conditions=conditions_of(lights.DEFAULT_RULE),
        note=SHIPPED_NOTE,
    )


@transaction.atomic
def seed() -> bool:
    """Load the shipped version where there is none; whether it was written."""
    if LightRule.objects.exists():
        return False
    shipped().save()
    return True
