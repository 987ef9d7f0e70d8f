"""Which rule weighs the scores of a day; new versions of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import User
from obligations.changing import require_known_day
from obligations.models import Part, ScoreRule
from obligations.rules import is_keeper

FIRST_DAY = dt.date(2000, 1, 1)
SHIPPED_NOTE = "系统默认规则"
MOST_LEAST = 100


def on(day: dt.date) -> ScoreRule:
    """The rule by which scores of the day are counted; the shipped one while none is loaded."""
    found = ScoreRule.objects.in_force(on=day).order_by("-effective_from").first()
    return found or shipped()


def shipped() -> ScoreRule:
    """Version 1, not saved."""
    return ScoreRule(number=1, effective_from=FIRST_DAY, note=SHIPPED_NOTE)


def versions() -> list[ScoreRule]:
    """Every version, the newest first."""
    return list(ScoreRule.objects.order_by("-effective_from")) or [shipped()]


@transaction.atomic
def seed() -> bool:
    """Load the shipped version where there is none; whether it was written."""
    if ScoreRule.objects.exists():
        return False
    shipped().save()
    return True


def draft(
    weights: Mapping[str, int],
    *,
    least: int,
    effective_from: dt.date,
    note: str,
    by: User,
    today: dt.date,
) -> ScoreRule:
    """A new version, not saved: raises where it may not be."""
    permissions.require(by, "keep_rules")
    if not is_keeper(by):
        raise PermissionDenied(_("Only the province's coordinators keep the score rule."))
    _require_possible(weights, least=least, effective_from=effective_from, note=note, today=today)
    newest = versions()[0]
    if effective_from <= newest.effective_from:
        raise RuleViolation(
            _("A version from %(day)s is there already: the new one must take effect later.")
            % {"day": newest.effective_from.isoformat()}
        )
    return ScoreRule(
        number=newest.number + 1,
        effective_from=effective_from,
        least=least,
        note=note.strip()[:200],
        created_by=by,
        **{part: weights[part] for part in Part.values},
    )


@transaction.atomic
def add(
    weights: Mapping[str, int],
    *,
    least: int,
    effective_from: dt.date,
    note: str,
    by: User,
    today: dt.date,
    version: int | None = None,
) -> ScoreRule:
    """A new version from a day on; the one before it ends on the day before."""
    asked: dict[str, Any] = {"least": least, "effective_from": effective_from, "note": note}
    new = draft(weights, **asked, by=by, today=today)
    seed()
    newest = list(ScoreRule.objects.select_for_update().order_by("effective_from"))[-1]
    if new.number != newest.number + 1 or version not in (None, newest.number):
        raise StaleVersion(_("The rules were changed meanwhile: look at them again first."))
    newest.effective_to = effective_from - dt.timedelta(days=1)
    newest.save(update_fields=["effective_to"])
    new.save()
    audit.record(new, verb="add_score_rule", by=by, detail=_detail(new, newest))
    return new


def _detail(new: ScoreRule, before: ScoreRule) -> dict[str, object]:
    return {
        "number": new.number,
        "effective_from": new.effective_from.isoformat(),
        "weights": [before.weights, new.weights],
        "least": [before.least, new.least],
        "note": new.note,
    }


def _require_possible(
    weights: Mapping[str, int],
    *,
    least: int,
    effective_from: dt.date,
    note: str,
    today: dt.date,
) -> None:
    require_known_day(effective_from)
    if effective_from < today:
        raise RuleViolation(_("Scores of days that are over stay as they are: choose a later day."))
    if not note.strip():
        raise RuleViolation(_("Say why or by which document the weights change."))
    if sorted(weights) != sorted(Part.values) or any(one < 0 for one in weights.values()):
        raise RuleViolation(_("Each of the four parts has a weight of at least 0."))
    if sum(weights.values()) != 100:
        raise RuleViolation(
            _("The weights must add up to 100; they add up to %(sum)s.")
            % {"sum": sum(weights.values())}
        )
    if not 1 <= least <= MOST_LEAST:
        raise RuleViolation(
            _("The least denominator of a ranking is 1 to %(most)s.") % {"most": MOST_LEAST}
        )
