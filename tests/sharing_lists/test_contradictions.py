"""What is claimed of data, and what arrived: the check of each day, and the contradictions."""

import datetime as dt

import pytest

from obligations import completion, dispatch, fulfilment
from obligations.evidence import NewEvidence
from obligations.models import CheckResult, ContradictionCase, Obligation
from obligations.today import SHANGHAI
from sharing_lists import deliveries, promise_rules
from sharing_lists.deliveries import Arrival

D = dt.date
pytestmark = pytest.mark.django_db
VERIFIED = D(2025, 9, 3)  # a Wednesday; the item promises every day, with one working day of grace
PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")


@pytest.fixture(autouse=True)
def promised(db):
    promise_rules.seed(on=D(2025, 1, 1))


@pytest.fixture
def accepted(owe, police, coordinator, officer):
    row = owe(police, due_on=D(2025, 9, 30))
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    dispatch.accept(row, by=officer, on=D(2025, 8, 5))
    return row


@pytest.fixture
def endorsed(accepted, officer, reviewer):
    completion.claim(accepted, by=officer, on=D(2025, 9, 1), with_evidence=[PAPER])
    completion.endorse(accepted, by=reviewer, on=D(2025, 9, 2))
    return accepted


@pytest.fixture
def verified(endorsed, coordinator):
    completion.verify(endorsed, by=coordinator, on=VERIFIED)
    return endorsed


def arrive(row, *days):
    for day in days:
        at = dt.datetime.combine(day, dt.time(6), tzinfo=SHANGHAI)
        mark = deliveries.fingerprint("test", row.pk, day)
        arrival = Arrival("log", at, mark, calls=10, failures=0, newest_data_at=at)
        deliveries.record([(row.pk, arrival)], on=day)


def look(day):
    fulfilment.check(as_of=day, today=day)
    open_now = ContradictionCase.objects.open().values_list("code", flat=True)
    return sorted(open_now)


def finding(row, day):
    found = CheckResult.objects.at(day).get(obligation=row, check_code="data_arrives")
    return found.outcome


def test_while_data_arrive_all_is_well(verified):
    arrive(verified, D(2025, 9, 4))
    assert look(D(2025, 9, 4)) == []
    assert finding(verified, D(2025, 9, 4)) == "pass"


def test_a_late_delivery_is_watched_within_its_grace_and_then_stale(verified):
    arrive(verified, D(2025, 9, 4))
    # The fifth, a Friday, was due on that day; its grace ends on Monday, the eighth.
    assert look(D(2025, 9, 8)) == []
    assert finding(verified, D(2025, 9, 8)) == "warn"
    assert look(D(2025, 9, 9)) == ["verified_but_stale"]
    assert finding(verified, D(2025, 9, 9)) == "fail"
    case = ContradictionCase.objects.get()
    assert case.facts["covered_to"] == "2025-09-04"
    assert case.facts["delivery_grace_on"] == "2025-09-08"
    assert look(D(2025, 9, 9)) == ["verified_but_stale"]
    arrive(verified, D(2025, 9, 10))
    assert look(D(2025, 9, 10)) == []
    case.refresh_from_db()
    assert (case.outcome, case.closed_on) == ("resolved", D(2025, 9, 10))


def test_a_missed_day_is_judged_for_its_own_date(verified):
    arrive(verified, D(2025, 9, 4))
    look(D(2025, 9, 9))
    arrive(verified, D(2025, 9, 10))
    fulfilment.check(as_of=D(2025, 9, 9), today=D(2025, 9, 10))
    assert finding(verified, D(2025, 9, 9)) == "fail"
    assert ContradictionCase.objects.open().count() == 1
    look(D(2025, 9, 10))
    assert (finding(verified, D(2025, 9, 9)), finding(verified, D(2025, 9, 10))) == (
        "fail",
        "pass",
    )


def test_nothing_at_all_is_no_failure_where_nobody_could_look(verified, owe, police, health):
    assert look(D(2025, 9, 4)) == []
    assert finding(verified, D(2025, 9, 4)) == "not_yet_due"
    # Nobody watches deliveries yet, neither by logs nor by receipts.
    assert look(D(2025, 9, 9)) == []
    assert finding(verified, D(2025, 9, 9)) == "cannot_tell"
    # They are watched: that nothing ever came of it is for people to look at.
    arrive(owe(health), D(2025, 9, 9))
    assert look(D(2025, 9, 9)) == ["claimed_but_nothing_arrived"]
    assert finding(verified, D(2025, 9, 9)) == "cannot_tell"
    # Something of the department itself is seen: now the silence of this row says something.
    arrive(owe(police), D(2025, 9, 9))
    look(D(2025, 9, 9))
    assert finding(verified, D(2025, 9, 9)) == "fail"


def test_a_waiting_claim_of_which_nothing_was_seen_is_named_and_can_be_sent_back(
    endorsed, owe, police
):
    assert look(D(2025, 9, 3)) == []
    arrive(owe(police), D(2025, 9, 3))
    assert look(D(2025, 9, 3)) == ["claimed_but_nothing_arrived"]
    arrive(endorsed, D(2025, 9, 3))
    assert look(D(2025, 9, 3)) == []


@pytest.mark.parametrize("cycle", ["once", "irregular", "other"])
def test_a_cycle_that_promises_nothing_is_not_judged(accepted, cycle, officer, reviewer, request):
    terms = accepted.item.sharing_terms
    terms.update_cycle = cycle
    terms.save()
    verified = request.getfixturevalue("verified")
    assert look(D(2026, 9, 3)) == []
    assert finding(verified, D(2026, 9, 3)) == "not_applicable"


def test_what_is_in_its_mending_days_is_yellow_and_nobody_calls_it_overdue(endorsed, coordinator):
    Obligation.objects.filter(pk=endorsed.pk).update(due_on=D(2025, 9, 2))
    completion.send_back(endorsed, by=coordinator, on=D(2025, 9, 5), reason="材料不全")
    arrive(endorsed, D(2025, 9, 8))
    assert look(D(2025, 9, 8)) == []
    endorsed.refresh_from_db()
    assert endorsed.light == "yellow"
    day = endorsed.mend_until + dt.timedelta(days=1)
    arrive(endorsed, day)
    assert look(day) == ["red_but_on_time"]


def test_overdue_and_yet_on_time_until_it_is_claimed(accepted, officer, reviewer):
    arrive(accepted, D(2025, 9, 30))
    assert look(D(2025, 9, 30)) == []
    arrive(accepted, D(2025, 10, 9))
    assert look(D(2025, 10, 9)) == ["red_but_on_time"]
    # The data stop: then the two sides no longer contradict each other.
    assert look(D(2025, 10, 12)) == []
    arrive(accepted, D(2025, 10, 13))
    assert look(D(2025, 10, 13)) == ["red_but_on_time"]
    assert ContradictionCase.objects.open().get().recurrence == 1
    completion.claim(accepted, by=officer, on=D(2025, 10, 14), with_evidence=[PAPER])
    completion.endorse(accepted, by=reviewer, on=D(2025, 10, 14))
    assert look(D(2025, 10, 14)) == []


def test_what_is_blocked_or_withdrawn_contradicts_nothing(verified, coordinator):
    arrive(verified, D(2025, 9, 4))
    assert look(D(2025, 9, 9)) == ["verified_but_stale"]
    row = Obligation.objects.get(pk=verified.pk)
    dispatch.withdraw(row, by=coordinator, on=D(2025, 9, 10), reason="清单调整")
    assert look(D(2025, 9, 10)) == []
