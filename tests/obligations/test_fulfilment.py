"""The nightly check: lights, history, findings, totals; past days; one department's fault."""

import dataclasses
import datetime as dt
import json

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from jobs import queue
from obligations import checks, completion, dispatch, findings, fulfilment, history, lights
from obligations.evidence import NewEvidence
from obligations.models import (
    CheckResult,
    DepartmentCheck,
    DepartmentDay,
    Obligation,
    ObligationState,
)
from tests.thorough import sampled

D = dt.date


def _history():
    fields = ("obligation_id", "valid_from", "valid_to", "light_reason", "status")
    return list(
        ObligationState.objects.order_by("obligation_id", "valid_from").values_list(*fields)
    )


def test_time_alone_turns_an_obligation_red_and_history_keeps_both(in_progress):
    result = fulfilment.check(as_of=D(2026, 1, 1), today=D(2026, 1, 1))
    in_progress.refresh_from_db()
    assert (in_progress.light, in_progress.light_reason) == ("red", "overdue")
    assert (result.judged, result.changed) == (1, 1)
    assert result.by_light["red"] == 1
    last = ObligationState.objects.filter(obligation=in_progress).order_by("valid_from").last()
    assert (last.valid_from, last.valid_to, last.light) == (D(2026, 1, 1), None, "red")


def test_a_check_does_not_count_as_a_change_by_people(in_progress):
    before = in_progress.version
    fulfilment.check(as_of=D(2026, 1, 1), today=D(2026, 1, 1))
    in_progress.refresh_from_db()
    assert in_progress.version == before


def test_checking_a_day_again_changes_nothing(in_progress, claimed):
    fulfilment.check(as_of=D(2026, 1, 1), today=D(2026, 1, 1))
    before = (_history(), list(CheckResult.objects.values()), list(DepartmentDay.objects.values()))
    again = fulfilment.check(as_of=D(2026, 1, 1), today=D(2026, 1, 1))
    after = (_history(), list(CheckResult.objects.values()), list(DepartmentDay.objects.values()))
    assert again.changed == 0
    assert [rows if i < 1 else _plain(rows) for i, rows in enumerate(after)] == [
        rows if i < 1 else _plain(rows) for i, rows in enumerate(before)
    ]


def _plain(rows):
    return [{k: v for k, v in row.items() if k not in ("id", "recorded_at")} for row in rows]


def test_a_missed_day_is_judged_for_its_own_date_and_leaves_the_current_light(in_progress):
    fulfilment.check(as_of=D(2026, 1, 5), today=D(2026, 1, 5))
    fulfilment.check(as_of=D(2025, 12, 31), today=D(2026, 1, 5))
    in_progress.refresh_from_db()
    assert in_progress.light == "red"
    at = ObligationState.objects.at(D(2025, 12, 31)).get(obligation=in_progress)
    assert at.light == "blue"
    assert ObligationState.objects.at(D(2026, 1, 5)).get(obligation=in_progress).light == "red"
    day = DepartmentDay.objects.get(day=D(2025, 12, 31))
    assert (day.blue, day.red) == (1, 0)


@sampled(25, quick=6)
@given(
    due=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    order=st.permutations(range(0, 30, 3)),
)
@pytest.mark.django_db(transaction=True)
def test_judging_day_by_day_in_any_order_equals_judging_once(owe, police, due, order):
    start, end = D(2025, 9, 15), D(2025, 10, 15)
    ObligationState.objects.all().delete()
    Obligation.objects.all().delete()
    for offset in due:
        row = owe(police, due_on=start + dt.timedelta(days=offset), on=start)
        Obligation.objects.filter(pk=row.pk).update(status="in_progress")
        history.record(row, on=start)
    for offset in order:
        fulfilment.judge(as_of=start + dt.timedelta(days=offset), today=end)
    fulfilment.judge(as_of=end, today=end)
    for offset in order:
        day = start + dt.timedelta(days=offset)
        stored = ObligationState.objects.at(day).annotate(now=lights.reason(history.day_of(day)))
        assert all(state.light_reason == state.now for state in stored)
        assert stored.count() == len(due)
    now = lights.reason(history.day_of(end))
    assert all(row.light_reason == row.now for row in Obligation.objects.annotate(now=now))


def test_findings_say_what_each_check_found(claimed, in_progress, coordinator):
    fulfilment.check(as_of=D(2025, 9, 5), today=D(2025, 9, 5))
    found = dict(CheckResult.objects.at(D(2025, 9, 5)).values_list("check_code", "outcome"))
    assert found == {"meets_deadline": "not_yet_due", "has_evidence": "pass"}


def test_a_verified_supply_duty_without_a_catalogue_code_fails_until_it_has_one(
    verified, coordinator, officer, reviewer
):
    fulfilment.check(as_of=D(2025, 9, 4), today=D(2025, 9, 4))
    code = "names_its_catalogue_entry"
    assert CheckResult.objects.get(check_code=code).outcome == "fail"
    completion.reopen(verified, by=coordinator, on=D(2025, 9, 5), reason="缺目录代码")
    paper = NewEvidence("catalogue", "307001001/000001")
    completion.claim(verified, by=officer, on=D(2025, 9, 5), with_evidence=[paper])
    completion.endorse(verified, by=reviewer, on=D(2025, 9, 5))
    completion.verify(verified, by=coordinator, on=D(2025, 9, 5))
    fulfilment.check(as_of=D(2025, 9, 8), today=D(2025, 9, 8))
    rows = CheckResult.objects.filter(check_code=code).order_by("since")
    assert [(row.since, row.until, row.outcome) for row in rows] == [
        (D(2025, 9, 4), D(2025, 9, 8), "fail"),
        (D(2025, 9, 8), None, "pass"),
    ]


