"""An update cycle as periods, due days and grace; what a delivery is worth. Pure."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from obligations.workdays import LAST_DAY, Calendar

_ONE_DAY = dt.timedelta(days=1)
_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
# 实时 is judged by the day: the grain of every date here.
CYCLES = ("real_time", "daily", "workdaily", "weekly", *_MONTHS)
# Judged by successful calls and the newest data, not by deliveries.
BY_CALLS = ("interface", "query")
# The longest period is a year: no delivery speaks of one that ends later than that.
MOST_AHEAD_DAYS = 366


class Rule(NamedTuple):
    """The grace of a cycle, and the days whose periods it holds for."""

    cycle: str
    grace_days: int
    effective_from: dt.date
    effective_to: dt.date | None
    source: str = ""


class Period(NamedTuple):
    """A day, working day, week, month, quarter, half-year or year: both days belong to it."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Promised:
    """The next period that is owed: by its last day, at the latest by the end of the grace."""

    period: Period
    due_on: dt.date
    grace_on: dt.date
    grace_days: int
    provisional: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an item promises."""

    cycle: str
    mode: str
    min_rows: int | None = None
    required_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one delivery."""

    arrived_on: dt.date
    covers_from: dt.date | None = None
    covers_to: dt.date | None = None
    newest_data_on: dt.date | None = None
    rows: int | None = None
    calls: int | None = None
    failures: int | None = None
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How one period was kept: on_time, in_grace, late, missing, awaited."""

    period: Period
    grace_on: dt.date
    state: str
    arrived_on: dt.date | None = None


# --- periods ---------------------------------------------------------------------------------


def period_of(cycle: str, day: dt.date, calendar: Calendar) -> Period:
    """The period in which a day lies; of 每工作日 a rest day belongs to the next working day."""
    if cycle in ("real_time", "daily"):
        return Period(day, day)
    if cycle == "workdaily":
        last = calendar.roll_on(day)
        return Period(calendar.subtract(last, 1) + _ONE_DAY, last)
    if cycle == "weekly":
        first = day - dt.timedelta(days=day.weekday())
        return Period(first, first + dt.timedelta(days=6))
    length = _MONTHS[cycle]
    begin = (day.month - 1) // length * length + 1
    end = begin + length - 1
    last_day = months.monthrange(day.year, end)[1]
    return Period(dt.date(day.year, begin, 1), dt.date(day.year, end, last_day))


def following(cycle: str, period: Period, calendar: Calendar) -> Period:
    """The next period."""
    return period_of(cycle, period.last + _ONE_DAY, calendar)


def preceding(cycle: str, period: Period, calendar: Calendar) -> Period:
    """The period before."""
    return period_of(cycle, period.first - _ONE_DAY, calendar)


def rule_for(cycle: str, day: dt.date, rules: Iterable[Rule]) -> Rule | None:
    """The rule in force on a day; a period goes by its last one."""
    for rule in rules:
        held = rule.effective_to is None or day <= rule.effective_to
        if rule.cycle == cycle and rule.effective_from <= day and held:
            return rule
    return None


def promised_after(
    day: dt.date, *, cycle: str, rules: Sequence[Rule], calendar: Calendar
) -> Promised | None:
    """What is owed after the period of a day: after the verification, or the newest delivery.

    Before any rule held nothing was promised: then the first whole period under one is owed.
    None where the cycle promises nothing that can be judged, or no rule holds any more.
    """
    if cycle not in CYCLES or day.year >= LAST_DAY.year:
        return None
    period = following(cycle, period_of(cycle, day, calendar), calendar)
    rule = rule_for(cycle, period.last, rules)
    if rule is None:
        later = [one.effective_from for one in rules if one.cycle == cycle]
        begun = min((start for start in later if start > period.last), default=None)
        if begun is None:
            return None
        before = period_of(cycle, begun - _ONE_DAY, calendar)
        period = following(cycle, before, calendar)
        rule = rule_for(cycle, period.last, rules)
    return None if rule is None else _promised(period, rule, calendar)


def started_on(
    verified_on: dt.date, *, cycle: str, rules: Sequence[Rule], calendar: Calendar
) -> dt.date:
    """The day after which periods are owed: the verification, or the eve of the first rule."""
    first = promised_after(verified_on, cycle=cycle, rules=rules, calendar=calendar)
    return verified_on if first is None else max(verified_on, first.period.first - _ONE_DAY)


def _promised(period: Period, rule: Rule, calendar: Calendar) -> Promised:
    grace_on = calendar.add(period.last, rule.grace_days)
    return Promised(
        period=period,
        due_on=period.last,
        grace_on=grace_on,
        grace_days=rule.grace_days,
        provisional=calendar.is_provisional(period.last, grace_on),
        source=rule.source,
    )


# --- deliveries ------------------------------------------------------------------------------


def outcome_of(facts: Facts, terms: Terms) -> str:
    """kept, or why it does not count. What nothing was said of is not held against it."""
    if facts.calls is not None and terms.mode in BY_CALLS:
        if facts.calls <= (facts.failures or 0):
            return "no_success"
    elif terms.min_rows is not None and facts.rows is not None and facts.rows < terms.min_rows:
        return "too_few_rows"
    if facts.fields is not None and set(terms.required_fields) - set(facts.fields):
        return "fields_missing"
    return "kept"


def covered(facts: Facts, terms: Terms) -> Period:
    """The days that a delivery speaks of: its stated period, else its newest data, else its
    arrival; calls speak of the newest data first. Never of a day after it arrived."""
    stated = None
    if facts.covers_from is not None and facts.covers_to is not None:
        stated = Period(facts.covers_from, facts.covers_to)
    newest = Period(facts.newest_data_on, facts.newest_data_on) if facts.newest_data_on else None
    first, second = (newest, stated) if terms.mode in BY_CALLS else (stated, newest)
    span = first or second or Period(facts.arrived_on, facts.arrived_on)
    return Period(min(span.first, facts.arrived_on), min(span.last, facts.arrived_on))


def kept_periods(
    deliveries: Sequence[tuple[Period, dt.date]],
    *,
    cycle: str,
    rules: Sequence[Rule],
    calendar: Calendar,
    since: dt.date,
    until: dt.date,
    count: int,
) -> list[Kept]:
    """The last periods up to the one of `until`, newest first, and how each was kept.

    `deliveries`: (days covered, day of arrival) of those that count. Periods that had begun by
    `since`, the day on which the promise started, are left out.
    """
    found: list[Kept] = []
    period = period_of(cycle, until, calendar)
    while len(found) < count and period.first > since:
        rule = rule_for(cycle, period.last, rules)
        if rule is None:
            break
        grace_on = calendar.add(period.last, rule.grace_days)
        arrivals = [
            arrived_on
            for span, arrived_on in deliveries
            if span.first <= period.last and period.first <= span.last
        ]
        first = min(arrivals, default=None)
        found.append(Kept(period, grace_on, _state(period, grace_on, first, until), first))
        period = preceding(cycle, period, calendar)
    return found


def _state(period: Period, grace_on: dt.date, arrived_on: dt.date | None, until: dt.date) -> str:
    if arrived_on is None:
        return "missing" if until > grace_on else "awaited"
    if arrived_on <= period.last:
        return "on_time"
    return "in_grace" if arrived_on <= grace_on else "late"
