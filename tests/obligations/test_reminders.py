"""Who is reminded of what, and on which days."""

import datetime as dt

import pytest

from accounts.models import AuditEntry, Role
from jobs import running
from jobs.models import Job, database_time
from obligations import (
    blocks,
    completion,
    dispatch,
    exemptions,
    extensions,
    objections,
    rounds,
    urging,
)
from obligations.models import CalendarDay, Delivery, Digest, Obligation, ReminderDay
from obligations.reminding import digests, people, wording
from tests.obligations.mornings import at, remind, told

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2025, 9, 2)
WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (TUESDAY + dt.timedelta(days=n) for n in (1, 2, 3, 4))
MONDAY = dt.date(2025, 9, 8)


@pytest.fixture
def begun(owe, police, coordinator, officer):
    """begun(due_on): an obligation in progress."""

    def make(due_on, **more):
        row = owe(police, due_on=due_on, **more)
        dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
        dispatch.accept(row, by=officer, on=dt.date(2025, 8, 5))
        return row

    return make


def test_an_officer_is_told_of_what_is_overdue_due_soon_returned_and_unaccepted(
    begun, owe, police, officer, reviewer, coordinator, paper
):
    overdue, soon = begun(TUESDAY - dt.timedelta(days=1)), begun(TUESDAY + dt.timedelta(days=3))
    begun(TUESDAY + dt.timedelta(days=90))
    returned = begun(TUESDAY + dt.timedelta(days=90))
    completion.claim(returned, by=officer, on=dt.date(2025, 8, 20), with_evidence=[paper])
    completion.send_back(returned, by=reviewer, on=dt.date(2025, 8, 21), reason="请补正")
    late, issued = owe(police), owe(police)
    dispatch.issue(late, by=coordinator, on=dt.date(2025, 8, 4))
    dispatch.issue(issued, by=coordinator, on=dt.date(2025, 9, 1))

    remind(TUESDAY)

    assert told(officer, TUESDAY) == {
        "overdue": [overdue.pk],
        "returned": [returned.pk],
        "due_soon": [soon.pk],
        "acceptance_overdue": [late.pk],
        "to_accept": [issued.pk],
    }


def test_the_light_of_the_night_before_does_not_matter(begun, officer):
    row = begun(TUESDAY - dt.timedelta(days=1))
    Obligation.objects.filter(pk=row.pk).update(light="green", light_reason="on_course")

    remind(TUESDAY)

    assert told(officer, TUESDAY) == {"overdue": [row.pk]}


def test_a_reviewer_is_told_of_claims_and_a_coordinator_of_decisions(
    claimed, begun, reviewer, officer, coordinator, paper, make_user, police
):
    remind(TUESDAY)
    assert told(reviewer, TUESDAY) == {"to_endorse": [claimed.pk]}

    completion.endorse(claimed, by=reviewer, on=TUESDAY)
    blocked, exempt = begun(TUESDAY + dt.timedelta(days=90)), begun(TUESDAY.replace(month=12))
    blocks.ask(blocked, by=officer, on=TUESDAY, cause="technical", reason="设备故障")
    exemptions.ask(exempt, by=officer, on=TUESDAY, reason="无职权")
    remind(WEDNESDAY)

    assert told(reviewer, WEDNESDAY) is None
    assert told(coordinator, WEDNESDAY) == {
        "to_verify": [claimed.pk],
        "blocks": [blocked.pk],
        "exemptions": [exempt.pk],
    }


def test_a_coordinator_is_told_of_extensions_and_objections_until_they_are_decided(
    begun, officer, coordinator
):
    extended, contested = begun(TUESDAY + dt.timedelta(days=90)), begun(MONDAY.replace(month=8))
    extensions.ask(extended, by=officer, on=TUESDAY, days=5, reason="接口改造")
    Obligation.objects.filter(pk=contested.pk).update(light="red", light_reason="overdue")
    objections.ask(contested, by=officer, on=TUESDAY, reason="时限有误")

    remind(TUESDAY)
    extensions.refuse(extended, by=coordinator, on=TUESDAY, reason="理由不足")
    objections.refuse(contested, by=coordinator, on=TUESDAY, reason="时限无误")
    remind(WEDNESDAY)

    asked = {"extensions": [extended.pk], "objections": [contested.pk]}
    assert told(coordinator, TUESDAY) == {"overdue": [contested.pk], **asked}
    assert told(coordinator, WEDNESDAY) == {"overdue": [contested.pk]}


