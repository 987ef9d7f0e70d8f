"""A day's check shared among workers: parts are the whole, a fault stays one department's own."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from accounts.models import AuditEntry
from jobs import claiming, queue, running
from jobs.claiming import LeaseLost
from jobs.heartbeat import Heartbeat
from jobs.models import Job, database_time
from obligations import check_parts, dispatch, fulfilment
from obligations.models import (
    CheckResult,
    DepartmentCheck,
    DepartmentDay,
    Obligation,
    ObligationState,
)
from tests.obligations.poison import poisoned

D = dt.date
NIGHT = D(2026, 1, 1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def each_department_is_a_part(monkeypatch):
    monkeypatch.setattr(check_parts, "OBLIGATIONS_A_PART", 1)


@pytest.fixture(autouse=True)
def early_in_the_night():
    with time_machine.travel("2026-01-01T00:10:00+08:00", tick=False):
        yield


@pytest.fixture
def other(in_progress, owe, health, coordinator):
    row = owe(health, due_on=D(2025, 12, 31))
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    return row


def _ask():
    day = NIGHT.isoformat()
    return queue.enqueue("obligations.check", period=day, args={"on": day, "every": "day"})


def _begun():
    """A worker has shared the night out, and goes on no further."""
    job = claiming.claim(_ask().pk)
    with Heartbeat(job) as heartbeat:
        assert len(check_parts.share_out(running.Run(job, heartbeat))) == 2
    return job


def _work():
    call_command("run_jobs", "--until-empty", verbosity=0)


def _rows():
    """Everything that a check leaves, with keys and times: a row written anew would be seen."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Obligation, ObligationState, CheckResult, DepartmentDay)
    ]


def test_the_parts_leave_what_one_pass_over_all_would(in_progress, other):
    job = _ask()
    _work()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    parts = Job.objects.filter(kind=check_parts.PART)
    assert {part.state for part in parts} == {Job.State.DONE}
    assert sorted(pk for part in parts for pk in part.args["departments"]) == sorted(
        {in_progress.department_id, other.department_id}
    )
    assert set(Obligation.objects.values_list("light", flat=True)) == {"red"}
    before = _rows()
    for day in (NIGHT - dt.timedelta(days=1), NIGHT):
        again = fulfilment.check(as_of=day, today=NIGHT)
        assert (again.judged, again.changed) == (2, 0)
    assert _rows() == before


def test_however_many_share_the_night_it_is_told_once_with_the_sum(in_progress, other):
    _ask()
    _work()
    told = AuditEntry.objects.get(verb="check_fulfilment").detail
    assert (told["judged"], told["changed"]) == (2, 2)
    assert told["by_light"]["red"] == 2


def test_a_department_whose_data_is_broken_is_not_checked_and_stops_no_other(in_progress, other):
    with poisoned(other.department):
        job = _ask()
        _work()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    checks = DepartmentCheck.objects.filter(day=NIGHT)
    assert dict(checks.values_list("department", "checked")) == {
        in_progress.department_id: True,
        other.department_id: False,
    }
    lights = dict(Obligation.objects.values_list("pk", "light"))
    assert lights[in_progress.pk] == "red"
    assert lights[other.pk] != "red"
    told = AuditEntry.objects.get(verb="check_fulfilment").detail
    assert told["not_checked"] == [other.department.name]
    assert told["judged"] == 1


def test_the_next_check_of_the_day_makes_up_for_it(in_progress, other):
    with poisoned(other.department):
        _ask()
        _work()
    assert fulfilment.check(as_of=NIGHT, today=NIGHT).not_checked == []
    other.refresh_from_db()
    assert other.light == "red"
    assert DepartmentCheck.objects.get(day=NIGHT, department=other.department).checked


def test_a_part_that_a_vanished_worker_left_is_taken_up(in_progress, other):
    job = _begun()
    part = Job.objects.filter(kind=check_parts.PART).order_by("pk")[0]
    assert claiming.claim(part.pk)
    past = database_time(plus_seconds=-5)
    Job.objects.filter(pk__in=[part.pk, job.pk]).update(lease_until=past)
    _work()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert Job.objects.filter(kind=check_parts.PART).count() == 2
    assert DepartmentCheck.objects.filter(day=NIGHT, checked=True).count() == 2


def test_departments_of_parts_that_failed_are_named_as_not_checked(in_progress, other, settings):
    failing = {check_parts.PART: "tests.obligations.poison.refuse"}
    settings.JOB_HANDLERS = settings.JOB_HANDLERS | failing
    job = _ask()
    _work()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    told = AuditEntry.objects.get(verb="check_fulfilment").detail
    assert set(told["not_checked"]) == {in_progress.department.name, other.department.name}
    assert told["judged"] == 0
    assert not DepartmentCheck.objects.get(day=NIGHT, department=other.department).checked


def test_a_worker_that_lost_its_job_leaves_nothing(in_progress):
    before = _rows()
    job = claiming.claim(_ask().pk)
    with Heartbeat(job) as heartbeat:
        run = running.Run(job, heartbeat)
        with transaction.atomic():
            run.require_held()
        Job.objects.filter(pk=job.pk).update(token="another")
        with pytest.raises(LeaseLost):
            fulfilment.check(as_of=NIGHT, today=NIGHT, fence=run.require_held)
    assert _rows() == before
    assert not DepartmentCheck.objects.exists()


def test_parts_of_a_check_that_was_called_off_do_nothing(in_progress, other, sysadmin):
    job = _begun()
    queue.cancel(job, by=sysadmin)
    _work()
    assert not Job.objects.live().exists()
    assert not DepartmentCheck.objects.exists()
