"""进展报告: what a department says about a period of its own accord; answers, never evidence."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import rounds, situations
from obligations.changing import (
    require_in_reach,
    require_known_day,
    require_transition,
    require_version,
)
from obligations.cutoffs import last_day, month_of
from obligations.models import Obligation, ProgressReport, RoundAnswer, Said


def report(
    obligation: Obligation,
    *,
    kind: str,
    by: User,
    on: dt.date,
    version: int | None = None,
    period_from: dt.date | None = None,
    period_to: dt.date | None = None,
    note: str = "",
) -> ProgressReport:
    """本期无变化, 本期无事项 or progress, of a period: by default the month up to the day.

    Where an open round asks about the obligation and has no answer yet, this is the answer.
    """
    permissions.require(by, "report_progress")
    with transaction.atomic():
        row = (
            Obligation.objects.select_for_update(of=("self",))
            .select_related("department")
            .get(pk=obligation.pk)
        )
        require_in_reach(row, by=by)
        require_version(row, version)
        require_transition(situations.of(row, by=by, on=on), "report_progress")
        asked = _waiting(row)
        first, last = _period(asked, period_from, period_to, on=on)
        _require_sayable(kind, first, last, note, on=on)
        made = ProgressReport(obligation=row, kind=kind, note=note.strip(), said_by=by, said_on=on)
        made.period_from, made.period_to = first, last
        made.save(force_insert=True)
        if asked is not None and month_of(last) == asked.round.month:
            _answer(asked, made, by=by, on=on)
        period = [str(first), str(last)]
        detail = {"on": str(on), "said": kind, "note": made.note, "period": period}
        audit.record(
            row, verb="report_progress", by=by, detail=detail, department_id=row.department_id
        )
    return made


def spoke(*, since: dt.date, until: dt.date) -> Q:
    """A condition on obligations: the department said something about every day of a period.

    Silence is what is left. Reports of one's own accord and answers of rounds count alike.
    """
    reported = ProgressReport.objects.filter(period_from__lte=since, period_to__gte=until)
    answered = RoundAnswer.objects.exclude(kind="").filter(round__month=month_of(since))
    said = Q(pk__in=reported.values("obligation_id"))
    if month_of(since) == month_of(until):
        said |= Q(pk__in=answered.values("obligation_id"))
    return said


def _require_sayable(kind: str, first: dt.date, last: dt.date, note: str, *, on: dt.date) -> None:
    require_known_day(first, last)
    if kind not in Said.values:
        raise RuleViolation(_("Say what changed, that nothing did, or that there is nothing."))
    if last < first:
        raise RuleViolation(_("The period ends before it begins: check its two days."))
    if last > on:
        raise RuleViolation(_("The period is not over: its last day is today at the latest."))
    if kind == Said.CHANGED and not note.strip():
        raise RuleViolation(_("Say in one sentence what has been done, or choose “No change”."))


def _waiting(row: Obligation) -> RoundAnswer | None:
    """What an open round still waits for."""
    waiting = RoundAnswer.objects.unanswered().filter(obligation=row, round__closed_on=None)
    return waiting.select_related("round").select_for_update(of=("self",)).first()


def _period(
    asked: RoundAnswer | None, first: dt.date | None, last: dt.date | None, *, on: dt.date
) -> tuple[dt.date, dt.date]:
    """What the person said; else the month that is asked about, else this one, up to the day."""
    if first is None and last is None and asked is not None:
        return asked.round.month, min(on, last_day(asked.round.month))
    last = last or on
    return first or month_of(last), last


def _answer(asked: RoundAnswer, made: ProgressReport, *, by: User, on: dt.date) -> None:
    texts = {name: getattr(asked, name) for name in rounds.TEXTS}
    if made.kind == Said.CHANGED:
        texts["progress"] = made.note
    rounds.write(asked, made.kind, texts, by=by, on=on)
