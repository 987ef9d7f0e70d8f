"""Statements of scores: drafted, opened for objections, ruled on, published by another person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, Region, User
from accounts.versions import require_same
from jobs import queue
from jobs.models import Job
from obligations import calendars, clocks, deciding, score_rules, score_sheets
from obligations.changing import require_known_day
from obligations.dispatch import require_reason
from obligations.models import (
    Clock,
    Obligation,
    ScoreLine,
    ScoreObjection,
    ScoreSheet,
    ScoreStatement,
)
from obligations.models.obligation import ObligationQuerySet

JOB = "obligations.draft_scores"
_State = ScoreStatement.State
_Outcome = ScoreObjection.Outcome


def scope_of(region: Region | None) -> ObligationQuerySet:
    """What statements of a scope are about."""
    own = Obligation.objects.filter(external=False)
    return own if region is None else own.filter(department__region=region)


def ask(*, as_of: dt.date, by: User, today: dt.date) -> Job:
    """Have a statement of the coordinator's own scope drafted, as a job."""
    _require_draftable(as_of, by=by, region=by.region, today=today)
    key = f"{by.region_id or ''}:{as_of.isoformat()}"
    return queue.enqueue(JOB, key=key, args={"as_of": as_of.isoformat()}, by=by)


def draft(*, as_of: dt.date, by: User, today: dt.date) -> ScoreStatement:
    """Freeze the scores of the day, line by line, in the language of the papers."""
    _require_draftable(as_of, by=by, region=by.region, today=today)
    try:
        with transaction.atomic(), translation.override("zh-hans"):
            made = _draft(as_of, by=by, today=today)
    except IntegrityError:
        raise _is_there(as_of) from None
    return made


