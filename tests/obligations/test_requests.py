"""Blocks, exemptions, withdrawal, openings."""

import datetime as dt

import pytest

from accounts.errors import RuleViolation
from accounts.models import Level
from obligations import blocks, completion, dispatch, exemptions
from obligations.models import Block, Obligation

D = dt.date


def _ask(obligation, officer, **more):
    return blocks.ask(
        obligation,
        by=officer,
        on=D(2025, 12, 22),
        cause=more.pop("cause", "technical"),
        reason="网络不通",
    )


def test_a_block_counts_from_its_confirmation(in_progress, officer, coordinator):
    _ask(in_progress, officer)
    in_progress.refresh_from_db()
    assert not in_progress.blocked
    blocks.confirm(in_progress, by=coordinator, on=D(2025, 12, 23))
    assert in_progress.blocked
    assert (in_progress.light, in_progress.light_reason) == ("purple", "blocked")


def test_lifting_a_block_gives_back_the_working_days_that_were_left(
    in_progress, officer, coordinator
):
    _ask(in_progress, officer)
    assert Block.objects.get().days_left == 7
    blocks.confirm(in_progress, by=coordinator, on=D(2025, 12, 23))
    blocks.lift(in_progress, by=coordinator, on=D(2026, 2, 13))
    assert in_progress.due_on == D(2026, 3, 2)
    assert in_progress.original_due_on == D(2025, 12, 31)
    assert in_progress.status == "in_progress"
    assert not in_progress.blocked


def test_a_later_date_of_a_national_row_needs_the_superiors_document(
    in_progress, officer, coordinator, sharing_list
):
    sharing_list.level = Level.CENTRAL
    sharing_list.save()
    _ask(in_progress, officer)
    blocks.confirm(in_progress, by=coordinator, on=D(2025, 12, 23))
    with pytest.raises(RuleViolation, match="文号"):
        blocks.lift(in_progress, by=coordinator, on=D(2026, 2, 13))
    blocks.lift(in_progress, by=coordinator, on=D(2026, 2, 13), document_number="国数〔2026〕1号")
    assert in_progress.due_on == D(2026, 3, 2)


def test_no_document_is_needed_when_the_superior_had_not_opened_it(
    in_progress, officer, coordinator, sharing_list
):
    sharing_list.level = Level.CENTRAL
    sharing_list.save()
    _ask(in_progress, officer, cause="not_opened")
    blocks.confirm(in_progress, by=coordinator, on=D(2025, 12, 23))
    blocks.lift(in_progress, by=coordinator, on=D(2026, 2, 13))
    assert in_progress.due_on == D(2026, 3, 2)


def test_a_refused_block_leaves_the_dates_and_may_be_asked_again(in_progress, officer, coordinator):
    _ask(in_progress, officer)
    blocks.refuse(in_progress, by=coordinator, on=D(2025, 12, 23), reason="可自行解决")
    in_progress.refresh_from_db()
    assert in_progress.due_on == D(2025, 12, 31)
    _ask(in_progress, officer)
    with pytest.raises(RuleViolation):
        _ask(in_progress, officer)


def test_an_exemption_is_grey_until_its_last_day(in_progress, officer, coordinator):
    exemptions.ask(
        in_progress, by=officer, on=D(2025, 9, 1), reason="使用国垂系统", until_on=D(2025, 9, 30)
    )
    exemptions.grant(in_progress, by=coordinator, on=D(2025, 9, 2))
    assert in_progress.light_reason == "exempt"
    assert not Obligation.objects.applicable(on=D(2025, 9, 30)).exists()
    assert Obligation.objects.applicable(on=D(2025, 10, 1)).exists()


def test_an_expired_exemption_does_not_stand_in_the_way_of_a_new_one(
    in_progress, officer, coordinator
):
    exemptions.grant(
        in_progress, by=coordinator, on=D(2025, 9, 2), reason="无职权", until_on=D(2025, 9, 30)
    )
    exemptions.ask(in_progress, by=officer, on=D(2025, 10, 9), reason="无职权")
    exemptions.grant(in_progress, by=coordinator, on=D(2025, 10, 9))
    assert in_progress.exempt_until is None
    exemptions.end(in_progress, by=coordinator, on=D(2025, 10, 10), reason="职权已调整")
    assert in_progress.light == "green"


