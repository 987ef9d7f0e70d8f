"""报告计划: which report is due when and for whom; made, changed and ended by coordinators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from accounts.versions import require_same
from obligations import calendars
from obligations.changing import require_known_day
from reports import planned, rhythm
from reports.models import PlannedReport, ReportPlan
from reports.recipients import readers
from reports.rhythm import Rule
from reports.scopes import Scope, require_in_scope

VERB = "keep_report_plans"
# The shipped plan: the province's, on the third working day after each month.
SHIPPED = Rule(rhythm.MONTH, 3)


def make(
    scope: Scope,
    *,
    rule: Rule,
    recipients: Collection[User],
    active_from: dt.date,
    by: User,
    on: dt.date,
) -> ReportPlan:
    """A plan of the own scope; its first report is the first that falls due from that day on."""
    _require_may(scope, by=by)
    require_known_day(active_from)
    if active_from < on:
        raise RuleViolation(
            _("A plan begins today or later: reports of days gone by are made by hand.")
        )
    _require_rule(rule)
    _require_recipients(recipients, scope)
    with transaction.atomic():
        plan = _save_new(scope, rule, active_from=active_from, by=by)
        plan.recipients.set(recipients)
        _record(plan, verb="make_report_plan", by=by, on=on, detail=_figures(plan))
    return plan


def change(
    plan: ReportPlan,
    *,
    rule: Rule,
    recipients: Collection[User],
    by: User,
    on: dt.date,
    version: int,
) -> ReportPlan:
    """Change when it is due and who receives it. What was due until now stays due.

    Its periods stay the same ones, so that none is left out or made twice; another rhythm begins
    with the first of its own periods that falls due from today on.
    """
    with transaction.atomic():
        row = _locked(plan, by=by, version=version)
        _require_rule(rule)
        _require_recipients(recipients, row.scope)
        planned.settle_plan(row, until=on)
        before = _figures(row)
        is_another_rhythm = rule.rhythm != row.rhythm
        _apply(row, rule)
        if is_another_rhythm:
            row.covers_from = first_period(row, since=max(on, row.active_from))
        row.version += 1
        _save(row)
        row.recipients.set(recipients)
        after = _figures(row)
        changes = {
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        }
        _record(row, verb="change_report_plan", by=by, on=on, detail={**after, "changes": changes})
    return row


def end(plan: ReportPlan, *, by: User, on: dt.date, version: int) -> ReportPlan:
    """Nothing is due any more from today on; what was due before is still made."""
    with transaction.atomic():
        row = _locked(plan, by=by, version=version)
        planned.settle_plan(row, until=on - dt.timedelta(days=1))
        row.ended_on, row.version = on, row.version + 1
        row.save(update_fields=["ended_on", "version"])
        _record(row, verb="end_report_plan", by=by, on=on, detail={})
    return row


def would_be(
    scope: Scope, *, rule: Rule, active_from: dt.date, on: dt.date, plan: ReportPlan | None = None
) -> ReportPlan:
    """The new or changed plan as it would be, for its preview; nothing is saved."""
    _require_rule(rule)
    found = ReportPlan(**scope.columns, active_from=active_from)
    _apply(found, rule)
    if plan is None:
        found.covers_from = first_period(found, since=active_from)
        return found
    found.pk, found.covers_from = plan.pk, plan.covers_from
    if rule.rhythm != plan.rhythm:
        found.covers_from = first_period(found, since=max(on, active_from))
    return found


@transaction.atomic
def seed(*, on: dt.date, active_from: dt.date | None = None) -> ReportPlan | None:
    """The shipped plan, where there never was any; None where there is nothing to do."""
    if ReportPlan.objects.exists():
        return None
    plan = _save_new(Scope(), SHIPPED, active_from=active_from or on, by=None)
    _record(plan, verb="make_report_plan", by=None, on=on, detail=_figures(plan))
    return plan


def may_keep(plan: ReportPlan, *, by: User) -> bool:
    """Whether the plan lies in a coordinator's own scope."""
    if not permissions.may(by, VERB):
        return False
    try:
        require_in_scope(plan.scope, by=by)
    except PermissionDenied:
        return False
    return True