def open_objections(
    statement: ScoreStatement, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """Every department sees its sheet and may object to a line until the window ends."""
    with transaction.atomic():
        row = _locked(statement, by=by, version=version)
        _require_state(row, _State.DRAFTED)
        rule = clocks.rule(Clock.OBJECTION, region=row.region, on=on)
        calendar = calendars.current(row.region)
        row.state, row.opened_by, row.opened_on = _State.OPENED, by, on
        row.objections_until = calendar.after(on, rule.days, rule.unit)
        _save(row, verb="open_scores", by=by, on=on, until=row.objections_until.isoformat())
    statement.refresh_from_db()


def object_to(line: ScoreLine, *, by: User, on: dt.date, reason: str, version: int) -> None:
    """The department contests one line of its own sheet, once, with a reason."""
    permissions.require(by, "object_to_score")
    require_reason(reason)
    with transaction.atomic():
        sheet = _sheet(line.sheet_id, version=version)
        if by.department_id != sheet.department_id:
            raise PermissionDenied(_("This belongs to another department."))
        if not sheet.statement.takes_objections(on):
            raise RuleViolation(_("The days for objections to this statement are over."))
        row = ScoreLine.objects.get(pk=line.pk)
        if row.objections.exists():
            raise RuleViolation(_("Your department has objected to this line already."))
        made = ScoreObjection.objects.create(
            line=row,
            reason=reason.strip(),
            asked_by=by,
            asked_on=on,
            numerator=row.numerator,
            denominator=row.denominator,
        )
        score_sheets.save_sheet(sheet)
        _record(made, sheet, verb="object_to_score", by=by, on=on, reason=reason)


def rule_on(
    objection: ScoreObjection, *, outcome: str, by: User, on: dt.date, note: str, version: int
) -> None:
    """The line counts in full, is left out, or stays; the sheet and the places follow."""
    permissions.require(by, "keep_scores")
    require_reason(note)
    if outcome not in _Outcome.values:
        raise RuleViolation(_("Say how the line counts from now on."))
    with transaction.atomic():
        row = ScoreObjection.objects.select_related("line").get(pk=objection.pk)
        sheet = _sheet(row.line.sheet_id, version=version)
        _require_reach(sheet.statement, by=by)
        row.refresh_from_db()
        if sheet.statement.state != _State.OPENED:
            raise RuleViolation(_("This statement is published: it stays as it is."))
        if not row.is_waiting:
            raise RuleViolation(_("This objection is ruled on already."))
        deciding.decide(row, outcome=outcome, by=by, on=on, note=note.strip())
        score_sheets.correct(row.line, outcome)
        score_sheets.count_anew(sheet)
        _record(row, sheet, verb="rule_on_score", by=by, on=on, outcome=outcome, note=note)
    objection.refresh_from_db()


def publish(
    statement: ScoreStatement, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """For ever: after the window, with every objection ruled on, by another than its drafter."""
    with transaction.atomic():
        row = _locked(statement, by=by, version=version)
        _require_state(row, _State.OPENED)
        if row.drafted_by_id == by.pk:
            raise PermissionDenied(_("Who drafted a statement does not publish it."))
        if row.objections_until is None or on <= row.objections_until:
            raise RuleViolation(
                _("Departments may object until %(day)s: publish it after that day.")
                % {"day": row.objections_until}
            )
        waiting = ScoreObjection.objects.filter(line__sheet__statement=row, outcome="").count()
        if waiting:
            raise RuleViolation(
                _("%(count)s objections wait for a ruling: rule on them first.")
                % {"count": waiting}
            )
        row.state, row.published_by, row.published_on = _State.PUBLISHED, by, on
        _save(row, verb="publish_scores", by=by, on=on)
    statement.refresh_from_db()


def discard(
    statement: ScoreStatement, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """Put a draft aside that nobody outside has seen; the day may be drafted again."""
    with transaction.atomic():
        row = _locked(statement, by=by, version=version)
        _require_state(row, _State.DRAFTED)
        row.state = _State.DISCARDED
        _save(row, verb="discard_scores", by=by, on=on)
    statement.refresh_from_db()


def _require_draftable(as_of: dt.date, *, by: User, region: Region | None, today: dt.date) -> None:
    permissions.require(by, "keep_scores")
    require_known_day(as_of)
    if as_of > today:
        raise RuleViolation(_("A day that is to come has no score: use today or an earlier day."))
    there = ScoreStatement.objects.filter(as_of=as_of, region=region)
    if there.exclude(state=_State.DISCARDED).exists():
        raise _is_there(as_of)


def _is_there(as_of: dt.date) -> RuleViolation:
    return RuleViolation(
        _("There is a statement for %(day)s already.") % {"day": as_of.isoformat()}
    )


def _draft(as_of: dt.date, *, by: User, today: dt.date) -> ScoreStatement:
    score_rules.seed()
    rule = score_rules.on(as_of)
    made = ScoreStatement.objects.create(
        region=by.region, as_of=as_of, rule=rule, drafted_by=by, drafted_on=today
    )
    rows = scope_of(by.region)
    owing = Department.objects.filter(pk__in=rows.order_by().values("department_id"))
    for department in owing.order_by("position", "pk"):
        own = rows.filter(department=department)
        score_sheets.draft_sheet(made, department, own, rule=rule, today=today)
    score_sheets.give_places(made)
    detail = {"as_of": as_of.isoformat(), "rule": rule.number, "on": today.isoformat()}
    audit.record(made, verb="draft_scores", by=by, detail=detail)
    return made


def _locked(statement: ScoreStatement, *, by: User, version: int | None) -> ScoreStatement:
    permissions.require(by, "keep_scores")
    row = ScoreStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    _require_reach(row, by=by)
    if version is not None:
        require_same(row.version, version)
    return row


def _sheet(pk: int, *, version: int) -> ScoreSheet:
    """The sheet with its statement, both held: publication and objections never cross."""
    statement_id = ScoreSheet.objects.values_list("statement_id", flat=True).get(pk=pk)
    ScoreStatement.objects.select_for_update(of=("self",)).get(pk=statement_id)
    sheet = ScoreSheet.objects.select_related("statement__rule", "statement__region").get(pk=pk)
    require_same(sheet.version, version)
    return sheet


def _require_reach(statement: ScoreStatement, *, by: User) -> None:
    if by.region_id is not None and by.region_id != statement.region_id:
        raise PermissionDenied(_("This statement is of another scope."))


def _require_state(statement: ScoreStatement, state: str) -> None:
    if statement.state != state:
        raise RuleViolation(
            _("This is not possible now: the statement is “%(state)s”.")
            % {"state": statement.get_state_display()}
        )


def _save(row: ScoreStatement, *, verb: str, by: User, on: dt.date, **said: Any) -> None:
    row.version += 1
    row.save()
    detail = {"on": on.isoformat(), "as_of": row.as_of.isoformat(), **said}
    audit.record(row, verb=verb, by=by, detail=detail)


def _record(
    row: ScoreObjection, sheet: ScoreSheet, *, verb: str, by: User, on: dt.date, **said: Any
) -> None:
    detail = {"on": on.isoformat(), "sheet": sheet.pk, "line": row.line_id, **said}
    audit.record(row, verb=verb, by=by, detail=detail, department_id=sheet.department_id)