def test_an_exemption_of_a_national_row_needs_the_superiors_document(
    in_progress, coordinator, sharing_list
):
    sharing_list.level = Level.CENTRAL
    sharing_list.save()
    with pytest.raises(RuleViolation, match="文号"):
        exemptions.grant(in_progress, by=coordinator, on=D(2025, 9, 2), reason="无职权")


def test_a_withdrawn_obligation_is_kept_and_takes_no_verb(claimed, coordinator, reviewer):
    dispatch.withdraw(claimed, by=coordinator, on=D(2025, 9, 5), reason="清单调整")
    assert (claimed.status, claimed.light_reason) == ("withdrawn", "withdrawn")
    with pytest.raises(RuleViolation, match="撤销"):
        dispatch.withdraw(claimed, by=coordinator, on=D(2025, 9, 5), reason="清单调整")


def test_what_a_central_body_owes_is_only_recorded_as_opened(owe, ministry, coordinator):
    external = owe(ministry, external=True)
    with pytest.raises(RuleViolation):
        dispatch.issue(external, by=coordinator, on=D(2025, 8, 4))
    dispatch.record_opening(
        external, by=coordinator, on=D(2025, 8, 4), opened_on=D(2025, 8, 1), note="函告已开放"
    )
    assert external.opened_on == D(2025, 8, 1)
    assert external.light_reason == "external"


def test_an_obligation_cannot_be_verified_while_a_block_is_open(
    in_progress, officer, reviewer, coordinator, paper
):
    _ask(in_progress, officer)
    blocks.confirm(in_progress, by=coordinator, on=D(2025, 12, 23))
    completion.claim(in_progress, by=officer, on=D(2026, 1, 8), with_evidence=[paper])
    completion.endorse(in_progress, by=reviewer, on=D(2026, 1, 8))
    with pytest.raises(RuleViolation, match="解除"):
        completion.verify(in_progress, by=coordinator, on=D(2026, 1, 9))
    blocks.lift(in_progress, by=coordinator, on=D(2026, 1, 9))
    completion.verify(in_progress, by=coordinator, on=D(2026, 1, 9))
    assert (in_progress.light_reason, in_progress.due_on) == ("verified", D(2026, 1, 20))


def test_withdrawing_decides_what_was_still_asked(in_progress, officer, coordinator):
    _ask(in_progress, officer)
    exemptions.ask(in_progress, by=officer, on=D(2025, 12, 22), reason="无职权")
    dispatch.withdraw(in_progress, by=coordinator, on=D(2025, 12, 23), reason="清单调整")
    assert in_progress.blocks.get().outcome == "refused"
    assert in_progress.exemptions.get().outcome == "refused"


@pytest.mark.parametrize("day", [D(26, 12, 1), D(1999, 12, 31), D(2100, 1, 1)])
def test_a_day_of_a_mistyped_year_is_refused(verified, in_progress, coordinator, day):
    with pytest.raises(RuleViolation, match="2000"):
        completion.reopen(
            verified, by=coordinator, on=D(2025, 9, 30), reason="接口停用", due_on=day
        )
    with pytest.raises(RuleViolation, match="2000"):
        dispatch.plan(in_progress, by=coordinator, on=D(2025, 9, 30), planned_on=day)


def test_a_coordinator_plans_but_does_not_speak_for_the_department(
    in_progress, officer, coordinator
):
    dispatch.plan(in_progress, by=officer, on=D(2025, 9, 1), progress_note="联调中")
    dispatch.plan(
        in_progress,
        by=coordinator,
        on=D(2025, 9, 2),
        planned_on=D(2025, 11, 3),
        progress_note="已完成",
    )
    assert (in_progress.planned_on, in_progress.progress_note) == (D(2025, 11, 3), "联调中")


def test_what_was_withdrawn_before_it_was_issued_never_reaches_the_department(
    owe, police, officer, coordinator
):
    draft = owe(police)
    dispatch.withdraw(draft, by=coordinator, on=D(2025, 8, 4), reason="误列")
    assert not Obligation.objects.visible_to(officer).filter(pk=draft.pk).exists()
    assert Obligation.objects.visible_to(coordinator).filter(pk=draft.pk).exists()


def test_only_what_a_central_body_owes_can_be_waited_for(in_progress, owe, health, officer):
    other = owe(health)
    with pytest.raises(RuleViolation, match=r"central body|上级部门"):
        blocks.ask(
            in_progress,
            by=officer,
            on=D(2025, 12, 22),
            cause="not_opened",
            reason="未开放",
            external_obligation=other,
        )
    assert not Block.objects.exists()
