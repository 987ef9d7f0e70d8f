"""“未检查，自 …”: when figures count as not checked, and whose."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Department
from jobs import queue, running, schedule
from jobs.models import Job, database_time
from obligations import checks, findings, freshness, fulfilment
from obligations.models import DepartmentCheck

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def day(text):
    return dt.date.fromisoformat(f"2026-11-{text}")


@pytest.fixture(autouse=True)
def installed(monkeypatch, owe, police):
    """Since Friday the 20th, noon; one department owes something."""
    owe(police)
    monkeypatch.setattr(schedule._Installation, "at", at("2026-11-20 12:00"))


@pytest.fixture
def checked(police):
    """checked("23"): the department's check of that day; or of another one, or broken off."""

    def record(on, department=police, *, whole=True):
        DepartmentCheck.objects.create(department=department, day=day(on), checked=whole)

    return record


def look(now, *, on=None, among=None):
    departments = Department.objects.all() if among is None else among
    return freshness.of(departments, on=day(on or now[8:10]), now=at(now))


@pytest.mark.parametrize(
    ("last", "now", "since"),
    [
        ("23", "2026-11-23 23:00", None),
        # The next night's check has its time and grace, from 00:10 until 02:10.
        ("23", "2026-11-24 02:09", None),
        ("23", "2026-11-24 02:10", "24"),
        ("23", "2026-11-26 09:00", "24"),
        # Off over the weekend: since Saturday.
        ("20", "2026-11-23 08:00", "21"),
        ("22", "2026-11-23 08:00", "23"),
    ],
)
def test_figures_are_unchecked_since_the_first_day_that_is_missing(checked, last, now, since):
    checked(last)
    assert look(now).since == (day(since) if since else None)


def test_an_installation_younger_than_its_first_night_is_fresh():
    assert look("2026-11-20 23:00") == freshness.Freshness()
    assert look("2026-11-21 02:09").since is None


def test_where_no_check_was_ever_made_it_is_since_the_first_night():
    assert look("2026-11-23 09:00").since == day("21")


def test_days_before_the_first_that_is_missing_are_as_they_were(checked):
    checked("23")
    assert look("2026-11-26 09:00", on="23").since is None
    assert look("2026-11-26 09:00", on="24").since == day("24")


def test_a_check_by_hand_makes_figures_fresh_again(checked):
    checked("20")
    assert look("2026-11-23 09:00").since == day("21")
    fulfilment.check(as_of=day("23"), today=day("23"))
    assert look("2026-11-23 09:00").since is None


def test_a_night_in_which_nobody_owed_anything_was_checked(checked):
    job = queue.enqueue("obligations.check", period="2026-11-23")
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=database_time())
    assert look("2026-11-23 09:00").since is None


def test_a_night_that_failed_was_not(checked):
    checked("22")
    job = queue.enqueue("obligations.check", period="2026-11-23")
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=database_time())
    assert look("2026-11-23 09:00").since == day("23")


def test_an_installation_without_a_nightly_check_expects_none(settings):
    settings.JOB_SCHEDULE = {}
    assert look("2026-11-26 09:00").since is None


def test_the_real_check_of_the_night_is_what_is_waited_for(settings):
    settings.JOB_SCHEDULE = {"nightly check": settings.JOB_SCHEDULE["nightly check"]}
    now = at("2026-11-21 09:00")
    assert freshness.of(Department.objects.all(), on=day("21"), now=now).since == day("21")
    for job in schedule.tick(now=now):
        assert running.perform(job.pk)
    assert freshness.of(Department.objects.all(), on=day("21"), now=now) == freshness.Freshness()


# One department stays behind


def test_a_department_whose_check_broke_off_is_unchecked_and_no_other(checked, owe, police, health):
    owe(health)
    for on in ("21", "22", "23"):
        checked(on)
        checked(on, health, whole=on == "21")
    found = look("2026-11-23 09:00")
    assert (found.since, found.of(police.pk), found.of(health.pk)) == (None, None, day("22"))
    assert found.of_all == day("22")
    assert [one.name for one in found.departments.values()] == [health.name]


def test_a_department_that_never_got_through_is_unchecked_since_its_first_day(
    checked, owe, police, health
):
    owe(health)
    for on in ("22", "23"):
        checked(on)
        checked(on, health, whole=False)
    assert look("2026-11-23 09:00").of(health.pk) == day("22")


def test_a_department_that_was_left_out_is_unchecked(checked, owe, health):
    owe(health)
    checked("22", health)
    checked("22")
    checked("23")
    assert look("2026-11-23 09:00").of(health.pk) == day("23")


def test_to_its_own_people_the_department_is_the_whole(checked, owe, health, officer2):
    owe(health)
    checked("23")
    checked("22", health)
    checked("23", health, whole=False)
    found = freshness.for_user(officer2, on=day("23"), now=at("2026-11-23 09:00"))
    assert (found.since, found.departments) == (day("23"), {})


def test_a_department_that_owes_nothing_any_more_is_not_waited_for(checked, health):
    checked("23")
    checked("21", health, whole=False)
    assert look("2026-11-23 09:00") == freshness.Freshness()


def test_what_broke_off_in_the_check_itself_is_seen(owe, police, health, monkeypatch):
    owe(health)
    calls = []

    def applies(facts):
        calls.append(facts)
        # The pass over all, then the second department of the repetition.
        if len(calls) in (1, 3):
            raise ZeroDivisionError
        return checks.applicable(facts.as_of)

    broken = dataclasses.replace(checks.MEETS_DEADLINE, code="breaks", applies=applies)
    monkeypatch.setattr(findings, "COMMON", (*checks.COMMON, broken))
    fulfilment.check(as_of=day("23"), today=day("23"))
    found = look("2026-11-23 09:00")
    assert (found.of(police.pk), found.of(health.pk)) == (None, day("23"))


def test_where_all_is_well_it_costs_one_query(checked, django_assert_num_queries):
    checked("23")
    with django_assert_num_queries(1):
        assert look("2026-11-23 09:00") == freshness.Freshness()
