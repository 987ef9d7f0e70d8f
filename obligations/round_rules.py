"""When rounds open by themselves and when they are cut off: a rule for each scope, as data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Region, User
from accounts.versions import require_same
from obligations import calendars, rounds
from obligations.cutoffs import month_of, workday_of
from obligations.models import Round, RoundRule
from obligations.models.rounds import MAX_NUMBER


@dataclass(frozen=True)
class Days:
    """When a month's round opens, and until when its answers are in time."""

    opens_on: dt.date
    cut_off_on: dt.date


def of(region: Region | None) -> RoundRule:
    """The scope's rule; until somebody sets one, the shipped figures, which open nothing."""
    return RoundRule.objects.filter(region=region).first() or RoundRule(region=region)


def days_of(rule: RoundRule, month: dt.date) -> Days:
    """The rule's two days in a month, by the calendar of its region."""
    calendar = calendars.current(rule.region)
    opens_on, cut_off_on = (
        workday_of(month, number=number, from_end=from_end, calendar=calendar)
        for number, from_end in (
            (rule.opens_number, rule.opens_from_end),
            (rule.cut_off_number, rule.cut_off_from_end),
        )
    )
    return Days(opens_on, cut_off_on)


def change(
    region: Region | None,
    *,
    by: User,
    on: dt.date,
    version: int,
    enabled: bool,
    opens_number: int,
    opens_from_end: bool,
    cut_off_number: int,
    cut_off_from_end: bool,
) -> RoundRule:
    """Set the rule of the own scope; rounds that are open keep their days."""
    permissions.require(by, "keep_rounds")
    if not all(1 <= number <= MAX_NUMBER for number in (opens_number, cut_off_number)):
        raise RuleViolation(_("Use a number from 1 to %(most)s.") % {"most": MAX_NUMBER})
    figures = {
        "enabled": enabled,
        "opens_number": opens_number,
        "opens_from_end": opens_from_end,
        "cut_off_number": cut_off_number,
        "cut_off_from_end": cut_off_from_end,
    }
    with transaction.atomic():
        rule = RoundRule.objects.select_for_update(of=("self",)).filter(region=region).first()
        rule = rule or RoundRule(region=region)
        require_same(rule.version, version)
        for name, value in figures.items():
            setattr(rule, name, value)
        _require_order(rule, on=on)
        rule.version += 1
        rule.save()
        audit.record(rule, verb="change_round_rule", by=by, detail={"on": str(on), **figures})
    return rule


def open_due(*, on: dt.date) -> list[Round]:
    """Open this month's round wherever a rule says so and none is there; may be asked again."""
    made = []
    for rule in RoundRule.objects.filter(enabled=True).select_related("region").order_by("pk"):
        days = days_of(rule, on)
        there = Round.objects.filter(month=month_of(on), region=rule.region, list=None).exists()
        if there or not days.opens_on <= on <= days.cut_off_on:
            continue
        try:
            made.append(
                rounds.open_round(
                    month=on, cut_off_on=days.cut_off_on, by=None, on=on, region=rule.region
                )
            )
        except RuleViolation:
            continue  # Nothing is open there, or a person was quicker.
    return made


def _require_order(rule: RoundRule, *, on: dt.date) -> None:
    """In the month that has the fewest days between them, the cut-off still follows."""
    months = [dt.date(year, month, 1) for year in (on.year, on.year + 1) for month in range(1, 13)]
    for month in months:
        days = days_of(rule, month)
        if days.cut_off_on <= days.opens_on:
            raise RuleViolation(
                _("In %(month)s the cut-off (%(cut_off)s) would not come after the opening.")
                % {"month": f"{month:%Y-%m}", "cut_off": days.cut_off_on.isoformat()}
            )
