"""疑点: found, settled by people or by the facts, remembered; one that is accepted stays away."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from obligations import (
    cases,
    confirmations,
    contradicting,
    dispatch,
    fulfilment,
)
from obligations.models import Confirmation, ContradictionCase, Obligation, Status
from tests.thorough import sampled

D = dt.date
pytestmark = pytest.mark.django_db
SAID, FOUND = D(2025, 9, 8), D(2025, 9, 9)


@pytest.fixture
def using(verified, owe, health, coordinator):
    _promise_nothing(verified)
    row = owe(health, item=verified.item, duty="apply")
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    return row


def _promise_nothing(row):
    """Only what consumers say counts here: the item keeps no update cycle."""
    row.item.sharing_terms.update_cycle = "once"
    row.item.sharing_terms.save()


@pytest.fixture
def say(verified, using, officer2):
    def act(word, on):
        standing = Confirmation.objects.standing().filter(obligation=verified).first()
        confirmations.say(
            verified,
            word=word,
            reason="接口超时" if word == "unusable" else "",
            by=officer2,
            on=on,
            version=standing.version if standing else 0,
        )

    return act


@pytest.fixture
def case(say):
    say("unusable", SAID)
    check(FOUND)
    return ContradictionCase.objects.get()


def check(day, today=None):
    return fulfilment.check(as_of=day, today=today or day)


def decide(case, act, *, by, on=FOUND, **more):
    case.refresh_from_db()
    rests_on = {"version": case.version}
    if act in (cases.reopen, cases.send_back):
        rests_on["row_version"] = Obligation.objects.get(pk=case.obligation_id).version
    act(case, by=by, on=on, reason="已与需求部门核实", **(rests_on | more))


def test_a_consumers_no_to_what_is_verified_opens_a_case_with_both_sides(case, verified):
    assert (case.obligation, case.code, case.is_open) == (
        verified,
        "consumer_says_unusable",
        True,
    )
    assert case.facts == {
        "verified_on": "2025-09-03",
        "consumer": "省卫生健康委员会",
        "reason": "接口超时",
        "said_on": "2025-09-08",
    }
    claim, found = contradicting.sides(case.code, case.facts)
    assert "2025-09-03" in claim
    assert "接口超时" in found


def test_checking_the_day_again_changes_nothing(case):
    before = list(ContradictionCase.objects.values())
    again = check(FOUND)
    assert (again.opened, again.resolved) == (0, 0)
    assert list(ContradictionCase.objects.values()) == before


def test_a_run_for_a_past_day_leaves_the_queue_alone(say):
    say("unusable", SAID)
    assert check(SAID, today=FOUND).opened == 0
    assert not ContradictionCase.objects.exists()


def test_the_facts_settle_it_and_the_next_time_is_remembered(case, say):
    say("usable", D(2025, 9, 10))
    assert check(D(2025, 9, 11)).resolved == 1
    case.refresh_from_db()
    assert (case.outcome, case.closed_on, case.closed_by) == ("resolved", D(2025, 9, 11), None)
    say("unusable", D(2025, 9, 15))
    check(D(2025, 9, 16))
    again = ContradictionCase.objects.open().get()
    assert (again.recurrence, again.previous_id) == (1, case.pk)


def test_what_was_accepted_of_one_consumer_is_raised_again_by_another(
    case, verified, coordinator, make_department, make_user, say
):
    other = make_department("省教育厅")
    confirmations.name(verified.item, other, by=coordinator, on=FOUND)
    decide(case, cases.accept, by=coordinator, until_on=D(2026, 1, 5))
    assert check(D(2025, 9, 10)).opened == 0
    # The same consumer says the same again: that was accepted.
    say("unusable", D(2025, 9, 11))
    assert check(D(2025, 9, 11)).opened == 0
    theirs = make_user("education", Role.OFFICER, department=other)
    confirmations.say(
        verified, word="unusable", reason="字段为空", by=theirs, on=D(2025, 9, 12), version=0
    )
    assert check(D(2025, 9, 12)).opened == 1
    again = ContradictionCase.objects.open().get()
    assert (again.previous_id, again.facts["consumer"]) == (case.pk, "省教育厅")


def test_a_consumer_that_uses_it_no_more_contradicts_nothing(case, using, coordinator):
    dispatch.withdraw(using, by=coordinator, on=D(2025, 9, 10), reason="不再使用")
    assert check(D(2025, 9, 10)).resolved == 1


def test_reopening_moves_the_obligation_and_closes_the_case_together(case, verified, coordinator):
    decide(case, cases.reopen, by=coordinator)
    verified.refresh_from_db()
    assert (verified.status, verified.reopened_count) == (Status.IN_PROGRESS, 1)
    assert (case.outcome, case.closed_by) == ("reopened", coordinator)
    act = AuditEntry.objects.get(verb="settle_contradiction")
    assert (act.object_id, act.detail["obligation"]) == (str(case.pk), verified.pk)
    assert check(FOUND).opened == 0


def test_what_a_reopening_settles_besides_closes_with_it(case, verified, coordinator):
    other = ContradictionCase.objects.create(
        obligation=verified,
        code=case.code,
        weight=1,
        found_on=FOUND,
        found_at=case.found_at,
        outcome="resolved",
        closed_on=FOUND,
        closed_at=case.found_at,
    )
    ContradictionCase.objects.filter(pk=case.pk).update(code="verified_but_stale")
    ContradictionCase.objects.filter(pk=other.pk).update(outcome="", closed_on=None, closed_at=None)
    decide(case, cases.reopen, by=coordinator)
    other.refresh_from_db()
    assert (case.outcome, other.outcome) == ("reopened", "resolved")


def test_sending_back_what_is_verified_is_refused_and_changes_neither(case, verified, coordinator):
    with pytest.raises(RuleViolation):
        decide(case, cases.send_back, by=coordinator)
    case.refresh_from_db()
    verified.refresh_from_db()
    assert (case.outcome, verified.status) == ("", Status.VERIFIED)


def test_accepted_it_is_not_raised_again_before_its_day_and_then_it_is(case, coordinator):
    decide(case, cases.accept, by=coordinator, until_on=D(2025, 10, 9))
    assert check(D(2025, 10, 9)).opened == 0
    assert check(D(2025, 10, 10)).opened == 1
    assert ContradictionCase.objects.open().get().recurrence == 1


@pytest.mark.parametrize("until", [FOUND, D(2025, 9, 1), D(2026, 9, 30)])
def test_it_is_accepted_for_a_year_at_most_and_never_backwards(case, coordinator, until):
    with pytest.raises(RuleViolation):
        decide(case, cases.accept, by=coordinator, until_on=until)
    case.refresh_from_db()
    assert case.is_open


def test_a_settled_case_is_not_decided_on_again(case, coordinator):
    decide(case, cases.accept, by=coordinator, until_on=D(2025, 10, 9))
    with pytest.raises(RuleViolation, match=r"2025-09-09"):
        decide(case, cases.reopen, by=coordinator)


def test_a_decision_rests_on_the_case_and_the_obligation_as_they_were_seen(
    case, verified, coordinator
):
    with pytest.raises(StaleVersion):
        decide(case, cases.reopen, by=coordinator, version=case.version + 1)
    with pytest.raises(StaleVersion):
        decide(case, cases.reopen, by=coordinator, row_version=verified.version - 1)
    verified.refresh_from_db()
    assert verified.status == Status.VERIFIED


@pytest.mark.parametrize("act", ["reopen", "accept"])
def test_nobody_decides_on_a_contradiction_of_their_own_claim(case, officer, bureau, act):
    # The officer has become a coordinator since.
    officer.role, officer.department = Role.COORDINATOR, bureau
    officer.save()
    more = {"until_on": D(2025, 10, 9)} if act == "accept" else {}
    with pytest.raises(PermissionDenied):
        decide(case, getattr(cases, act), by=officer, **more)
    case.refresh_from_db()
    assert case.is_open


def test_only_coordinators_of_the_scope_decide(case, reviewer, make_user, bureau, city):
    of_city = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    for person in (reviewer, of_city):
        with pytest.raises(PermissionDenied):
            decide(case, cases.accept, by=person, until_on=D(2025, 10, 9))


def test_a_case_is_handed_to_a_coordinator_and_back(case, coordinator, make_user, bureau, officer):
    other = make_user("other", Role.COORDINATOR, department=bureau)
    about = {"by": coordinator, "on": FOUND}
    cases.hand_over(case, to=other, version=case.version, **about)
    assert case.owner == other
    with pytest.raises(RuleViolation):
        cases.hand_over(case, to=officer, version=case.version, **about)
    cases.hand_over(case, to=None, version=case.version, **about)
    assert case.owner is None
    assert AuditEntry.objects.filter(verb="hand_over_contradiction").count() == 2


def test_many_are_accepted_together_or_none_is(case, coordinator):
    rows = ContradictionCase.objects.filter(pk=case.pk)
    about = {"by": coordinator, "on": FOUND, "reason": "对方系统升级", "until_on": D(2025, 10, 9)}
    with pytest.raises(StaleVersion):
        cases.accept_many(rows, versions={case.pk: case.version + 1}, **about)
    assert cases.accept_many(rows, versions={case.pk: case.version}, **about) == 1
    case.refresh_from_db()
    assert (case.outcome, case.accepted_until) == ("accepted", D(2025, 10, 9))


def test_one_department_that_cannot_be_looked_at_leaves_the_others_cases(
    case, say, monkeypatch, health
):
    say("usable", D(2025, 9, 10))
    look = contradicting.look

    def broken(*, departments=None, **more):
        if departments is None or health in departments:
            raise ValueError("本部门数据有误")
        return look(departments=departments, **more)

    monkeypatch.setattr(contradicting, "look", broken)
    result = check(D(2025, 9, 11))
    assert result.not_checked == [health.name]
    case.refresh_from_db()
    assert case.outcome == "resolved"


WORDS = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["usable", "unusable"])), max_size=6)


@sampled(15, quick=3)
@given(words=WORDS, days=st.sets(st.integers(0, 21), max_size=8))
@pytest.mark.django_db(transaction=True)
def test_whatever_is_said_and_however_often_it_is_checked_the_queue_tells_the_last_word(
    verified, using, say, words, days
):
    """An open case stands exactly where the two sides contradict each other at the last check."""
    ContradictionCase.objects.all().update(previous=None)
    ContradictionCase.objects.all().delete()
    Confirmation.objects.all().delete()
    start = D(2025, 9, 4)
    events = sorted((day, word) for day, word in words)
    for offset in range(23):
        day = start + dt.timedelta(days=offset)
        for _said, word in [one for one in events if one[0] == offset]:
            say(word, day)
        if offset in days or offset == 22:
            check(day)
            assert check(day).opened == 0
    standing = Confirmation.objects.standing().first()
    is_bad = standing is not None and standing.word == "unusable"
    assert ContradictionCase.objects.open().count() == int(is_bad)
    numbered = ContradictionCase.objects.order_by("pk").values_list("recurrence", flat=True)
    assert list(numbered) == list(range(len(numbered)))
