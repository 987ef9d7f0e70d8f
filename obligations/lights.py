"""Lights: an ordered rule over a closed vocabulary of conditions, as one ORM expression. Pure.

Every condition compares date columns with the day; working days are counted once per run, in the
horizons. The same expression sets the stored light, filters pages and judges any past day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class LightRule:
    """An ordered choice from the vocabulary; the first condition that holds gives the light.

    `days`: the number of working days of each condition that takes one and was given one.
    """

    version: str
    reasons: tuple[str, ...]
    days: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """The day that is judged, its rule, and its horizons: working days are counted once."""

    as_of: dt.date
    due_soon_on: dt.date
    rule: LightRule | None = None
    horizons: Mapping[str, dt.date] = field(default_factory=dict)

    def horizon(self, code: str) -> dt.date:
        """The day with which a condition compares; the judged day where it takes no days."""
        return self.horizons.get(code, self.as_of)


@dataclass(frozen=True)
class Condition:
    """One word of the vocabulary: the light it gives, when it holds, and why, in a sentence."""

    light: str
    holds: Callable[[Day], Q]
    sentence: Promise | str
    # Working days: ahead of the judged day (1), behind it (-1), or it takes none (0).
    reach: int = 0


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
        lambda day: _CLAIMABLE & Q(planned_on__lt=day.horizon("plan_passed")),
        _("The planned date has passed and it is not done."),
        reach=-1,
    ),
    "milestone_passed": Condition(
        "yellow",
        lambda day: _CLAIMABLE & Q(next_milestone_on__lt=day.horizon("milestone_passed")),
        _("A milestone has passed and is not reached."),
        reach=-1,
    ),
    "in_grace": Condition(
        "yellow",
        lambda day: _VERIFIED & Q(delivery_due_on__lt=day.as_of),
        _("A delivery is late, within its days of grace."),
    ),
    "due_close": Condition(
        "yellow",
        lambda day: _CLAIMABLE & Q(due_on__lte=day.horizon("due_close")),
        _("It falls due within very few working days and nothing is claimed."),
        reach=1,
    ),
    "due_soon": Condition(
        "blue",
        lambda day: _CLAIMABLE & Q(due_on__lte=day.due_soon_on),
        _("It falls due within a few working days."),
        reach=1,
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

# Grey is what is not counted: that is one definition, not a matter of choice, and stands first.
FIXED_FIRST = ("external", "not_issued", "withdrawn", "exempt")
FIXED_LAST = "on_course"
# Without these a province would no longer see what is late or held up.
REQUIRED = ("blocked", "overdue")
# Where they stand above 逾期 in a rule, a passed due date is not held against the department.
_EXCUSES = (*FIXED_FIRST, "blocked", "mending")
# In the vocabulary, but not in the rule as shipped.
_OPTIONAL = ("due_close",)

DEFAULT_RULE = LightRule(
    version="1", reasons=tuple(code for code in CONDITIONS if code not in _OPTIONAL)
)


def reason(day: Day, *, rule: LightRule | None = None, prefix: str = "") -> Case:
    """The reason code of each row on `day`, by its rule; the last reason is the default. `prefix`
    leads to the facts where they are not the row's own columns."""
    return _case(day, _reasons(day, rule), lambda code: code, prefix=prefix)


def light(day: Day, *, rule: LightRule | None = None) -> Case:
    """As `reason`, but the light that the reason gives."""
    return _case(day, _reasons(day, rule), light_of)


def lateness(day: Day) -> Case:
    """As `reason`, asking the due date alone: "overdue", "due_soon", what excuses, or on course.

    A rule may put any condition above those of the due date, and the row is late all the same.
    """
    asked = [code for code in _reasons(day, None) if code in (*_EXCUSES, "overdue")]
    return _case(day, [*asked, "due_soon", FIXED_LAST], lambda code: code)


def excuses(rule: LightRule) -> frozenset[str]:
    """What stands above 逾期 in a rule and excuses a passed due date."""
    above = rule.reasons[: rule.reasons.index("overdue")]
    return frozenset(_EXCUSES).intersection(above)


def _reasons(day: Day, rule: LightRule | None) -> Sequence[str]:
    return (rule or day.rule or DEFAULT_RULE).reasons


def _case(
    day: Day, reasons: Sequence[str], shown: Callable[[str], str], *, prefix: str = ""
) -> Case:
    *ordered, last = reasons
    whens = [
        When(_led(CONDITIONS[code].holds(day), prefix), then=Value(shown(code))) for code in ordered
    ]
    return Case(*whens, default=Value(shown(last)), output_field=CharField())


def _led(condition: Q, prefix: str) -> Q:
    """The same condition on columns of other names."""
    if not prefix:
        return condition
    children: list[Any] = []
    for child in condition.children:
        if isinstance(child, Q):
            children.append(_led(child, prefix))
        else:
            name, value = child  # type: ignore[misc]  # the stubs know expressions alone
            children.append((f"{prefix}{name}", _of(value, prefix)))
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def _of(value: Any, prefix: str) -> Any:
    name = getattr(value, "name", None) if isinstance(value, F) else None
    return F(f"{prefix}{name}") if name else value


def light_of(code: str) -> str:
    """The light that a reason gives: each reason has one."""
    return CONDITIONS[code].light


def reasons_of(light: str) -> list[str]:
    """The reasons that give a light."""
    return [code for code, condition in CONDITIONS.items() if condition.light == light]


def sentence_of(code: str) -> str:
    """Why, in a sentence."""
    return str(CONDITIONS[code].sentence)


def spelled(rule: LightRule) -> str:
    """The rule in one word for an address, such as `external.overdue.due_soon-5.on_course`."""
    days = rule.days
    return ".".join(f"{code}-{days[code]}" if code in days else code for code in rule.reasons)


def read(text: str) -> LightRule | None:
    """The rule that `spelled` wrote; None where it is none."""
    reasons, days = [], {}
    for word in text.split("."):
        code, _sign, count = word.partition("-")
        if code not in CONDITIONS or code in reasons:
            return None
        reasons.append(code)
        if count:
            if not (count.isascii() and count.isdecimal() and len(count) <= 2):
                return None
            days[code] = int(count)
    return LightRule(version="", reasons=tuple(reasons), days=days)
