"""申诉: against a red light or a returned claim, and what each ruling does."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from accounts.errors import RuleViolation
from accounts.models import Level, Role
from obligations import clocks, completion, dispatch, fulfilment, objections, situations
from obligations.models import Claim, DeadlineRule, Objection, Obligation

D = dt.date
RETURNED, OBJECTED, RULED = D(2025, 9, 8), D(2025, 9, 9), D(2025, 9, 11)


@pytest.fixture
def coordinator2(make_user, bureau):
    return make_user("coordinator2", Role.COORDINATOR, department=bureau)


@pytest.fixture
def returned(endorsed, coordinator):
    completion.send_back(endorsed, by=coordinator, on=RETURNED, reason="缺少目录代码")
    return endorsed


@pytest.fixture
def red(in_progress):
    """Its due day was 2025-12-31."""
    fulfilment.check(as_of=D(2026, 1, 5), today=D(2026, 1, 5))
    in_progress.refresh_from_db()
    assert in_progress.light == "red"
    return in_progress


def object_to(row, officer, on=OBJECTED):
    return objections.ask(row, by=officer, on=on, reason="目录代码已列在附件")


def test_an_upheld_objection_to_a_return_lets_the_claim_stand_again_with_its_first_day(
    returned, officer, coordinator2
):
    made = object_to(returned, officer)
    assert (made.subject, made.return_reason) == ("return", "缺少目录代码")

    objections.uphold(returned, by=coordinator2, on=RULED, reason="附件中确有目录代码")

    assert returned.status == "endorsed"
    assert returned.completed_on == D(2025, 9, 2)
    assert (returned.returned_count, returned.return_reason) == (0, "")
    assert (returned.first_completed_on, returned.mend_until) == (None, None)
    assert returned.decide_by == D(2025, 9, 18)
    assert Claim.objects.get().outcome == ""
    completion.verify(returned, by=coordinator2, on=RULED)
    assert returned.status == "verified"


def test_after_an_annulled_return_the_next_one_gives_days_to_mend(
    returned, officer, coordinator, coordinator2
):
    object_to(returned, officer)
    objections.uphold(returned, by=coordinator2, on=RULED, reason="退回不当")
    completion.send_back(returned, by=coordinator, on=D(2025, 9, 12), reason="接口不通")

    assert returned.first_completed_on == D(2025, 9, 2)
    assert returned.mend_until == D(2025, 9, 19)


def test_annulling_a_later_return_keeps_the_first_day_that_was_kept(
    returned, officer, reviewer, coordinator, coordinator2, paper
):
    completion.claim(returned, by=officer, on=D(2025, 9, 10), with_evidence=[paper])
    completion.endorse(returned, by=reviewer, on=D(2025, 9, 10))
    completion.send_back(returned, by=coordinator, on=D(2025, 9, 11), reason="仍缺")
    assert returned.mend_until is None
    object_to(returned, officer, on=D(2025, 9, 12))
    objections.uphold(returned, by=coordinator2, on=D(2025, 9, 12), reason="退回不当")

    assert returned.completed_on == D(2025, 9, 2)
    assert returned.first_completed_on == D(2025, 9, 2)
    assert returned.returned_count == 1


def test_a_refused_objection_changes_nothing_and_the_matter_is_settled(
    returned, officer, coordinator2
):
    object_to(returned, officer)
    objections.refuse(returned, by=coordinator2, on=RULED, reason="附件中没有")

    assert (returned.status, returned.returned_count) == ("in_progress", 1)
    assert Objection.objects.get().decision_note == "附件中没有"
    with pytest.raises(RuleViolation, match="已经裁定"):
        object_to(returned, officer)


def test_who_returned_the_claim_does_not_rule_when_there_is_another(
    returned, officer, coordinator, coordinator2
):
    object_to(returned, officer)

    with pytest.raises(PermissionDenied, match="其他统筹人员"):
        objections.uphold(returned, by=coordinator, on=RULED, reason="是我疏忽")
    objections.uphold(returned, by=coordinator2, on=RULED, reason="退回不当")
    assert not Objection.objects.get().self_ruled


def test_where_there_is_no_other_coordinator_the_ruling_is_marked(
    returned, officer, coordinator, make_user, bureau, city
):
    make_user("of-a-city", Role.COORDINATOR, department=bureau, region=city)
    object_to(returned, officer)
    objections.uphold(returned, by=coordinator, on=RULED, reason="是我疏忽")

    assert Objection.objects.get().self_ruled


def test_the_database_refuses_an_unmarked_ruling_by_who_returned_it(returned, officer, coordinator):
    made = object_to(returned, officer)
    made.outcome, made.decided_by = "refused", coordinator
    made.decided_on, made.decided_at = RULED, dt.datetime(2025, 9, 11, tzinfo=dt.UTC)
    with pytest.raises(IntegrityError):
        made.save()


def test_claiming_again_ends_the_objection(returned, officer, coordinator2, paper):
    object_to(returned, officer)
    completion.claim(returned, by=officer, on=D(2025, 9, 10), with_evidence=[paper])

    assert Objection.objects.get().outcome == "lapsed"
    with pytest.raises(RuleViolation):
        objections.uphold(returned, by=coordinator2, on=RULED, reason="退回不当")


def test_the_departments_own_return_is_nothing_to_object_to(claimed, officer, reviewer):
    completion.send_back(claimed, by=reviewer, on=RETURNED, reason="再补充")
    with pytest.raises(RuleViolation, match="没有可申诉"):
        object_to(claimed, officer)


def test_a_green_light_is_nothing_to_object_to(in_progress, officer):
    with pytest.raises(RuleViolation, match="没有可申诉"):
        object_to(in_progress, officer)


def test_a_red_light_is_explained_and_stays(red, officer, coordinator):
    made = object_to(red, officer, on=D(2026, 1, 5))
    assert (made.subject, made.light_reason) == ("light", "overdue")
    objections.uphold(red, by=coordinator, on=D(2026, 1, 6), reason="省级平台停机所致")

    assert (red.light, red.due_on) == ("red", D(2025, 12, 31))
    assert Objection.objects.get().consequence == "explained"


def test_a_corrected_date_moves_the_current_one_and_never_the_original(red, officer, coordinator):
    object_to(red, officer, on=D(2026, 1, 5))
    objections.uphold(
        red,
        by=coordinator,
        on=D(2026, 1, 6),
        reason="录入有误",
        corrected_due_on=D(2026, 3, 31),
    )

    assert (red.light, red.due_on) == ("green", D(2026, 3, 31))
    assert red.original_due_on == D(2025, 12, 31)
    assert Objection.objects.get().corrected_due_on == D(2026, 3, 31)


def test_a_later_date_of_a_national_row_needs_the_superiors_document(
    red, officer, coordinator, sharing_list
):
    sharing_list.level = Level.CENTRAL
    sharing_list.save()
    object_to(red, officer, on=D(2026, 1, 5))
    said = {"reason": "录入有误", "corrected_due_on": D(2026, 3, 31)}
    with pytest.raises(RuleViolation, match="文号"):
        objections.uphold(red, by=coordinator, on=D(2026, 1, 6), **said)
    objections.uphold(
        red, by=coordinator, on=D(2026, 1, 6), document_number="国数〔2026〕1号", **said
    )
    assert red.due_on == D(2026, 3, 31)


def test_no_date_is_corrected_with_a_return(returned, officer, coordinator2):
    object_to(returned, officer)
    with pytest.raises(RuleViolation, match="不涉及更正时限"):
        objections.uphold(
            returned, by=coordinator2, on=RULED, reason="退", corrected_due_on=D(2026, 1, 1)
        )


def test_withdrawing_ends_the_objection(red, officer, coordinator):
    object_to(red, officer, on=D(2026, 1, 5))
    dispatch.withdraw(red, by=coordinator, on=D(2026, 1, 6), reason="清单调整")

    assert Objection.objects.get().outcome == "lapsed"


@pytest.mark.parametrize("ruling", [objections.uphold, objections.refuse])
def test_a_ruling_has_a_reason(red, officer, coordinator, ruling):
    object_to(red, officer, on=D(2026, 1, 5))
    with pytest.raises(RuleViolation, match="理由"):
        ruling(red, by=coordinator, on=D(2026, 1, 6), reason=" ")


def test_a_return_may_be_objected_to_within_the_rules_working_days(returned, officer):
    last = situations.of(returned, by=officer, on=OBJECTED).contested.object_by
    assert last == D(2025, 9, 15)

    with pytest.raises(RuleViolation, match="申诉期限"):
        object_to(returned, officer, on=last + dt.timedelta(days=1))
    assert object_to(returned, officer, on=last).subject == "return"


def test_a_red_light_may_be_objected_to_from_the_day_on_which_it_turned_red(red, officer):
    for day in range(6, 13):
        fulfilment.check(as_of=D(2026, 1, day), today=D(2026, 1, day))
    matter = situations.of(red, by=officer, on=D(2026, 1, 12)).contested
    assert (matter.subject, matter.since) == ("light", D(2026, 1, 5))
    assert matter.object_by == D(2026, 1, 12)

    with pytest.raises(RuleViolation, match="申诉期限"):
        object_to(red, officer, on=D(2026, 1, 13))
    object_to(red, officer, on=D(2026, 1, 12))


def test_another_due_day_is_another_light_with_days_of_its_own(red, officer, coordinator):
    object_to(red, officer, on=D(2026, 1, 5))
    corrected = {"reason": "录入有误", "corrected_due_on": D(2026, 1, 9)}
    objections.uphold(red, by=coordinator, on=D(2026, 1, 6), **corrected)
    fulfilment.check(as_of=D(2026, 1, 26), today=D(2026, 1, 26))
    red.refresh_from_db()

    assert situations.of(red, by=officer, on=D(2026, 1, 26)).contested.since == D(2026, 1, 26)
    object_to(red, officer, on=D(2026, 2, 2))


def test_a_region_may_give_other_days_to_object(returned, officer, region):
    clocks.seed()
    DeadlineRule.objects.create(
        clock="objection",
        region=region,
        effective_from=D(2025, 1, 1),
        days=2,
        owed_by="department",
        starts_with="亮灯",
        source="示例",
        basis="local",
    )
    with pytest.raises(RuleViolation, match="申诉期限"):
        object_to(returned, officer, on=D(2025, 9, 11))
    object_to(returned, officer, on=D(2025, 9, 10))


def test_who_is_too_late_for_the_return_may_still_object_to_the_light(returned, officer):
    Obligation.objects.filter(pk=returned.pk).update(due_on=D(2025, 9, 20))
    fulfilment.check(as_of=D(2025, 9, 22), today=D(2025, 9, 22))
    returned.refresh_from_db()
    assert returned.light == "red"

    assert object_to(returned, officer, on=D(2025, 9, 22)).subject == "light"
