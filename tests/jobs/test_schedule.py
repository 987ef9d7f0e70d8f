"""The schedule is rows: what is due is asked of the database, not of the clock."""

import datetime as dt
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from jobs import periods, running, schedule
from jobs.models import Job
from jobs.periods import Beat

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("every", "since", "now", "names"),
    [
        ("day", "2026-11-22 12:00", "2026-11-23 00:09", []),
        ("day", "2026-11-22 12:00", "2026-11-23 00:10", ["2026-11-23"]),
        ("day", "2026-11-20 12:00", "2026-11-23 09:00", ["2026-11-21", "2026-11-22", "2026-11-23"]),
        ("day", "2026-11-23 00:10", "2026-11-23 09:00", []),
        ("week", "2026-11-01 00:00", "2026-11-23 09:00", ["2026-W48"]),
        ("week", "2026-11-23 09:00", "2026-11-29 09:00", []),
        ("week", "2026-12-20 00:00", "2027-01-03 09:00", ["2026-W53"]),
        ("month", "2026-01-01 00:00", "2026-11-23 09:00", ["2026-11"]),
        ("month", "2026-11-02 00:00", "2026-11-23 09:00", []),
        ("5 minutes", "2026-11-20 12:00", "2026-11-23 09:04", ["2026-11-23T09:00"]),
        ("5 minutes", "2026-11-20 12:00", "2026-11-23 00:00", ["2026-11-23T00:00"]),
        ("5 minutes", "2026-11-23 09:01", "2026-11-23 09:04", []),
    ],
)
def test_periods_that_have_come_due(every, since, now, names):
    beat = Beat.from_settings({"kind": "noop", "every": every, "at": "00:10"})
    found = periods.due(beat, since=at(since), now=at(now))
    assert [period.name for period in found] == names


def test_at_most_31_missed_days_are_caught_up():
    beat = Beat(kind="noop", every="day", at=dt.time(0, 10))
    found = periods.due(beat, since=at("2025-01-01 00:00"), now=at("2026-11-23 09:00"))
    assert len(found) == 31
    assert found[0].on == dt.date(2026, 10, 24)


def test_every_queue_that_a_job_goes_to_is_one_that_workers_take_from(settings):
    assert set(settings.JOB_QUEUES.values()) < {one.name for one in settings.CELERY_TASK_QUEUES}
    assert settings.JOB_QUEUES.keys() <= settings.JOB_HANDLERS.keys()


def test_a_rhythm_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="hour"):
        Beat.from_settings({"kind": "noop", "every": "hour", "at": "00:10"})


@pytest.fixture
def nightly(settings, db):
    settings.JOB_SCHEDULE = {"nightly": {"kind": "noop", "every": "day", "at": "00:10"}}


@pytest.mark.usefixtures("nightly")
def test_each_missed_day_gets_its_own_job_for_its_own_date():
    schedule.tick(since=at("2026-11-20 12:00"), now=at("2026-11-23 09:00"))
    jobs = Job.objects.order_by("pk")
    assert [job.args["on"] for job in jobs] == ["2026-11-21", "2026-11-22", "2026-11-23"]
    assert {job.created_by for job in jobs} == {None}


@pytest.mark.usefixtures("nightly")
def test_a_second_tick_finds_every_row_there():
    schedule.tick(since=at("2026-11-20 12:00"), now=at("2026-11-23 09:00"))
    assert schedule.tick(since=at("2026-11-20 12:00"), now=at("2026-11-23 09:01")) == []


@pytest.mark.usefixtures("nightly")
def test_nothing_was_due_before_the_installation():
    assert schedule.tick() == []
    assert not Job.objects.exists()


@pytest.mark.usefixtures("nightly")
def test_periods_of_one_kind_run_in_their_order():
    first, second = schedule.tick(since=at("2026-11-21 12:00"), now=at("2026-11-23 09:00"))
    assert not running.perform(second.pk)
    assert running.perform(first.pk)
    assert running.perform(second.pk)


@pytest.mark.usefixtures("nightly")
def test_a_failed_period_does_not_hold_up_the_next(settings):
    settings.JOB_ATTEMPTS = 1
    settings.JOB_HANDLERS = {"noop": "no.such.handler"}
    first, second = schedule.tick(since=at("2026-11-21 12:00"), now=at("2026-11-23 09:00"))
    assert running.perform(first.pk)
    assert running.perform(second.pk)


def nothing_to_do():
    return False


def something_to_do():
    return True


@pytest.fixture
def often(settings, db):
    """often(answer): a line of every ten minutes that asks first."""

    def line(answer):
        asked = f"{__name__}.{answer.__name__}"
        beat = {"kind": "noop", "every": "10 minutes", "key": "often", "only_if": asked}
        settings.JOB_SCHEDULE = {"often": beat}
        return partial(schedule.tick, since=at("2026-11-20 12:00"))

    return line


def test_no_job_is_made_where_there_is_nothing_to_do(often):
    assert often(nothing_to_do)(now=at("2026-11-23 09:04")) == []
    assert not Job.objects.exists()

    [made] = often(something_to_do)(now=at("2026-11-23 09:05"))

    assert (made.period, made.key) == ("2026-11-23T09:00", "often")


def test_while_one_waits_the_next_period_makes_no_further_job(often):
    tick = often(something_to_do)
    [first] = tick(now=at("2026-11-23 09:01"))

    assert tick(now=at("2026-11-23 09:11")) == [first]
    assert Job.objects.count() == 1

    running.perform(first.pk)
    [second] = tick(now=at("2026-11-23 09:12"))
    assert second.period == "2026-11-23T09:10"
