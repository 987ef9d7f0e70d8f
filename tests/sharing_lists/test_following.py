"""Dates of promises: started by the verification, moved by deliveries, cleared by reopening."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry
from jobs.models import Job
from obligations import completion, fulfilment, history, recounting
from obligations.evidence import NewEvidence
from obligations.models import CalendarDay, Obligation, ObligationState
from sharing_lists import deliveries, following, promise_rules, recording
from sharing_lists.models import Delivery, Promise, PromiseRule, SharingTerms
from tests.thorough import sampled

pytestmark = pytest.mark.django_db
PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")
D = dt.date


def dates(row):
    row.refresh_from_db()
    return row.delivery_due_on, row.delivery_grace_on


def test_the_promise_starts_with_the_verification(supplied, verified):
    assert dates(supplied("monthly")) == (None, None)
    assert dates(verified("monthly")) == (D(2025, 10, 31), D(2025, 11, 7))


@pytest.mark.parametrize("cycle", ["once", "irregular", "other", ""])
def test_cycles_without_dates_promise_none(verified, cycle):
    assert dates(verified(cycle)) == (None, None)


def test_other_duties_promise_no_deliveries(verified, supplied, coordinator, officer, reviewer):
    row = supplied("daily")
    Obligation.objects.filter(pk=row.pk).update(duty="catalogue")
    completion.claim(row, by=officer, on=D(2025, 9, 3), with_evidence=[PAPER])
    completion.endorse(row, by=reviewer, on=D(2025, 9, 3))
    completion.verify(row, by=coordinator, on=D(2025, 9, 3))

    assert dates(row) == (None, None)


def test_many_verified_at_once_start_at_once(supplied, coordinator, officer, reviewer):
    rows = [supplied("monthly"), supplied("weekly")]
    for row in rows:
        completion.claim(row, by=officer, on=D(2025, 9, 3), with_evidence=[PAPER])
        completion.endorse(row, by=reviewer, on=D(2025, 9, 3))
    both = Obligation.objects.filter(pk__in=[row.pk for row in rows])
    completion.verify_many(both, by=coordinator, on=D(2025, 9, 3))

    assert [dates(row)[0] for row in rows] == [D(2025, 10, 31), D(2025, 9, 14)]


def test_what_arrived_before_the_verification_counts(
    supplied, arrive, officer, reviewer, coordinator
):
    row = supplied("monthly")
    arrive(row, D(2025, 9, 2), covers_from=D(2025, 8, 1), covers_to=D(2025, 8, 31))
    assert dates(row) == (None, None)
    completion.claim(row, by=officer, on=D(2025, 9, 3), with_evidence=[PAPER])
    completion.endorse(row, by=reviewer, on=D(2025, 9, 3))
    completion.verify(row, by=coordinator, on=D(2025, 9, 3))

    assert dates(row)[0] == D(2025, 10, 31)


def test_a_delivery_moves_the_dates_with_history_and_without_a_new_version(verified, arrive):
    row = verified("monthly")
    version = row.version
    arrive(row, D(2025, 10, 20))

    assert dates(row) == (D(2025, 11, 30), D(2025, 12, 5))
    assert row.version == version
    states = ObligationState.objects.filter(obligation=row).order_by("valid_from")
    assert [(one.valid_from, one.delivery_due_on) for one in states][-2:] == [
        (D(2025, 9, 3), D(2025, 10, 31)),
        (D(2025, 10, 20), D(2025, 11, 30)),
    ]


def test_a_late_delivery_turns_the_light_back_in_its_own_transaction(verified, arrive):
    row = verified("daily")
    fulfilment.check(as_of=D(2025, 9, 5), today=D(2025, 9, 5))
    row.refresh_from_db()
    assert row.light_reason == "in_grace"
    fulfilment.check(as_of=D(2025, 9, 8), today=D(2025, 9, 8))
    row.refresh_from_db()
    assert row.light_reason == "promise_broken"

    arrive(row, D(2025, 9, 9))

    assert row.light_reason == "verified"


def test_a_delivery_for_an_old_period_does_not_satisfy_a_newer_one(verified, arrive):
    row = verified("monthly")
    arrive(row, D(2025, 12, 3), covers_from=D(2025, 10, 1), covers_to=D(2025, 10, 31))

    assert dates(row)[0] == D(2025, 11, 30)


def test_what_does_not_count_moves_nothing(verified, arrive):
    row = verified("daily", "interface")
    before = dates(row)
    arrive(row, D(2025, 9, 4), calls=5, failures=5)
    assert dates(row) == before
    arrive(row, D(2025, 9, 4), calls=5, failures=4)
    assert dates(row)[0] == D(2025, 9, 5)


def test_an_interface_with_old_data_is_not_kept_by_calls(verified, arrive):
    row = verified("daily", "interface")
    arrive(row, D(2025, 9, 10), calls=5, newest_data_at=dt.datetime(2025, 9, 4, 1, tzinfo=dt.UTC))
    assert dates(row)[0] == D(2025, 9, 5)


def test_reopening_ends_the_promise_and_verifying_again_starts_it(
    verified, arrive, coordinator, officer, reviewer
):
    row = verified("monthly")
    completion.reopen(row, by=coordinator, on=D(2025, 11, 12), reason="到数中断")
    assert dates(row) == (None, None)
    arrive(row, D(2025, 11, 13))
    assert dates(row) == (None, None)
    completion.claim(row, by=officer, on=D(2025, 11, 14), with_evidence=[PAPER])
    completion.endorse(row, by=reviewer, on=D(2025, 11, 14))
    completion.verify(row, by=coordinator, on=D(2025, 11, 14))
    assert dates(row)[0] == D(2025, 12, 31)


def test_the_same_again_is_no_second_delivery(verified, arrive):
    row = verified("monthly")
    first, again = arrive(row, D(2025, 10, 20)), arrive(row, D(2025, 10, 20))

    assert (len(first.made), len(again.made), again.known) == (1, 0, 1)
    assert row.deliveries.count() == 1


# --- rules, calendars, terms ------------------------------------------------------------------


def test_a_new_rule_counts_promises_anew_by_a_job(verified, coordinator):
    row = verified("monthly")
    promise_rules.seed(on=D(2025, 1, 1))
    promise_rules.set_rule(
        "monthly",
        grace_days=1,
        effective_from=D(2025, 10, 1),
        source="某政办函〔2025〕1号",
        by=coordinator,
        on=D(2025, 9, 20),
    )
    assert Job.objects.filter(kind=promise_rules.JOB).exists()

    assert following.recount(D(2025, 9, 20)) == 1
    assert dates(row) == (D(2025, 10, 31), D(2025, 11, 3))
    assert following.recount(D(2025, 9, 20)) == 0
    versions = PromiseRule.objects.filter(cycle="monthly").order_by("effective_from")
    assert [one.effective_to for one in versions] == [D(2025, 9, 30), None]


def test_versions_of_a_rule_follow_each_other(coordinator, officer):
    promise_rules.seed(on=D(2025, 1, 1))
    said = {"grace_days": 1, "source": "依据", "on": D(2025, 9, 20)}
    with pytest.raises(RuleViolation):
        promise_rules.set_rule("monthly", effective_from=D(2025, 1, 1), by=coordinator, **said)
    with pytest.raises(RuleViolation):
        promise_rules.set_rule("once", effective_from=D(2026, 1, 1), by=coordinator, **said)


def test_the_shipped_rules_are_loaded_once_and_hold_from_that_day(db):
    assert promise_rules.seed(on=D(2025, 9, 1)) == 8
    assert promise_rules.seed(on=D(2025, 9, 2)) == 0
    assert set(PromiseRule.objects.values_list("effective_from", flat=True)) == {D(2025, 9, 1)}


def test_a_changed_calendar_moves_the_grace_with_the_recount(verified, monkeypatch):
    row = verified("monthly")
    CalendarDay.objects.create(
        day=D(2025, 11, 7), is_workday=False, note="【示例】省定假日", source="示例"
    )
    assert recounting.let_kinds_recount(on=D(2025, 9, 20)) == 1
    assert dates(row)[1] > D(2025, 11, 7)


def test_a_changed_cycle_is_noticed_by_the_recount(verified):
    row = verified("monthly")
    SharingTerms.objects.filter(item=row.item).update(update_cycle="weekly")

    assert following.recount(D(2025, 9, 20)) == 1
    assert dates(row)[0] == D(2025, 9, 14)
    SharingTerms.objects.filter(item=row.item).update(update_cycle="once")
    following.recount(D(2025, 9, 21))
    assert dates(row) == (None, None)


def test_what_an_item_asks_for_judges_anew_what_arrived(verified, arrive, coordinator):
    row = verified("monthly")
    arrive(row, D(2025, 10, 20), rows=5)
    assert dates(row)[0] == D(2025, 11, 30)

    said = {"required_fields": [], "by": coordinator, "on": D(2025, 10, 21)}
    recording.keep_promise(row.item, min_rows=6, version=0, **said)
    assert dates(row)[0] == D(2025, 10, 31)
    assert Delivery.objects.get().outcome == "too_few_rows"
    with pytest.raises(StaleVersion):
        recording.keep_promise(row.item, min_rows=5, version=0, **said)
    recording.keep_promise(row.item, min_rows=5, version=1, **said)
    assert dates(row)[0] == D(2025, 11, 30)
    assert Promise.objects.get().version == 2
    assert AuditEntry.objects.filter(verb="keep_promise").count() == 2


# --- in any order -----------------------------------------------------------------------------

CYCLES = st.sampled_from(["daily", "workdaily", "weekly", "monthly"])
ONE = st.tuples(
    st.integers(0, 120),  # day of arrival after the verification
    st.one_of(st.none(), st.integers(-60, 0)),  # first day of the period, before the arrival
    st.integers(0, 40),  # length of the period
    st.one_of(st.none(), st.integers(-40, 0)),  # newest data
    st.integers(0, 9),  # rows
)


@sampled(25, quick=8)
@given(cycle=CYCLES, several=st.lists(ONE, max_size=6))
def test_judging_each_delivery_as_it_comes_equals_judging_all_at_once(
    verified, cycle, several, transactional_reset
):
    row = transactional_reset(verified, cycle)
    Promise.objects.create(item=row.item, min_rows=2)
    arrivals = [_arrival(one) for one in several]
    for arrival in sorted(arrivals, key=lambda one: one.arrived_at):
        deliveries.record([(row.pk, arrival)], on=arrival.arrived_at.date())
    one_by_one = dates(row)

    Delivery.objects.all().delete()
    Obligation.objects.filter(pk=row.pk).update(delivery_due_on=None, delivery_grace_on=None)
    deliveries.record([(row.pk, one) for one in reversed(arrivals)], on=D(2026, 3, 1))
    following.settle([row.pk], on=D(2026, 3, 1))

    assert dates(row) == one_by_one


def _arrival(one):
    ago, first, length, newest, rows = one
    day = D(2025, 9, 3) + dt.timedelta(days=ago)
    at = dt.datetime.combine(day, dt.time(8), tzinfo=dt.UTC)
    known = {}
    if first is not None:
        known["covers_from"] = day + dt.timedelta(days=first)
        known["covers_to"] = known["covers_from"] + dt.timedelta(days=length)
    if newest is not None:
        known["newest_data_at"] = at + dt.timedelta(days=newest)
    return deliveries.Arrival("log", at, deliveries.fingerprint(one), rows=rows, **known)


@pytest.fixture
def transactional_reset():
    """A fresh obligation for each example, without what the one before left."""

    def make(verified, cycle):
        Delivery.objects.all().delete()
        Promise.objects.all().delete()
        return verified(cycle)

    return make


def test_the_light_of_a_past_day_is_judged_with_the_dates_of_that_day(verified, arrive):
    row = verified("daily")
    arrive(row, D(2025, 9, 10))
    fulfilment.judge(as_of=D(2025, 9, 8), today=D(2025, 9, 10))

    state = ObligationState.objects.at(D(2025, 9, 8)).get(obligation=row)
    assert state.light_reason == "promise_broken"
    assert history.due_soon_days(D(2025, 9, 8)) == 5
