"""What waits in the demonstration today: requests of every kind, a claim, and an open round."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from accounts.models import User
from obligations import blocks, calendars, completion, exemptions, extensions, objections, rounds
from obligations.evidence import NewEvidence
from obligations.models import Light, Obligation, Said, Status
from obligations.models.obligation import ObligationQuerySet
from reports.sampling.staff import Staff

_ANSWERING = 4
_CUT_OFF_DAYS = 3
_EXTENSION_DAYS = 10


def ask(people: Staff, *, today: dt.date) -> None:
    """Some of it from the department whose desk a visitor opens, the rest from others."""
    own = User.objects.select_related("department").get(username="officer")
    assert own.department is not None
    mine = _rows(today).filter(department=own.department)
    theirs = (
        _rows(today)
        .exclude(department=own.department)
        .exclude(department=people.coordinator.department)
    )
    _ask_extension(mine.filter(due_on__gt=today), people, on=today)
    _object(mine.filter(light_reason="overdue"), people, on=today)
    _claim(mine.filter(due_on__gt=today), people, on=today)
    _have_extended(theirs.filter(due_on__gt=today), people, on=today)
    _ask_extension(theirs.filter(due_on__gt=today), people, on=today)
    _object(_rows(today).exclude(mend_until=None), people, on=today)
    _ask_block(theirs.filter(due_on__gt=today), people, on=today)
    _ask_exemption(theirs.filter(due_on__gt=today), people, on=today)
    _open_round(people, on=today)


def _rows(today: dt.date) -> ObligationQuerySet:
    """In progress, of which nothing is asked yet, those first whose day is nearest."""
    rows = Obligation.objects.filter(status=Status.IN_PROGRESS, external=False, blocked=False)
    untouched = rows.filter(exempt=False, extensions=None, objections=None, blocks=None)
    untouched = untouched.filter(exemptions=None).exclude(light=Light.GREY)
    return untouched.select_related("department").order_by(F("due_on").desc(nulls_last=True), "pk")


def _first(rows: ObligationQuerySet) -> Obligation:
    return rows.reverse()[:1].get()


def _ask_extension(rows: ObligationQuerySet, people: Staff, *, on: dt.date) -> None:
    row = _first(rows)
    reason = "接口已完成开发，等待上级平台完成联调排期"
    officer = people.officer(row.department)
    extensions.ask(row, by=officer, on=on, days=_EXTENSION_DAYS, reason=reason)


def _have_extended(rows: ObligationQuerySet, people: Staff, *, on: dt.date) -> None:
    row = _first(rows)
    _ask_extension(rows, people, on=on)
    row.refresh_from_db()
    extensions.approve(row, by=people.decider(row.department), on=on, note="理由充分，同意")


def _object(rows: ObligationQuerySet, people: Staff, *, on: dt.date) -> None:
    row = rows[:1].get()
    reason = "数据已按期推送，回执在省平台可查，请核实"
    objections.ask(row, by=people.officer(row.department), on=on, reason=reason)


def _claim(rows: ObligationQuerySet, people: Staff, *, on: dt.date) -> None:
    """So that the reviewer finds something to endorse."""
    row = _first(rows)
    evidence = NewEvidence("document", f"示例函〔2026〕{row.pk}号")
    completion.claim(
        row,
        by=people.officer(row.department),
        on=on,
        note="已完成，请审签",
        with_evidence=[evidence],
    )


def _ask_block(rows: ObligationQuerySet, people: Staff, *, on: dt.date) -> None:
    row = _first(rows)
    officer = people.officer(row.department)
    blocks.ask(row, by=officer, on=on, cause="technical", reason="前置机故障，设备正在采购")


def _ask_exemption(rows: ObligationQuerySet, people: Staff, *, on: dt.date) -> None:
    row = _first(rows)
    reason = "本部门使用国垂系统办理，暂无可供数据"
    exemptions.ask(row, by=people.officer(row.department), on=on, reason=reason)


def _open_round(people: Staff, *, on: dt.date) -> None:
    """The month's round: some departments have answered, most have not."""
    cut_off_on = calendars.current().add(on, _CUT_OFF_DAYS)
    held = rounds.open_round(month=on, cut_off_on=cut_off_on, by=people.coordinator, on=on)
    asked = held.answers.exclude(department__users__username="officer").select_related("department")
    departments = {row.department_id: row.department for row in asked.order_by("department")}
    for department in list(departments.values())[:_ANSWERING]:
        officer = people.officer(department)
        answer = held.answers.filter(department=department).order_by("pk").first()
        assert answer is not None
        rounds.answer(
            answer,
            kind=Said.CHANGED,
            by=officer,
            on=on,
            version=answer.version,
            progress="已完成接口开发，正在联调",
            next_steps="本月底前完成测试并上线",
        )
        rounds.answer_rest(held, kind=Said.NO_CHANGE, by=officer, on=on)