def test_findings_of_a_missed_day_use_the_facts_of_that_day(verified):
    fulfilment.check(as_of=D(2025, 9, 10), today=D(2025, 9, 10))
    fulfilment.check(as_of=D(2025, 8, 29), today=D(2025, 9, 10))
    assert dict(CheckResult.objects.at(D(2025, 8, 29)).values_list("check_code", "outcome")) == {
        "meets_deadline": "not_yet_due"
    }
    assert CheckResult.objects.at(D(2025, 9, 10)).get(check_code="meets_deadline").outcome == "pass"


def test_the_coordinators_own_clock_is_checked(endorsed):
    fulfilment.check(as_of=D(2025, 9, 9), today=D(2025, 9, 9))
    assert CheckResult.objects.get(check_code="decided_in_time").outcome == "not_yet_due"
    fulfilment.check(as_of=D(2025, 9, 10), today=D(2025, 9, 10))
    open_now = CheckResult.objects.at(D(2025, 9, 10)).get(check_code="decided_in_time")
    assert open_now.outcome == "fail"


def test_one_departments_fault_is_its_own_and_is_named(
    in_progress, owe, health, coordinator, monkeypatch
):
    other = owe(health, due_on=D(2025, 9, 1))
    dispatch.issue(other, by=coordinator, on=D(2025, 8, 4))

    class _Fault(Exception):
        pass

    broken = dataclasses.replace(checks.MEETS_DEADLINE, code="breaks")
    calls = []

    def applies(facts):
        calls.append(facts)
        # The pass over all fails first, then the second department of the repetition.
        if len(calls) in (1, 3):
            raise _Fault("示例故障")
        return checks.applicable(facts.as_of)

    monkeypatch.setattr(
        findings, "COMMON", (*checks.COMMON, dataclasses.replace(broken, applies=applies))
    )
    result = fulfilment.check(as_of=D(2026, 1, 1), today=D(2026, 1, 1))
    assert result.not_checked == [health.name]
    in_progress.refresh_from_db()
    other.refresh_from_db()
    assert in_progress.light == "red"
    assert other.light != "red"
    assert dict(DepartmentCheck.objects.values_list("department__name", "checked")) == {
        in_progress.department.name: True,
        health.name: False,
    }


def test_the_command_prints_the_documented_json(in_progress, capsys):
    call_command("check_fulfilment", "--on", "2026-01-05", "--json")
    printed = json.loads(capsys.readouterr().out)
    keys = {"on", "judged", "changed", "by_light", "not_checked", "contradictions"}
    assert set(printed) == keys
    assert printed["on"] == "2026-01-05"
    assert printed["not_checked"] == []


def test_a_departments_broken_data_is_its_own_fault_not_the_whole_runs(
    in_progress, owe, health, coordinator, monkeypatch
):
    other = owe(health, due_on=D(2025, 9, 1))
    dispatch.issue(other, by=coordinator, on=D(2025, 8, 4))
    calls = []

    def applies(facts):
        calls.append(facts)
        if len(calls) in (1, 3):
            raise IntegrityError("示例故障")
        return checks.applicable(facts.as_of)

    broken = dataclasses.replace(checks.MEETS_DEADLINE, code="breaks", applies=applies)
    monkeypatch.setattr(findings, "COMMON", (*checks.COMMON, broken))
    result = fulfilment.check(as_of=D(2026, 1, 1), today=D(2026, 1, 1))
    assert result.not_checked == [health.name]
    assert result.judged == 1


def test_a_day_without_history_is_not_recorded_as_checked(in_progress):
    result = fulfilment.check(as_of=D(2020, 1, 2), today=D(2025, 9, 1))
    assert result.judged == 0
    assert not DepartmentCheck.objects.filter(day=D(2020, 1, 2)).exists()


@pytest.mark.django_db(transaction=True)
def test_the_nightly_run_closes_the_day_before(in_progress, officer, reviewer, paper):
    with time_machine.travel("2025-09-01T00:10:00+08:00", tick=False):
        queue.enqueue("obligations.check", args={"on": "2025-09-01", "every": "day"})
        upkeep_all()
    completion.claim(in_progress, by=officer, on=D(2025, 9, 1), with_evidence=[paper])
    completion.endorse(in_progress, by=reviewer, on=D(2025, 9, 1))
    with time_machine.travel("2025-09-02T00:10:00+08:00", tick=False):
        queue.enqueue("obligations.check", args={"on": "2025-09-02", "every": "day"})
        upkeep_all()
    found = CheckResult.objects.at(D(2025, 9, 1)).get(check_code="meets_deadline")
    assert found.outcome == "pass"


def upkeep_all():
    call_command("run_jobs", "--until-empty", verbosity=0)
