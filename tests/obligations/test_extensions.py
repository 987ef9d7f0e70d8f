"""延期: asked for in time, decided by another, adding up; the original date stays for ever."""

import datetime as dt

import pytest
from django.db import IntegrityError

from accounts.errors import RuleViolation
from accounts.models import Level, Role
from obligations import blocks, completion, dispatch, extensions, indicators
from obligations.models import Extension, Obligation, ObligationState

D = dt.date
ASKED, DECIDED = D(2025, 12, 22), D(2025, 12, 23)


@pytest.fixture
def ask(officer):
    def make(obligation, *, days=5, on=ASKED, reason="联调延后"):
        return extensions.ask(obligation, by=officer, on=on, days=days, reason=reason)

    return make


@pytest.fixture
def national(sharing_list):
    sharing_list.level = Level.CENTRAL
    sharing_list.save()


def test_what_is_asked_changes_nothing_until_it_is_approved(in_progress, ask, coordinator):
    ask(in_progress)
    assert in_progress.due_on == D(2025, 12, 31)

    extensions.approve(in_progress, by=coordinator, on=DECIDED, note="同意")

    assert in_progress.due_on == D(2026, 1, 8)
    assert in_progress.original_due_on == D(2025, 12, 31)
    request = Extension.objects.get()
    assert (request.due_on, request.new_due_on) == (D(2025, 12, 31), D(2026, 1, 8))
    assert request.decided_by == coordinator


def test_a_refusal_leaves_the_dates_and_keeps_its_reason(in_progress, ask, coordinator):
    ask(in_progress)
    extensions.refuse(in_progress, by=coordinator, on=DECIDED, reason="理由不充分")

    assert in_progress.due_on == D(2025, 12, 31)
    assert Extension.objects.get().decision_note == "理由不充分"
    ask(in_progress, on=DECIDED)


def test_it_may_be_asked_for_on_the_due_day_and_not_after(in_progress, ask):
    with pytest.raises(RuleViolation, match="时限届满前"):
        ask(in_progress, on=D(2026, 1, 1))
    ask(in_progress, on=D(2025, 12, 31))


def test_one_asked_for_in_time_is_approved_although_the_date_has_passed_meanwhile(
    in_progress, ask, coordinator
):
    ask(in_progress, on=D(2025, 12, 31))
    extensions.approve(in_progress, by=coordinator, on=D(2026, 1, 6))

    assert in_progress.due_on == D(2026, 1, 8)


def test_several_add_up_and_stay_within_the_maximum(in_progress, ask, coordinator):
    for days, due_on in ((15, D(2026, 1, 22)), (5, D(2026, 1, 29))):
        ask(in_progress, days=days, on=DECIDED)
        extensions.approve(in_progress, by=coordinator, on=DECIDED)
        assert in_progress.due_on == due_on
    assert extensions.days_left(in_progress, on=DECIDED) == 0
    with pytest.raises(RuleViolation, match="20 个工作日"):
        ask(in_progress, days=1, on=DECIDED)


def test_refused_days_do_not_count_towards_the_maximum(in_progress, ask, coordinator):
    ask(in_progress, days=20)
    extensions.refuse(in_progress, by=coordinator, on=DECIDED, reason="不同意")
    ask(in_progress, days=20, on=DECIDED)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_days_are_a_sensible_number(in_progress, ask, days):
    with pytest.raises(RuleViolation):
        ask(in_progress, days=days)


def test_one_is_open_at_a_time(in_progress, ask, officer):
    ask(in_progress)
    with pytest.raises(RuleViolation, match="待审定"):
        ask(in_progress)
    with pytest.raises(IntegrityError):
        Extension.objects.create(
            obligation=in_progress,
            days=3,
            due_on=in_progress.due_on,
            reason="另一项",
            asked_by=officer,
            asked_on=ASKED,
        )


def test_a_national_row_has_no_maximum_but_needs_the_superiors_document(
    national, in_progress, ask, coordinator
):
    ask(in_progress, days=40)
    with pytest.raises(RuleViolation, match="文号"):
        extensions.approve(in_progress, by=coordinator, on=DECIDED)
    in_progress.refresh_from_db()
    assert in_progress.due_on == D(2025, 12, 31)

    extensions.approve(in_progress, by=coordinator, on=DECIDED, document_number="国数〔2025〕9号")
    assert in_progress.due_on > D(2026, 2, 1)
    assert Extension.objects.get().document_number == "国数〔2025〕9号"


