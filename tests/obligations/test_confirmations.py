"""可用 / 不可用: who is asked, when, what counts, and what the check makes of it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from obligations import (
    completion,
    confirmation_rules,
    confirmations,
    dispatch,
    fulfilment,
)
from obligations.models import (
    CheckResult,
    Confirmation,
    ConfirmationRule,
    DepartmentCheck,
    Obligation,
)

D = dt.date
SAID = D(2025, 9, 10)
TODAY = D(2025, 9, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def using(verified, owe, health, coordinator):
    """The health commission applies for what the police supplies."""
    row = owe(health, item=verified.item, duty="apply")
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    return row


@pytest.fixture
def health_reviewer(make_user, health):
    return make_user("health-reviewer", Role.REVIEWER, department=health)


def say(row, by, word="usable", *, on=SAID, version=0, **more):
    return confirmations.say(row, word=word, by=by, on=on, version=version, **more)


def finding(row, day, today=None):
    fulfilment.check(as_of=day, today=today or day)
    found = CheckResult.objects.at(day).filter(obligation=row, check_code="consumer_says_usable")
    return [one.outcome for one in found]


def test_who_owes_something_for_the_item_is_asked_and_nobody_else(
    verified, using, officer2, officer, coordinator
):
    on = D(2025, 9, 10)
    assert list(confirmations.asked_of(officer2, on=on)) == [verified]
    assert list(confirmations.asked_of(officer, on=on)) == []
    assert list(confirmations.asked_of(coordinator, on=on)) == []
    with pytest.raises(PermissionDenied):
        say(verified, officer)


def test_nobody_is_asked_about_what_is_not_verified(endorsed, owe, health, officer2, coordinator):
    row = owe(health, item=endorsed.item, duty="apply")
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    assert list(confirmations.asked_of(officer2, on=D(2025, 9, 10))) == []


def test_a_demand_that_was_not_issued_makes_nobody_a_consumer(verified, owe, health, officer2):
    owe(health, item=verified.item, duty="apply")
    assert list(confirmations.asked_of(officer2, on=D(2025, 9, 10))) == []


def test_a_central_bodys_opening_is_asked_about_as_well(
    owe, ministry, police, officer, coordinator
):
    opening = owe(ministry, duty="supply", external=True)
    row = owe(police, item=opening.item, duty="apply")
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    assert not confirmations.asked_of(officer, on=D(2025, 9, 10)).exists()
    Obligation.objects.filter(pk=opening.pk).update(opened_on=D(2025, 8, 20))
    assert list(confirmations.asked_of(officer, on=D(2025, 9, 10))) == [opening]
    say(opening, officer)
    assert not confirmations.unanswered(officer, on=D(2025, 9, 10)).exists()


def test_a_named_consumer_is_asked_until_it_is_released(verified, health, officer2, coordinator):
    named = confirmations.name(verified.item, health, by=coordinator, on=D(2025, 9, 4))
    with pytest.raises(RuleViolation):
        confirmations.name(verified.item, health, by=coordinator, on=D(2025, 9, 4))
    say(verified, officer2)
    confirmations.release(named, by=coordinator, on=D(2025, 9, 20))
    assert not confirmations.asked_of(officer2, on=D(2025, 9, 20)).exists()
    assert Confirmation.objects.get().word == "usable"
    with pytest.raises(RuleViolation):
        confirmations.release(named, by=coordinator, on=D(2025, 9, 21))


def test_a_citys_coordinator_names_departments_of_the_own_city_only(
    verified, health, make_user, city, bureau
):
    of_city = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    with pytest.raises(PermissionDenied):
        confirmations.name(verified.item, health, by=of_city, on=D(2025, 9, 4))


def test_not_usable_needs_a_reason_and_a_later_word_ends_it_without_erasing_it(
    verified, using, officer2, health_reviewer
):
    with pytest.raises(RuleViolation):
        say(verified, officer2, "unusable", reason="  ")
    first = say(verified, officer2, "unusable", reason="接口返回空值")
    say(verified, health_reviewer, on=D(2025, 9, 12), version=first.version)
    words = Confirmation.objects.order_by("pk").values_list("word", "reason", "until_on")
    assert list(words) == [("unusable", "接口返回空值", D(2025, 9, 12)), ("usable", "", None)]
    acts = AuditEntry.objects.filter(verb="say_usable", object_id=str(verified.pk))
    assert acts.count() == 2


def test_a_word_rests_on_the_word_that_its_writer_saw(verified, using, officer2, health_reviewer):
    say(verified, officer2)
    with pytest.raises(StaleVersion):
        say(verified, health_reviewer, "unusable", reason="断了", version=0)
    assert Confirmation.objects.get().word == "usable"


def test_the_check_says_what_the_consumers_say_and_silence_is_not_usable(
    verified, using, officer2, make_department, coordinator
):
    # Third quarter of 2025: the tenth working day is 2025-07-14. Verified on 2025-09-03, consumers
    # had no time then: they have ten working days from that day.
    assert finding(verified, D(2025, 9, 17)) == ["not_yet_due"]
    assert finding(verified, D(2025, 9, 18)) == ["cannot_tell"]
    say(verified, officer2, on=D(2025, 9, 18))
    assert finding(verified, D(2025, 9, 18)) == ["pass"]
    other = make_department("省教育厅")
    confirmations.name(verified.item, other, by=coordinator, on=D(2025, 9, 19))
    assert finding(verified, D(2025, 9, 19)) == ["warn"]
    say(verified, officer2, "unusable", on=D(2025, 9, 22), version=1, reason="超时")
    assert finding(verified, D(2025, 9, 22)) == ["fail"]
    # A past day is judged by the words of that day.
    assert finding(verified, D(2025, 9, 18), today=D(2025, 9, 22)) == ["pass"]
    assert finding(verified, D(2025, 9, 19), today=D(2025, 9, 22)) == ["warn"]


def test_an_answer_counts_until_the_next_periods_answers_are_due(verified, using, officer2):
    say(verified, officer2, on=D(2025, 9, 8))
    # The fourth quarter's tenth working day is 2025-10-21, after the long holiday.
    assert confirmation_rules.hearing(D(2025, 10, 9)).due_on == D(2025, 10, 21)
    assert finding(verified, D(2025, 10, 21)) == ["pass"]
    assert confirmations.unanswered(officer2, on=D(2025, 10, 21)).count() == 1
    assert finding(verified, D(2025, 10, 22)) == ["cannot_tell"]


def test_not_usable_stands_through_silence(verified, using, officer2):
    say(verified, officer2, "unusable", on=D(2025, 9, 8), reason="超时")
    assert finding(verified, D(2026, 3, 31)) == ["fail"]


def test_before_the_answers_are_due_silence_is_not_yet_due(verified, using):
    assert finding(verified, D(2025, 10, 21)) == ["not_yet_due"]


def test_what_was_said_before_the_verification_does_not_count(
    verified, using, officer2, officer, reviewer, coordinator
):
    say(verified, officer2, "unusable", on=D(2025, 9, 8), reason="超时")
    completion.reopen(verified, by=coordinator, on=D(2025, 9, 9), reason="不可用")
    assert finding(verified, D(2025, 9, 9)) == []
    completion.claim(verified, by=officer, on=D(2025, 9, 10))
    completion.endorse(verified, by=reviewer, on=D(2025, 9, 10))
    completion.verify(verified, by=coordinator, on=D(2025, 9, 11))
    assert finding(verified, D(2025, 9, 11)) == ["not_yet_due"]
    assert finding(verified, D(2025, 9, 26)) == ["cannot_tell"]
    assert list(confirmations.unanswered(officer2, on=D(2025, 9, 11))) == [verified]
    [voice] = confirmations.voices_of(verified, on=D(2025, 9, 11))
    assert (voice.word.word, voice.counts) == ("unusable", False)


def test_without_consumers_nothing_is_asked(verified):
    assert finding(verified, D(2025, 9, 4)) == []


def test_per_department_it_is_known_how_many_fail(verified, using, officer2, police, health):
    say(verified, officer2, "unusable", on=D(2025, 9, 8), reason="超时")
    fulfilment.check(as_of=D(2025, 9, 8), today=D(2025, 9, 8))
    counts = DepartmentCheck.objects.filter(day=D(2025, 9, 8))
    assert dict(counts.values_list("department__name", "failed")) == {
        "省公安厅": 1,
        "省卫生健康委员会": 0,
    }


def test_a_version_of_the_rule_begins_with_a_period_and_follows_the_others(coordinator):
    def add(day, months=1, version=0):
        return confirmation_rules.add(
            effective_from=day,
            months=months,
            answer_days=5,
            source="",
            by=coordinator,
            on=TODAY,
            version=version,
        )

    for day, months in ((D(2025, 8, 1), 1), (D(2025, 10, 2), 1), (D(2025, 11, 1), 3)):
        with pytest.raises(RuleViolation):
            add(day, months)
    add(D(2025, 10, 1))
    with pytest.raises(StaleVersion):
        add(D(2025, 11, 1))
    with pytest.raises(RuleViolation):
        add(D(2025, 10, 1), version=1)
    before, after = (confirmation_rules.hearing(day) for day in (D(2025, 9, 30), D(2025, 10, 9)))
    assert (before.first_on, before.last_on) == (D(2025, 7, 1), D(2025, 9, 30))
    assert (after.first_on, after.last_on, after.due_on) == (
        D(2025, 10, 1),
        D(2025, 10, 31),
        D(2025, 10, 14),
    )
    assert after.counts_from == D(2025, 7, 1)


def test_only_the_provinces_coordinators_change_the_rhythm(make_user, bureau, city):
    of_city = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    with pytest.raises(PermissionDenied):
        confirmation_rules.add(
            effective_from=D(2026, 1, 1),
            months=3,
            answer_days=5,
            source="",
            by=of_city,
            on=D(2025, 9, 1),
            version=0,
        )
    assert not ConfirmationRule.objects.exists()


@given(day=st.dates(D(2024, 1, 1), D(2029, 12, 31)))
def test_every_day_lies_in_one_period_and_its_answers_fall_due_within_it(day):
    heard = confirmation_rules.hearing(day)
    assert heard.first_on <= day <= heard.last_on
    assert heard.first_on <= heard.due_on <= heard.last_on
    assert heard.counts_from <= heard.first_on
    after = confirmation_rules.hearing(heard.next_on)
    assert after.first_on == heard.next_on
    assert after.counts_from == heard.first_on
