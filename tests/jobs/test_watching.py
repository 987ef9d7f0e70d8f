"""The watch over schedule, queues and workers: what rows say, and what the operator is shown."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobs import canary, claiming, health, operations, queue, running, schedule, watching
from jobs.models import Job, WorkerSeen, database_time
from jobs.upkeep import Upkeep

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHTLY = {"kind": "noop", "every": "day", "at": "00:10", "takes": 30, "grace": 90}


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def installed(monkeypatch):
    """installed("2026-11-20 12:00"): nothing was due before."""

    def since(text):
        monkeypatch.setattr(schedule._Installation, "at", at(text))

    since("2026-11-20 12:00")
    return since


@pytest.fixture
def nightly(settings, installed):
    settings.JOB_SCHEDULE = {"nightly check": NIGHTLY}


def line(now):
    return watching.lines(now=at(now))[0]


@pytest.mark.usefixtures("nightly")
def test_what_nobody_keeps_the_time_for_is_late_without_any_row():
    found = line("2026-11-21 02:10")
    assert (found.standing.word, found.newest) == ("late", None)
    assert watching.late_since("noop", now=at("2026-11-21 02:10")) == at("2026-11-21 02:10")


@pytest.mark.usefixtures("nightly")
def test_a_line_is_on_time_once_its_days_are_done():
    now = "2026-11-23 09:00"
    made = schedule.tick(since=at("2026-11-20 12:00"), now=at(now))
    assert line(now).standing.late_since == at("2026-11-21 02:10")
    for job in made:
        running.perform(job.pk)
    found = line(now)
    assert (found.standing.word, found.newest) == ("on_time", made[-1])
    assert watching.late_since("noop", now=at(now)) is None
    assert watching.last_done("noop") == "2026-11-23"


@pytest.mark.usefixtures("nightly")
def test_a_job_that_a_person_asked_for_is_no_period_of_the_schedule():
    running.perform(queue.enqueue("noop").pk)
    assert line("2026-11-23 09:00").is_late


@pytest.mark.usefixtures("nightly")
def test_a_failed_run_is_named_until_it_is_started_again_and_done(sysadmin):
    now = "2026-11-21 00:20"
    job = schedule.tick(since=at("2026-11-20 12:00"), now=at(now))[0]
    claiming.fail(claiming.claim(job.pk), reason="磁盘已满")
    assert (line(now).standing.word, line(now).failed) == ("failed", job)
    queue.requeue(job, by=sysadmin)
    assert (line(now).standing.word, line(now).failed) == ("waiting", None)
    running.perform(job.pk)
    assert line(now).standing.word == "on_time"


def test_two_lines_of_one_kind_are_told_apart(settings, installed):
    installed("2026-10-01 12:00")
    settings.JOB_SCHEDULE = {
        "weekly": {"kind": "noop", "every": "week", "at": "07:00", "grace": 60},
        "monthly": {"kind": "noop", "every": "month", "at": "07:30", "grace": 60},
    }
    now = at("2026-11-24 09:00")
    weekly, monthly = schedule.tick(since=at("2026-10-01 12:00"), now=now)
    claiming.fail(claiming.claim(monthly.pk), reason="no")
    running.perform(weekly.pk)
    words = {one.name: one.standing.word for one in watching.lines(now=now)}
    assert words == {"weekly": "on_time", "monthly": "failed"}


def test_the_schedule_takes_two_queries_however_many_rows(installed, django_assert_max_num_queries):
    now = at("2026-11-23 09:00")
    few = watching.lines(now=now)
    schedule.tick(since=at("2026-11-20 12:00"), now=now)
    with django_assert_max_num_queries(2):
        assert len(watching.lines(now=now)) == len(few)


# The canary


@pytest.fixture
def flying(settings, installed):
    canary_line = {**settings.JOB_SCHEDULE["canary"]}
    settings.JOB_SCHEDULE = {"canary": canary_line}

    def tick(now):
        return schedule.tick(since=at("2026-11-20 12:00"), now=at(now))

    return tick


def test_a_canary_that_comes_through_tells_how_long_it_took(flying):
    assert canary.newest() is None
    job = flying("2026-11-23 09:00")[0]
    Job.objects.update(created_at=database_time(plus_seconds=-7))
    running.perform(job.pk)
    job.refresh_from_db()
    assert canary.newest().done_at == job.finished_at
    assert 7 <= canary.newest().seconds < 60


def test_canaries_that_nobody_takes_do_not_pile_up(flying):
    for minute in range(5):
        flying(f"2026-11-23 09:0{minute}")
    assert Job.objects.filter(kind=canary.KIND).count() == 1
    assert watching.late_since(canary.KIND, now=at("2026-11-23 09:04")) is not None


def test_a_workers_upkeep_tidies_old_canaries_and_nothing_else(flying, noop, settings):
    old = flying("2026-11-23 09:00")[0]
    running.perform(old.pk)
    running.perform(noop.pk)
    new = flying("2026-11-23 09:01")[0]
    running.perform(new.pk)
    Job.objects.exclude(pk=new.pk).update(finished_at=database_time(plus_seconds=-86401))
    settings.JOB_SCHEDULE = {}
    Upkeep("worker@test", sweep=list).take_turns()
    assert set(Job.objects.values_list("pk", flat=True)) == {new.pk, noop.pk}


def test_workers_that_nobody_saw_for_a_month_are_forgotten():
    for name, days in (("here", 0), ("last week", 7), ("long gone", 31)):
        seen = database_time(plus_seconds=-86400 * days)
        WorkerSeen.objects.create(name=name, seen_at=seen)
    health.forget_workers()
    assert set(WorkerSeen.objects.values_list("name", flat=True)) == {"here", "last week"}


# Queues


def test_the_age_of_a_queue_is_that_of_its_oldest_waiting_job(noop):
    queue.enqueue("docking.probe")
    Job.objects.filter(pk=noop.pk).update(created_at=database_time(plus_seconds=-600))
    ages = {one.name: one.age_seconds for one in operations.queues()}
    assert 600 <= ages["celery"] < 660
    assert ages["probes"] < 60


def test_a_job_whose_time_has_not_come_does_not_wait():
    queue.enqueue("noop", delay_seconds=600)
    assert {one.waiting_count for one in operations.queues()} == {0}
    assert {one.waiting_since for one in operations.queues()} == {None}


def test_a_job_at_work_does_not_wait(noop):
    claiming.claim(noop.pk)
    common = operations.queues()[0]
    assert (common.waiting_count, common.running_count, common.age_seconds) == (0, 1, 0)


# What the operator is shown


@pytest.fixture
def page(client, sysadmin):
    client.force_login(sysadmin)

    def show(**headers):
        return client.get(reverse("jobs:operations"), headers=headers)

    return show


@pytest.mark.usefixtures("flying")
def test_without_a_worker_the_page_says_so_and_since_when(page, installed):
    installed("2025-01-01 12:00")
    WorkerSeen.objects.create(name="worker@gone", seen_at=database_time(plus_seconds=-300))
    seen = timezone.localtime(WorkerSeen.objects.get().seen_at)
    said = page().content.decode()
    assert "消息队列无应答" in said
    assert f"最后一次见到工作进程：{seen:%Y-%m-%d %H:%M:%S}" in said
    assert "巡检任务（每分钟）：应于" in said
    assert "未检查，自" in said


def test_all_is_well_when_parts_work_and_the_schedule_is_done(page, flying, monkeypatch):
    monkeypatch.setattr(health, "has_broker", lambda: True)
    health.record_seen("worker@here")
    for job in schedule.tick(since=timezone.now() - dt.timedelta(minutes=5)):
        running.perform(job.pk)
    assert page().context["picture"].is_well
    WorkerSeen.objects.all().delete()
    assert not page().context["picture"].is_well


def test_the_api_tells_the_same(client, sysadmin, officer, flying, installed):
    installed("2025-01-01 12:00")
    health.record_seen("worker@here")
    claiming.fail(claiming.claim(queue.enqueue("noop").pk), reason="磁盘已满")
    client.force_login(officer)
    assert client.get("/api/v1/operations/").status_code == 403
    client.force_login(sysadmin)
    told = client.get("/api/v1/operations/").json()
    assert told["well"] is False
    assert {part["name"]: part["up"] for part in told["parts"]} == {
        "database": True,
        "broker": False,
        "worker": True,
    }
    line = told["schedule"][0]
    assert (line["name"], line["standing"], line["takes_minutes"]) == ("canary", "late", 1)
    assert line["late_since"].startswith("2025-01-01T12:04")
    assert [queue["name"] for queue in told["queues"]] == ["celery", "probes"]
    assert told["workers"][0]["at_work"] is True
    assert told["failed"][0]["error"] == "磁盘已满"
    assert told["canary"] is None


def test_the_part_that_renews_itself_has_no_frame(page):
    whole, part = page().content.decode(), page(**{"hx-request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    assert 'hx-trigger="every 15s"' in part


def test_a_failed_job_stands_on_the_page_with_its_reason_and_the_way_to_start_again(page, noop):
    claiming.fail(claiming.claim(noop.pk), reason="磁盘已满")
    said = page().content.decode()
    assert "磁盘已满" in said
    assert reverse("jobs:requeue", args=[noop.pk]) in said


def test_the_page_takes_few_queries(page, noop):
    health.record_seen("worker@here")
    claiming.fail(claiming.claim(noop.pk), reason="no")
    schedule.tick(since=timezone.now() - dt.timedelta(days=20))
    page()
    with CaptureQueriesContext(connection) as captured:
        page()
    assert len(captured) <= 21


def test_the_list_of_jobs_says_that_something_is_late(
    client, sysadmin, officer, settings, installed
):
    installed("2025-01-01 12:00")
    address = reverse("jobs:list")
    client.force_login(sysadmin)
    assert "超时或失败的定时任务" in client.get(address).content.decode()
    client.force_login(officer)
    assert "超时或失败的定时任务" not in client.get(address).content.decode()


def test_canaries_are_quiet_in_the_list_of_jobs(client, sysadmin, flying):
    job = flying("2026-11-23 09:00")[0]
    client.force_login(sysadmin)
    assert job in client.get(reverse("jobs:list")).context["jobs"]
    running.perform(job.pk)
    assert job not in client.get(reverse("jobs:list")).context["jobs"]
