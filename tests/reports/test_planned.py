"""Planned reports: each made once, for its own day, also after a standstill; the daily job."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings

from jobs import queue, running, schedule, watching
from jobs.models import Job
from reports import metrics, plan_book, planned, plans
from reports.models import PlannedReport, Report, Snapshot
from reports.rhythm import Rule
from reports.scopes import Scope

pytestmark = pytest.mark.django_db

D = dt.date
START = D(2025, 9, 1)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def at(day, hour=7, minute=20):
    moment = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=SHANGHAI)
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def plan(owe, police, coordinator):
    owe(police, status="issued")
    return plans.make(
        Scope(), rule=Rule("month", 3), recipients=[], active_from=START, by=coordinator, on=START
    )


def beat(day):
    """The schedule's job of a day, done on it."""
    with at(day):
        job = queue.enqueue("reports.plans", period=f"{day}", args={"on": f"{day}", "every": "day"})
        running.perform(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error


def work(day):
    """A worker does what waits, in its order."""
    with at(day, 8):
        while job := Job.objects.due().first_of_their_kind().filter(kind="reports.make").first():
            assert running.perform(job.pk)
            job.refresh_from_db()
            assert job.state == "done", job.error


def lines(plan, on):
    return [(line.period, line.state, line.was_missed) for line in plan_book.periods(plan, on=on)]


def test_on_its_day_the_report_is_made_of_the_last_day_of_the_period(plan):
    beat(D(2025, 9, 2))
    assert not PlannedReport.objects.exists()

    beat(D(2025, 9, 3))
    work(D(2025, 9, 3))

    row = PlannedReport.objects.get()
    assert (row.period, row.due_on, row.as_of) == ("2025-08", D(2025, 9, 3), D(2025, 8, 31))
    assert (row.snapshot.as_of, row.snapshot.taken_by) == (D(2025, 8, 31), None)
    assert Report.objects.get().snapshot == row.snapshot
    [line] = plan_book.periods(plan, on=D(2025, 9, 3))
    assert (line.state, line.was_missed, line.is_late) == ("made", False, False)


def test_after_a_standstill_every_period_is_made_for_its_own_day_in_order(plan):
    beat(D(2025, 12, 20))
    work(D(2025, 12, 20))

    made = Snapshot.objects.order_by("pk").values_list("as_of", flat=True)
    assert list(made) == [D(2025, 8, 31), D(2025, 9, 30), D(2025, 10, 31), D(2025, 11, 30)]
    assert lines(plan, D(2025, 12, 20)) == [
        (name, "made", True) for name in ("2025-11", "2025-10", "2025-09", "2025-08")
    ]


def test_a_second_beat_a_second_worker_and_a_repeated_job_change_nothing(plan):
    beat(D(2025, 10, 15))
    beat(D(2025, 10, 16))
    planned.settle(on=D(2025, 10, 16))
    work(D(2025, 10, 16))
    times = list(PlannedReport.objects.values_list("pk", "made_at"))
    # The worker vanished after its work and before anybody knew.
    Job.objects.filter(kind="reports.make").update(state="queued", finished_at=None)
    work(D(2025, 10, 17))

    assert PlannedReport.objects.count() == Snapshot.objects.count() == 2
    assert list(PlannedReport.objects.values_list("pk", "made_at")) == times
    files = list((settings.MEDIA_ROOT / "reports").iterdir())
    assert Report.objects.count() == len(files) == 2
    assert Job.objects.filter(kind="reports.make").count() == 2


def test_the_report_is_on_record_in_the_transaction_that_ends_its_job_or_not_at_all(
    plan, monkeypatch
):
    beat(D(2025, 9, 3))

    def broken(*_args, **_how):
        raise RuntimeError("no")

    monkeypatch.setattr(planned, "record", broken)
    job = Job.objects.get(kind="reports.make")
    with at(D(2025, 9, 3)):
        running.perform(job.pk)
    job.refresh_from_db()
    assert job.state == "queued"
    assert not Report.objects.exists()
    assert PlannedReport.objects.get().snapshot is None


def test_where_there_was_no_list_yet_there_is_nothing_to_report(coordinator):
    plan = plans.make(
        Scope(), rule=Rule("month", 3), recipients=[], active_from=START, by=coordinator, on=START
    )
    beat(D(2025, 9, 3))

    assert lines(plan, D(2025, 9, 3)) == [("2025-08", "nothing", False)]
    assert not Job.objects.filter(kind="reports.make").exists()


def test_what_is_due_and_nobody_asked_for_is_shown_as_such(plan):
    assert lines(plan, D(2025, 10, 11)) == [
        ("2025-09", "not_asked", False),
        ("2025-08", "not_asked", False),
    ]


def test_a_department_has_its_own_report(plan, police, health, coordinator, officer, owe, bring):
    owe(health, status="issued")
    own = plans.make(
        Scope(department=police),
        rule=Rule("month", 3),
        recipients=[],
        active_from=START,
        by=coordinator,
        on=START,
    )
    beat(D(2025, 9, 3))
    work(D(2025, 9, 3))

    snapshot = PlannedReport.objects.get(plan=own).snapshot
    assert snapshot.department == police
    assert snapshot not in Snapshot.objects.visible_to(officer)
    bring(snapshot, "published", on=D(2025, 9, 3))
    assert snapshot in Snapshot.objects.visible_to(officer)


@pytest.mark.parametrize(
    ("utc", "is_due"), [("2025-09-02 15:59", False), ("2025-09-02 16:00", True)]
)
def test_the_day_begins_at_midnight_in_shanghai(plan, utc, is_due):
    with time_machine.travel(dt.datetime.fromisoformat(utc + "+00:00"), tick=False):
        job = queue.enqueue("reports.plans", key="by hand")
        running.perform(job.pk)

    assert PlannedReport.objects.exists() is is_due


def test_the_schedule_asks_every_day_and_makes_no_other_report_by_itself():
    kinds = [line["kind"] for line in settings.JOB_SCHEDULE.values()]

    assert kinds.count("reports.plans") == 1
    assert "reports.make" not in kinds
    since = dt.datetime(2025, 9, 1, 12, tzinfo=SHANGHAI)
    with at(D(2025, 9, 3)):
        jobs = schedule.tick(since=since)
    mine = [job.args["on"] for job in jobs if job.kind == "reports.plans"]
    assert mine == ["2025-09-02", "2025-09-03"]


def test_a_day_whose_plans_nobody_went_through_is_late(plan):
    beat(D(2025, 9, 2))
    late = dt.datetime(2025, 9, 3, 8, 30, tzinfo=SHANGHAI)
    monday = dt.datetime(2025, 9, 1, tzinfo=SHANGHAI)
    schedule._Installation.at, known = monday, schedule._Installation.at
    try:
        assert watching.late_since("reports.plans", now=late - dt.timedelta(minutes=1)) is None
        assert watching.late_since("reports.plans", now=late) == late
    finally:
        schedule._Installation.at = known


def test_a_planned_report_that_waits_too_long_or_failed_is_counted_as_late(plan):
    def told():
        return {found.name: found.samples[0].value for found in metrics.families()}

    with at(D(2025, 9, 3)):
        beat(D(2025, 9, 3))
    job = Job.objects.get(kind="reports.make")
    for minutes, late in ((149, 0), (151, 1)):
        now = job.created_at + dt.timedelta(minutes=minutes)
        assert planned.late_count(now=now) == late
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=job.created_at)
    assert planned.late_count(now=job.created_at) == 1
    assert lines(plan, D(2025, 9, 3)) == [("2025-08", "failed", False)]
    assert told()["qingdan_planned_reports_late"] == 1
    assert told()["qingdan_planned_reports_to_publish"] == 0
