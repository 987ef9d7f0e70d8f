"""New versions of the light rule: drafted, looked at, put in force; what one turned is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import User
from jobs.queue import enqueue
from obligations import fulfilment, history, light_versions, lights
from obligations.changing import require_known_day
from obligations.models import LightRule, Obligation
from obligations.models.light_rules import conditions_of
from obligations.models.obligation import ObligationQuerySet
from obligations.rules import is_keeper
from obligations.workdays import FIRST_DAY, LAST_DAY

JOB = "obligations.rejudge"
MOST_DAYS = 30
# Horizons of a rule lie at most so far from the day that is judged: they stay in the calendar.
_FURTHEST = dt.timedelta(days=366)
# A little after midnight, so that the day has surely begun.
_SECONDS_AFTER_MIDNIGHT = 60


def draft(
    reasons: Sequence[str],
    *,
    days: Mapping[str, int],
    effective_from: dt.date,
    note: str,
    today: dt.date,
) -> LightRule:
    """A new version, not saved: raises RuleViolation where it may not be."""
    require_known_day(effective_from)
    if effective_from <= today:
        raise RuleViolation(
            _("A day is judged by the rule that it began with: choose tomorrow or a later day.")
        )
    if not note.strip():
        raise RuleViolation(_("Say why or by which document the lights change."))
    _require_choice(reasons)
    _require_days(days)
    middle = [code for code in reasons if code not in (*lights.FIXED_FIRST, lights.FIXED_LAST)]
    ordered = (*lights.FIXED_FIRST, *middle, lights.FIXED_LAST)
    kept = {code: count for code, count in days.items() if code in ordered}
    newest = light_versions.versions()[0]
    if effective_from <= newest.effective_from:
        raise RuleViolation(
            _("A version from %(day)s is there already: the new one must take effect later.")
            % {"day": newest.effective_from.isoformat()}
        )
    rule = lights.LightRule(version=str(newest.number + 1), reasons=ordered, days=kept)
    if (rule.reasons, rule.days) == (newest.as_rule.reasons, newest.as_rule.days):
        raise RuleViolation(_("Nothing is different from the version before."))
    return LightRule(
        number=newest.number + 1,
        effective_from=effective_from,
        conditions=conditions_of(rule),
        note=note.strip()[:200],
    )


def version() -> int:
    """Which rules a writer saw: there is one more with every new version."""
    return light_versions.versions()[0].number


@transaction.atomic
def add(
    new: LightRule, *, by: User, now: dt.datetime | None = None, version: int | None = None
) -> LightRule:
    """Save a drafted version; the one before it ends on the day before. Its first day is judged
    by it when that has come."""
    permissions.require(by, "keep_rules")
    if not is_keeper(by):
        raise PermissionDenied(_("Only the province's coordinators keep the light rule."))
    light_versions.seed()
    newest = list(LightRule.objects.select_for_update().order_by("effective_from"))[-1]
    if version is not None and version != newest.number:
        raise StaleVersion(_("The rules were changed meanwhile: look at them again first."))
    if newest.number + 1 != new.number or new.effective_from <= newest.effective_from:
        raise StaleVersion(_("The rules were changed meanwhile: look at them again first."))
    newest.effective_to = new.effective_from - dt.timedelta(days=1)
    newest.save(update_fields=["effective_to"])
    new.created_by = by
    new.save()
    detail = {
        "number": new.number,
        "effective_from": new.effective_from.isoformat(),
        "note": new.note,
        "conditions": [newest.conditions, new.conditions],
    }
    audit.record(new, verb="add_light_rule", by=by, detail=detail)
    wait = _seconds_until(new.effective_from, now=now or timezone.now())
    enqueue(JOB, key=f"light rule {new.pk}", args={"rule": new.pk}, by=by, delay_seconds=wait)
    return new


def effect(
    after: lights.LightRule, *, on: dt.date, before: lights.LightRule | None = None
) -> list[dict[str, Any]]:
    """What a rule would turn on a day, by the facts as they are: from which light to which, and
    how many. `before`: the rule that it replaces, that of the day where it is left out."""
    rows = _with_both_lights(Obligation.objects.all(), after, on=on, before=before)
    counted = rows.exclude(was=F("becomes")).order_by().values("was", "becomes")
    return [
        {"from": one["was"], "to": one["becomes"], "count": one["count"]}
        for one in counted.annotate(count=Count("pk")).order_by("-count", "was", "becomes")
    ]


def spelled_turn(rule: lights.LightRule, turn: Mapping[str, Any], *, on: dt.date) -> str:
    """One line of `effect` in a word for an address; `turning` finds its rows."""
    return "~".join([turn["from"], turn["to"], on.isoformat(), lights.spelled(rule)])


def turning(rows: ObligationQuerySet, text: str) -> ObligationQuerySet:
    """Of these rows those that the named rule would turn so: the ones that `effect` counted."""
    was, becomes, day, spelling = (text.split("~", 3) + [""] * 3)[:4]
    rule, on = lights.read(spelling), _day(day)
    if rule is None or on is None:
        return rows.none()
    found: ObligationQuerySet = _with_both_lights(rows, rule, on=on)
    return found.filter(was=was, becomes=becomes)  # type: ignore[misc]


def rejudge(rule: LightRule, *, today: dt.date) -> list[dict[str, Any]]:
    """Judge the first day of a version by it; what the version turned is kept with it, once.

    What time alone turned on that day is not the version's doing and not in its list.
    """
    first = rule.effective_from
    if today < first:
        raise RuleViolation(_("The version is not in force yet."))
    with transaction.atomic():
        row = LightRule.objects.select_for_update().get(pk=rule.pk)
        if row.turned is None:
            before = light_versions.on(first - dt.timedelta(days=1))
            row.turned = effect(row.as_rule, on=first, before=before)
            row.rejudged_at = timezone.now()
            row.save(update_fields=["turned", "rejudged_at"])
    fulfilment.judge(as_of=first, today=today)
    if today > first:
        fulfilment.judge(as_of=today, today=today)
    return list(row.turned)


def told(turned: Sequence[Mapping[str, Any]]) -> str:
    """How many lights a version turned, in a sentence."""
    count = sum(one["count"] for one in turned)
    return _("Lights that the new rule turned: %(count)s") % {"count": count}


def _with_both_lights(
    rows: ObligationQuerySet,
    after: lights.LightRule,
    *,
    on: dt.date,
    before: lights.LightRule | None = None,
) -> Any:
    """With both lights beside each row, as `was` and `becomes`."""
    old, new = history.day_of(on, rule=before), history.day_of(on, rule=after)
    return rows.annotate(was=lights.light(old), becomes=lights.light(new))


def _day(text: str) -> dt.date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and FIRST_DAY + _FURTHEST <= day <= LAST_DAY - _FURTHEST else None


def _require_choice(reasons: Sequence[str]) -> None:
    unknown = [code for code in reasons if code not in lights.CONDITIONS]
    if unknown or len(set(reasons)) != len(reasons):
        raise RuleViolation(_("A rule names each condition of the vocabulary at most once."))
    for code in lights.REQUIRED:
        if code not in reasons:
            raise RuleViolation(
                _("This condition must stay: %(sentence)s") % {"sentence": lights.sentence_of(code)}
            )


def _require_days(days: Mapping[str, int]) -> None:
    for code, count in days.items():
        if code not in lights.CONDITIONS or not lights.CONDITIONS[code].reach:
            raise RuleViolation(_("This condition takes no working days."))
        if not 0 <= count <= MOST_DAYS:
            raise RuleViolation(
                _("Working days of a light are at least 0 and at most %(most)s.")
                % {"most": MOST_DAYS}
            )


def _seconds_until(day: dt.date, *, now: dt.datetime) -> float:
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_default_timezone())
    return max(0.0, (midnight - now).total_seconds() + _SECONDS_AFTER_MIDNIGHT)