def test_who_asked_does_not_decide_even_in_another_role(in_progress, ask, officer, bureau):
    ask(in_progress)
    officer.role, officer.department = Role.COORDINATOR, bureau
    officer.save()

    with pytest.raises(Exception, match="本人"):
        extensions.approve(in_progress, by=officer, on=DECIDED)
    request = Extension.objects.get()
    request.outcome, request.decided_by = "refused", officer
    request.decided_on = request.decided_at = dt.datetime(2025, 12, 23, tzinfo=dt.UTC)
    with pytest.raises(IntegrityError):
        request.save()


def test_an_ongoing_duty_has_nothing_to_extend(owe, police, coordinator, officer, ask):
    ongoing = owe(police, due_on=None)
    dispatch.issue(ongoing, by=coordinator, on=D(2025, 8, 4))
    with pytest.raises(RuleViolation, match="持续性"):
        ask(ongoing)


def test_withdrawing_ends_what_was_asked(in_progress, ask, coordinator):
    ask(in_progress)
    dispatch.withdraw(in_progress, by=coordinator, on=DECIDED, reason="清单调整")

    request = Extension.objects.get()
    assert (request.outcome, request.decision_note) == ("lapsed", "清单调整")
    assert in_progress.due_on == D(2025, 12, 31)


def test_a_claim_leaves_the_request_and_verifying_waits_for_its_decision(
    in_progress, ask, officer, reviewer, coordinator, paper
):
    ask(in_progress)
    completion.claim(in_progress, by=officer, on=D(2026, 1, 7), with_evidence=[paper])
    completion.endorse(in_progress, by=reviewer, on=D(2026, 1, 7))
    assert in_progress.light_reason == "claimed_late"
    with pytest.raises(RuleViolation, match="延期"):
        completion.verify(in_progress, by=coordinator, on=D(2026, 1, 8))

    extensions.approve(in_progress, by=coordinator, on=D(2026, 1, 8))
    assert in_progress.light_reason == "waiting"
    completion.verify(in_progress, by=coordinator, on=D(2026, 1, 8))
    assert in_progress.light_reason == "verified"


def test_no_extension_is_asked_for_while_a_block_is_open(in_progress, ask, officer, coordinator):
    blocks.ask(in_progress, by=officer, on=ASKED, cause="technical", reason="网络不通")
    blocks.confirm(in_progress, by=coordinator, on=DECIDED)
    with pytest.raises(RuleViolation, match="受阻"):
        ask(in_progress)


def test_days_approved_while_a_block_is_open_are_given_back_with_the_others(
    in_progress, ask, officer, coordinator
):
    blocks.ask(in_progress, by=officer, on=ASKED, cause="technical", reason="网络不通")
    ask(in_progress, days=5)
    blocks.confirm(in_progress, by=coordinator, on=DECIDED)
    extensions.approve(in_progress, by=coordinator, on=DECIDED)
    assert in_progress.blocked
    blocks.lift(in_progress, by=coordinator, on=D(2026, 2, 13))

    # 7 working days were left, and 5 were added.
    assert in_progress.due_on == D(2026, 3, 9)


def test_figures_count_by_the_original_and_by_the_current_date(
    in_progress, ask, officer, reviewer, coordinator, paper
):
    ask(in_progress)
    extensions.approve(in_progress, by=coordinator, on=DECIDED)
    completion.claim(in_progress, by=officer, on=D(2026, 1, 8), with_evidence=[paper])
    completion.endorse(in_progress, by=reviewer, on=D(2026, 1, 8))
    completion.verify(in_progress, by=coordinator, on=D(2026, 1, 9))

    counts = indicators.count(Obligation.objects.all(), on=D(2026, 1, 9))
    assert (counts.on_time, counts.fell_due) == (1, 1)
    assert (counts.originally_on_time, counts.originally_fell_due) == (0, 1)
    past = ObligationState.objects.at(D(2025, 12, 22)).get()
    assert past.due_on == D(2025, 12, 31)