def test_the_day_of_acceptance_itself_is_not_late(owe, police, officer, coordinator):
    row = owe(police)
    dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 28))
    row.refresh_from_db()
    assert row.accept_by == TUESDAY

    remind(TUESDAY)
    remind(WEDNESDAY)

    assert told(officer, TUESDAY) == {"to_accept": [row.pk]}
    assert told(officer, WEDNESDAY) == {"acceptance_overdue": [row.pk]}


def test_the_coordinators_own_clock_is_counted(endorsed, coordinator):
    remind(endorsed.decide_by + dt.timedelta(days=3))

    line = Digest.objects.get(user=coordinator).line("to_verify")
    assert (line["count"], line["late"]) == (1, 1)


def test_everybody_is_told_of_their_own_department_and_scope_alone(
    begun, owe, health, officer, officer2, coordinator, make_user, city
):
    mine = begun(TUESDAY - dt.timedelta(days=1))
    theirs = owe(health)
    dispatch.issue(theirs, by=coordinator, on=dt.date(2025, 8, 4))
    elsewhere = make_user("city", Role.COORDINATOR, region=city)
    leader = make_user("boss", Role.LEADER)

    remind(TUESDAY)

    assert told(officer, TUESDAY) == {"overdue": [mine.pk]}
    assert told(officer2, TUESDAY) == {"acceptance_overdue": [theirs.pk]}
    assert told(coordinator, TUESDAY) == {
        "overdue": [mine.pk],
        "acceptance_overdue": [theirs.pk],
    }
    assert told(elsewhere, TUESDAY) is None
    assert told(leader, TUESDAY) is None


def test_whoever_has_nothing_to_do_and_whoever_left_is_not_reminded(
    begun, officer, make_user, health
):
    begun(TUESDAY + dt.timedelta(days=90))
    make_user("gone", Role.OFFICER, department=health)
    officer.is_active = False
    officer.save()

    remind(TUESDAY)

    assert not Digest.objects.exists()
    assert ReminderDay.objects.get().digest_count == 0


@pytest.mark.parametrize(
    ("day", "is_reminded"),
    [
        (dt.date(2025, 9, 26), True),
        (dt.date(2025, 9, 27), False),  # a Saturday
        (dt.date(2025, 9, 28), True),  # a Sunday that is worked
        (dt.date(2025, 10, 1), False),  # a Wednesday of the holidays
    ],
)
def test_nobody_is_reminded_on_a_rest_day(begun, officer, day, is_reminded):
    begun(TUESDAY)

    remind(day)

    assert Digest.objects.filter(user=officer).exists() is is_reminded
    assert ReminderDay.objects.exists() is is_reminded


def test_a_region_with_a_holiday_of_its_own_rests_alone(begun, officer, coordinator, region):
    begun(TUESDAY - dt.timedelta(days=30))
    CalendarDay.objects.create(day=WEDNESDAY, region=region, is_workday=False, source="test")

    remind(WEDNESDAY)

    assert told(officer, WEDNESDAY) is None
    assert told(coordinator, WEDNESDAY) is None


def test_a_day_is_made_once_however_often_its_job_runs(begun, officer):
    begun(TUESDAY - dt.timedelta(days=1))
    job = remind(TUESDAY)
    Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None, token="")

    with at(TUESDAY):
        running.perform(job.pk)

    assert Digest.objects.filter(user=officer).count() == 1
    with at(TUESDAY):
        assert digests.write(digests.gather(TUESDAY)) == 0


