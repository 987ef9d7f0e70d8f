"""The monthly round in the digest; and whose digest it is while a deputy stands in."""

import datetime as dt

import pytest

from accounts import handovers
from accounts.models import Role
from obligations import completion, dispatch, rounds
from obligations.models import Delivery, Digest, Obligation, ReminderChoice
from obligations.reminding import wording
from tests.obligations.mornings import remind, told

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2025, 9, 1)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + dt.timedelta(days=n) for n in (1, 2, 3))


@pytest.fixture
def asked(in_progress, coordinator):
    """A round that is cut off on Tuesday."""
    held = rounds.open_round(by=coordinator, month=MONDAY, cut_off_on=TUESDAY, on=MONDAY)
    return held.answers.get()


@pytest.fixture
def stand_in(second_officer):
    """stand_in(person, …): the second officer stands in from Monday to Wednesday."""

    def make(person, deputy=second_officer, ends_on=WEDNESDAY):
        days = {"on": MONDAY, "starts_on": MONDAY, "ends_on": ends_on}
        return handovers.hand_over(deputy, by=person, **days)

    return make


def line(user, day, source):
    return Digest.objects.get(user=user, day=day).line(source)


def test_who_has_not_answered_is_told_before_and_after_the_cut_off_until_they_have(
    asked, officer, officer2, reviewer
):
    remind(TUESDAY)
    remind(WEDNESDAY)
    rounds.answer(asked, kind="no_change", by=officer, on=WEDNESDAY, version=1)
    remind(THURSDAY)

    found = [line(officer, day, "round") for day in (TUESDAY, WEDNESDAY)]
    assert [(one["ids"], one["late"]) for one in found] == [([asked.pk], 0), ([asked.pk], 1)]
    assert told(officer, THURSDAY) is None
    assert told(officer2, TUESDAY) is None
    assert told(reviewer, TUESDAY) is None


def test_a_coordinator_is_told_which_departments_are_silent(
    in_progress, owe, health, police, coordinator, make_user, city
):
    issued = owe(health)
    dispatch.issue(issued, by=coordinator, on=MONDAY)
    held = rounds.open_round(by=coordinator, month=MONDAY, cut_off_on=TUESDAY, on=MONDAY)
    remind(WEDNESDAY)
    Obligation.objects.filter(pk=issued.pk).update(status="withdrawn")
    remind(THURSDAY)

    found = line(coordinator, WEDNESDAY, "round_silent")
    assert (found["count"], found["late"]) == (2, 2)
    assert [row["title"] for row in found["rows"]] == [police.name, health.name]
    assert told(coordinator, THURSDAY)["round_silent"] == [police.pk]
    rounds.close(held, by=coordinator, on=THURSDAY, version=1)
    remind(THURSDAY + dt.timedelta(days=1))
    assert told(coordinator, THURSDAY + dt.timedelta(days=1)) is None


def test_a_citys_coordinator_is_told_of_the_own_departments_in_a_round_of_the_province(
    in_progress, make_user, make_department, city, owe, coordinator
):
    bureau = make_department("甲市数据局", at=city)
    person = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    owe(bureau, status="issued")
    rounds.open_round(by=coordinator, month=MONDAY, cut_off_on=TUESDAY, on=MONDAY)

    remind(TUESDAY)

    assert told(person, TUESDAY)["round_silent"] == [bureau.pk]


def test_while_a_deputy_stands_in_they_get_what_the_absent_person_would(
    claimed, reviewer, second_officer, officer, stand_in
):
    stand_in(reviewer)
    remind(WEDNESDAY)
    remind(THURSDAY)

    found = Digest.objects.get(user=second_officer, day=WEDNESDAY)
    assert told(second_officer, WEDNESDAY) == {"to_endorse": [claimed.pk]}
    assert found.line("to_endorse")["for_people"] == ["reviewer"]
    assert found.standing_in == [{"person": "reviewer", "until": "2025-09-03"}]
    assert "（代 reviewer）" in wording.subject_of(found)
    assert told(reviewer, WEDNESDAY) is None
    # The hand-over is over.
    assert told(reviewer, THURSDAY) == {"to_endorse": [claimed.pk]}
    assert told(second_officer, THURSDAY) is None
    assert told(officer, WEDNESDAY) is None


def test_what_both_would_get_is_told_once(asked, officer, second_officer, stand_in):
    stand_in(officer)
    remind(TUESDAY)

    assert line(second_officer, TUESDAY, "round")["count"] == 1
    assert "for_people" not in line(second_officer, TUESDAY, "round")
    assert Digest.objects.get(user=second_officer).item_count == 1
    assert told(officer, TUESDAY) is None


def test_whose_deputy_is_away_too_is_reminded_as_before(
    claimed, reviewer, officer, second_officer, stand_in
):
    stand_in(reviewer)
    stand_in(second_officer, deputy=officer)
    remind(WEDNESDAY)

    assert told(reviewer, WEDNESDAY) == {"to_endorse": [claimed.pk]}
    assert told(second_officer, WEDNESDAY) is None


def test_a_hand_over_that_was_ended_early_holds_no_more(
    claimed, reviewer, second_officer, stand_in
):
    handovers.end(stand_in(reviewer), by=reviewer, on=MONDAY, version=1)
    remind(WEDNESDAY)

    assert told(reviewer, WEDNESDAY) == {"to_endorse": [claimed.pk]}
    assert told(second_officer, WEDNESDAY) is None


def test_it_is_sent_where_the_deputy_wants_it(claimed, reviewer, second_officer, stand_in):
    for user in (reviewer, second_officer):
        address = f"{user.username}@example.invalid"
        ReminderChoice.objects.create(user=user, by_mail=True, mail_address=address)
    stand_in(reviewer)
    remind(WEDNESDAY)

    assert [one.address for one in Delivery.objects.all()] == ["second-officer@example.invalid"]


def test_a_deputy_without_anything_to_pass_on_is_told_of_nobody(
    claimed, reviewer, second_officer, officer, stand_in
):
    completion.withdraw_claim(claimed, by=officer, on=TUESDAY)
    stand_in(reviewer)
    remind(WEDNESDAY)

    assert not Digest.objects.exists()
