"""How often consumers are asked and by when they answer: versions of one rule, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from accounts.versions import require_same
from obligations import calendars
from obligations.changing import require_known_day
from obligations.consumers import Hearing
from obligations.models import ConfirmationRule
from obligations.rule_data import POLICY_FROM

_DAY = dt.timedelta(days=1)
_MOST_DAYS = 15


def versions() -> list[ConfirmationRule]:
    """All versions, the newest first; the shipped figures hold before the first one."""
    added = ConfirmationRule.objects.order_by("-effective_from")
    return [*added, ConfirmationRule(effective_from=POLICY_FROM)]


def at(on: dt.date, rules: Sequence[ConfirmationRule]) -> ConfirmationRule:
    """The version in force on a day."""
    return next((one for one in rules if one.effective_from <= on), rules[-1])


def hearing(as_of: dt.date) -> Hearing:
    """The period of a day, by the rule in force and the calendar.

    A word of the period before counts until this period's answers are due.
    """
    rules = versions()
    rule = at(as_of, rules)
    first = _first_of(as_of, rule.months)
    last = _later(first, rule.months) - _DAY
    calendar = calendars.current()
    due = calendar.add(first - _DAY, rule.answer_days)
    before = _first_of(first - _DAY, at(first - _DAY, rules).months)
    return Hearing(
        as_of=as_of,
        first_on=first,
        last_on=last,
        due_on=due,
        counts_from=first if as_of > due else before,
        fresh_from=calendar.subtract(calendar.roll_on(as_of), rule.answer_days),
    )


def add(
    *,
    effective_from: dt.date,
    months: int,
    answer_days: int,
    source: str,
    by: User,
    on: dt.date,
    version: int,
) -> ConfirmationRule:
    """A new version from a day to come; what was asked before keeps its own rule."""
    permissions.require(by, "keep_rules")
    if by.region_id is not None:
        raise PermissionDenied(_("Only the province's coordinators keep this rule."))
    _require_sense(effective_from, months=months, answer_days=answer_days, on=on)
    with transaction.atomic():
        held = list(ConfirmationRule.objects.select_for_update().order_by("effective_from"))
        require_same(len(held), version)
        if held and held[-1].effective_from >= effective_from:
            raise RuleViolation(
                _("A version from %(day)s is there already: the new one must take effect later.")
                % {"day": held[-1].effective_from.isoformat()}
            )
        made = ConfirmationRule.objects.create(
            effective_from=effective_from,
            months=months,
            answer_days=answer_days,
            source=source.strip(),
            created_by=by,
        )
        said = {"effective_from": str(effective_from), "months": months, "days": answer_days}
        audit.record(made, verb="add_confirmation_rule", by=by, detail={"on": str(on), **said})
    return made


def _require_sense(effective_from: dt.date, *, months: int, answer_days: int, on: dt.date) -> None:
    require_known_day(effective_from)
    if effective_from < on:
        raise RuleViolation(_("The rule cannot begin in the past: use today or a later day."))
    if months not in ConfirmationRule.Rhythm.values:
        raise RuleViolation(_("Choose one of the rhythms that are offered."))
    if not 1 <= answer_days <= _MOST_DAYS:
        raise RuleViolation(_("Use a number from 1 to %(most)s.") % {"most": _MOST_DAYS})
    if effective_from != _first_of(effective_from, months):
        raise RuleViolation(_("A rhythm begins with one of its periods: use their first day."))


def version() -> int:
    """Which versions a writer saw: there is one more with every new one."""
    return ConfirmationRule.objects.count()


def _first_of(day: dt.date, months: int) -> dt.date:
    """Where the day's period begins: periods are counted from January, whole within a year."""
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _later(first: dt.date, months: int) -> dt.date:
    years, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + years, month=month + 1)