def test_missed_days_come_once_on_the_next_working_day_as_things_then_stand(
    begun, officer, coordinator
):
    done, left = begun(TUESDAY), begun(TUESDAY)
    days = {"month": TUESDAY, "cut_off_on": WEDNESDAY, "on": TUESDAY}
    held = rounds.open_round(by=coordinator, **days)
    remind(TUESDAY)
    Digest.objects.all().delete()
    Obligation.objects.filter(pk=done.pk).update(status="withdrawn")

    remind(FRIDAY, on=WEDNESDAY)
    remind(FRIDAY, on=THURSDAY)
    assert not Digest.objects.exists()
    remind(FRIDAY)

    digest = Digest.objects.get(user=officer)
    assert (digest.user, digest.day, digest.missed_since) == (officer, FRIDAY, WEDNESDAY)
    answer = held.answers.get(obligation=left)
    assert told(officer, FRIDAY) == {"overdue": [left.pk], "round": [answer.pk]}
    assert digest.line("round")["late"] == 1


def test_a_worker_that_returns_on_a_rest_day_reminds_on_monday(begun, officer):
    begun(TUESDAY)

    remind(SATURDAY, on=FRIDAY)
    remind(SATURDAY)
    assert not Digest.objects.exists()
    remind(MONDAY)

    assert [digest.day for digest in Digest.objects.filter(user=officer)] == [MONDAY]


def test_a_day_without_misses_says_nothing_of_them(begun, officer):
    begun(TUESDAY - dt.timedelta(days=9))
    for day in (FRIDAY, MONDAY):
        remind(day)

    assert set(Digest.objects.values_list("missed_since", flat=True)) == {None}


def test_an_unanswered_urging_note_is_told_until_it_is_answered(
    begun, officer, coordinator, police
):
    row = begun(TUESDAY - dt.timedelta(days=9))
    rows = Obligation.objects.filter(pk=row.pk)
    note = urging.send(police, rows, text="请抓紧", answer_by=FRIDAY, by=coordinator, on=TUESDAY)

    remind(WEDNESDAY)
    urging.answer(note, text="已在办理", by=officer, on=WEDNESDAY)
    remind(THURSDAY)

    assert told(officer, WEDNESDAY)["urged"] == [note.pk]
    assert told(coordinator, WEDNESDAY)["not_received"] == [note.pk]
    assert "urged" not in told(officer, THURSDAY)
    assert "not_received" not in told(coordinator, THURSDAY)


def test_a_run_is_one_audit_row(begun, officer, coordinator):
    begun(TUESDAY - dt.timedelta(days=1))
    remind(TUESDAY)

    entry = AuditEntry.objects.get(verb="remind")
    assert entry.detail == {"on": "2025-09-02", "digests": 2}


def test_yesterdays_mail_that_still_waits_gives_way_to_todays(begun, officer):
    begun(TUESDAY - dt.timedelta(days=1))
    remind(TUESDAY)
    yesterday = Digest.objects.get(user=officer)
    waiting = Delivery.objects.create(
        digest=yesterday,
        channel="mail",
        address="li@example.invalid",
        name="1" * 32,
        lease_until=database_time(plus_seconds=3600),  # between two tries
    )

    remind(WEDNESDAY)

    waiting.refresh_from_db()
    assert waiting.state == "overtaken"


def test_very_many_rows_are_counted_whole_and_listed_in_part(officer, police):
    everybody = people.People((officer,), {police.pk: None})
    rows = (people.Row(pk, police.pk) for pk in range(1300))

    found = everybody.share(rows, among={Role.OFFICER})[officer.pk]

    assert found.count == 1300
    assert found.ids == list(range(people.KEPT))
    digest = Digest(pk=7, user=officer, day=TUESDAY)
    line = {"source": "overdue", "count": found.count, "ids": found.ids}
    assert wording.address_of(digest, line) == "/obligations/?scope=own&light=red"


def test_old_digests_are_let_go_of(begun, officer):
    begun(TUESDAY - dt.timedelta(days=9))
    remind(TUESDAY)
    for day in (TUESDAY, TUESDAY - dt.timedelta(days=300)):
        digest, _made = Digest.objects.get_or_create(
            user=officer, day=day, defaults={"item_count": 1}
        )
        name = day.isoformat()
        Delivery.objects.create(digest=digest, channel="mail", address="a@b.invalid", name=name)

    remind(WEDNESDAY)

    assert set(Digest.objects.values_list("day", flat=True)) == {TUESDAY, WEDNESDAY}
    assert Delivery.objects.get().digest.day == TUESDAY