def first_period(plan: ReportPlan, *, since: dt.date) -> dt.date:
    """The first day of the first period that falls due from a day on and has no report yet, be it
    by another plan that was about the same."""
    # Whatever their rhythms are by now: months, quarters and years have names of their own.
    same = ReportPlan.objects.about_the_same(plan)
    there = set(PlannedReport.objects.filter(plan__in=same).values_list("period", flat=True))
    # A report is due within the period or soon after: the one before covers that.
    before = rhythm.period_of(plan.rhythm, since).first - dt.timedelta(days=1)
    calendar = calendars.in_region(plan.place_id)
    for due in rhythm.dues(plan.rule, since=before, calendar=calendar):
        if due.on >= since and due.period.name not in there:
            return due.period.first
    raise RuleViolation(_("No calendar reaches that far: choose an earlier day."))


def _save_new(scope: Scope, rule: Rule, *, active_from: dt.date, by: User | None) -> ReportPlan:
    plan = ReportPlan(**scope.columns, active_from=active_from, made_by=by)
    _apply(plan, rule)
    plan.covers_from = first_period(plan, since=active_from)
    _save(plan)
    return plan


def _apply(plan: ReportPlan, rule: Rule) -> None:
    plan.rhythm, plan.number = rule.rhythm, rule.number
    plan.from_end, plan.reported = rule.from_end, rule.reported


def _save(plan: ReportPlan) -> None:
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as twice:
        raise RuleViolation(
            _("There is such a plan already, of this scope and rhythm: change that one.")
        ) from twice


def _locked(plan: ReportPlan, *, by: User, version: int) -> ReportPlan:
    rows = ReportPlan.objects.with_scope()
    row = rows.select_for_update(of=("self",)).get(pk=plan.pk)
    _require_may(row.scope, by=by)
    require_same(row.version, version)
    if row.ended_on is not None:
        raise RuleViolation(_("This plan has ended; make a new one."))
    return row


def _require_may(scope: Scope, *, by: User) -> None:
    permissions.require(by, VERB)
    require_in_scope(scope, by=by)


def _require_rule(rule: Rule) -> None:
    if not 1 <= rule.number <= rhythm.MAX_NUMBER:
        raise RuleViolation(_("Use a number from 1 to %(most)s.") % {"most": rhythm.MAX_NUMBER})
    if rule.from_end and rule.reported != rhythm.DAY_BEFORE:
        raise RuleViolation(
            _("Before the period is over it cannot report its last day: report the day before.")
        )


def _require_recipients(recipients: Collection[User], scope: Scope) -> None:
    keys = {user.pk for user in recipients}
    may = set(readers(scope).filter(pk__in=keys).values_list("pk", flat=True))
    names = "、".join(user.display_name for user in recipients if user.pk not in may)
    if names:
        raise RuleViolation(
            _("May not read reports about “%(scope)s”: %(names)s.")
            % {"scope": scope.name, "names": names}
        )


def _figures(plan: ReportPlan) -> dict[str, Any]:
    """A version of the plan as the audit keeps it."""
    return {
        "rhythm": plan.rhythm,
        "number": plan.number,
        "from_end": plan.from_end,
        "reported": plan.reported,
        "active_from": plan.active_from.isoformat(),
        "covers_from": plan.covers_from.isoformat(),
        "recipients": sorted(plan.recipients.values_list("username", flat=True)),
    }


def _record(
    plan: ReportPlan, *, verb: str, by: User | None, on: dt.date, detail: dict[str, Any]
) -> None:
    said = {"on": on.isoformat(), "plan": str(plan), "version": plan.version, **detail}
    audit.record(plan, verb=verb, by=by, detail=said, department_id=plan.department_id)
