"""Lights: an ordered rule over a closed vocabulary of conditions, as one ORM expression. Pure.

Every condition compares date columns with the day; working days are counted once per run, in the
horizons. The same expression sets the stored light, filters pages and judges any past day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Day:
    """The day that is judged, and its horizon: the last day that counts as due soon."""

    as_of: dt.date
    due_soon_on: dt.date


@dataclass(frozen=True)
class Condition:
    """One word of the vocabulary: the light it gives, when it holds, and why, in a sentence."""

    light: str
    holds: Callable[[Day], Q]
    sentence: Promise | str


@dataclass(frozen=True)
class LightRule:
    """An ordered choice from the vocabulary; the first condition that holds gives the light."""

    version: str
    reasons: tuple[str, ...]


_CLAIMABLE = Q(completed_on=None)
_VERIFIED = Q(status="verified")

CONDITIONS: Mapping[str, Condition] = {
    "external": Condition(
        "grey", lambda day: Q(external=True), _("A central body owes this; it is not counted.")
    ),
    "not_issued": Condition(
        "grey", lambda day: Q(status="draft"), _("It has not been issued yet.")
    ),
    "withdrawn": Condition(
        "grey", lambda day: Q(status="withdrawn"), _("It was withdrawn from the list.")
    ),
    "exempt": Condition(
        "grey",
        lambda day: Q(exempt=True) & (Q(exempt_until=None) | Q(exempt_until__gte=day.as_of)),
        _("An exemption is in force."),
    ),
    "blocked": Condition(
        "purple", lambda day: Q(blocked=True), _("The coordinator confirmed that it is blocked.")
    ),
    "mending": Condition(
        "yellow",
        lambda day: (
            _CLAIMABLE
            & Q(mend_until__gte=day.as_of)
            & (Q(due_on=None) | Q(first_completed_on__lte=F("due_on")))
        ),
        _("Claimed in time, returned, and within the days for mending."),
    ),
    "overdue": Condition(
        "red",
        lambda day: _CLAIMABLE & Q(due_on__lt=day.as_of),
        _("The due date has passed without a standing claim."),
    ),
    "claimed_late": Condition(
        "red",
        lambda day: Q(completed_on__gt=F("due_on")) & ~_VERIFIED,
        _("Claimed after the due date and not verified yet."),
    ),
    "promise_broken": Condition(
        "red",
        lambda day: _VERIFIED & Q(delivery_grace_on__lt=day.as_of),
        _("Verified, but the data stopped coming, beyond the days of grace."),
    ),
    "plan_passed": Condition(
        "yellow",
        lambda day: _CLAIMABLE & Q(planned_on__lt=day.as_of),
        _("The planned date has passed and it is not done."),
    ),
    "milestone_passed": Condition(
        "yellow",
        lambda day: _CLAIMABLE & Q(next_milestone_on__lt=day.as_of),
        _("A milestone has passed and is not reached."),
    ),
    "in_grace": Condition(
        "yellow",
        lambda day: _VERIFIED & Q(delivery_due_on__lt=day.as_of),
        _("A delivery is late, within its days of grace."),
    ),
    "due_soon": Condition(
        "blue",
        lambda day: _CLAIMABLE & Q(due_on__lte=day.due_soon_on),
        _("It falls due within a few working days."),
    ),
    "verified_late": Condition(
        "green",
        lambda day: _VERIFIED & Q(completed_on__gt=F("due_on")),
        _("Verified; it was completed after its due date."),
    ),
    "verified": Condition("green", lambda day: _VERIFIED, _("Verified.")),
    "waiting": Condition(
        "green",
        lambda day: Q(completed_on__isnull=False),
        _("Claimed in time and waiting for verification."),
    ),
    "on_course": Condition("green", lambda day: Q(), _("On course.")),
}

DEFAULT_RULE = LightRule(version="1", reasons=tuple(CONDITIONS))


def reason(day: Day, *, rule: LightRule = DEFAULT_RULE) -> Case:
    """The reason code of each row on `day`; the last reason of a rule is its default."""
    *ordered, last = rule.reasons
    whens = [When(CONDITIONS[code].holds(day), then=Value(code)) for code in ordered]
    return Case(*whens, default=Value(last), output_field=CharField())


def light_of(code: str) -> str:
    """The light that a reason gives: each reason has one."""
    return CONDITIONS[code].light


def reasons_of(light: str) -> list[str]:
    """The reasons that give a light."""
    return [code for code, condition in CONDITIONS.items() if condition.light == light]


def sentence_of(code: str) -> str:
    """Why, in a sentence."""
    return str(CONDITIONS[code].sentence)
