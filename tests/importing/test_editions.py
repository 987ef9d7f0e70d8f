"""Editions: what a file changes against what is in force, is applied whole, and can be undone."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import RuleViolation
from obligations import blocks, completion, dispatch, importing
from obligations.evidence import NewEvidence
from obligations.importing import Target, undoing
from obligations.importing.planning import PlanChanged
from obligations.models import Edition, ItemChange, ListItem, Obligation, ObligationState, Status
from tests.importing import books
from tests.importing.books import ON, row

pytestmark = pytest.mark.django_db
SEVEN, EIGHT = Target(7, "province"), Target(8, "province")
OWN = row(提供部门="省公安厅")
LATER = ON + dt.timedelta(days=3)


def own(**cells):
    return row(提供部门="省公安厅", **cells)


@pytest.fixture
def bring(read, coordinator):
    """Import rows at once, as a coordinator; returns what was applied."""

    def bringing(*rows, target=SEVEN, on=ON, **options):
        reading = read(books.workbook(*rows))
        assert reading.problems == []
        return importing.apply(reading, target=target, by=coordinator, on=on, **options)

    return bringing


@pytest.fixture
def plan(read, coordinator):
    def planning(*rows, target=SEVEN, **options):
        reading = read(books.workbook(*rows))
        return importing.preview(reading, target=target, by=coordinator, **options)

    return planning


def said(edition):
    """What an edition did, item by item."""
    changes = ItemChange.objects.filter(edition=edition).select_related("item")
    return sorted((one.item.title, one.change, one.fields) for one in changes)


def state_of(item):
    """All that an import may touch of an item."""
    item.refresh_from_db()
    terms = item.sharing_terms
    terms.refresh_from_db()
    owed = [
        (one.pk, one.status, one.blocked, one.due_on, one.original_due_on, one.completed_on)
        for one in Obligation.objects.filter(item=item).order_by("pk")
    ]
    fields = (item.title, item.deadline_on, item.deadline_text, item.row_hash, item.identity_hash)
    return fields, (terms.update_cycle, terms.data_items), item.withdrawn_on, owed


def test_each_file_that_changes_something_is_an_edition(bring):
    first, same, second = bring(OWN), bring(OWN), bring(own(更新周期="每周"))
    assert (first.edition.number, same.edition, second.edition.number) == (1, None, 2)
    assert said(first.edition) == [("居住证信息", "added", [])]
    assert said(second.edition) == [("居住证信息", "changed", [["更新周期", "每日", "每周"]])]


def test_the_preview_says_field_by_field_what_changes(bring, plan):
    bring(OWN, own(数据资源名称="户籍信息"))
    found = plan(own(更新周期="每周", 完成时限="2025年12月底"), own(数据资源名称="驾驶证信息"))
    assert found.diff == {"added": 1, "changed": 1, "withdrawn": 1, "replaced": 0, "unchanged": 0}
    assert found.changed_items[0]["fields"] == [
        ["更新周期", "每日", "每周"],
        ["完成时限", "2025-09-30", "2025年12月底（2025-12-31）"],
    ]
    assert [one["title"] for one in found.withdrawn_items] == ["户籍信息"]


def test_a_supplement_keeps_what_it_does_not_name(bring, plan):
    bring(OWN, own(数据资源名称="户籍信息"))
    assert plan(own(更新周期="每周"), keep_missing=True).withdrawn == 0
    bring(own(更新周期="每周"), keep_missing=True)
    assert ListItem.objects.in_force().count() == 2


def test_a_withdrawn_item_ends_claims_and_blocks_and_keeps_them(
    bring, officer, coordinator, reviewer
):
    bring(OWN, own(数据资源名称="户籍信息"))
    claimed = Obligation.objects.get(item__title="户籍信息")
    dispatch.issue(claimed, by=coordinator, on=ON)
    dispatch.accept(claimed, by=officer, on=ON)
    completion.claim(
        claimed, by=officer, on=ON, note="", with_evidence=[NewEvidence("document", text="1号")]
    )
    bring(OWN, on=LATER)
    claimed.refresh_from_db()
    assert claimed.status == Status.WITHDRAWN
    assert claimed.evidence.count() == 1
    assert [(one.outcome, one.decided_on) for one in claimed.claims.all()] == [
        ("taken_back", LATER)
    ]
    yesterday = ObligationState.objects.at(LATER - dt.timedelta(days=1)).get(obligation=claimed)
    assert yesterday.status == Status.CLAIMED


def test_a_new_batch_adds_and_names_again_without_a_second_obligation(bring, plan):
    bring(OWN, own(数据资源名称="户籍信息"))
    found = plan(own(更新周期="每周"), own(数据资源名称="驾驶证信息"), target=EIGHT)
    assert (found.added, found.changed, found.withdrawn, found.continued) == (1, 1, 0, 1)

    applied = bring(own(更新周期="每周"), own(数据资源名称="驾驶证信息"), target=EIGHT)

    assert said(applied.edition) == [
        ("居住证信息", "continued", [["更新周期", "每日", "每周"]]),
        ("驾驶证信息", "added", []),
    ]
    item = ListItem.objects.get(title="居住证信息")
    assert item.list.batch == 7
    assert item.obligations.count() == 1
    assert ListItem.objects.in_force().count() == 3
    assert plan(own(更新周期="每周"), own(数据资源名称="驾驶证信息"), target=EIGHT).diff == {
        "added": 0,
        "changed": 0,
        "withdrawn": 0,
        "replaced": 0,
        "unchanged": 2,
    }


def test_a_successor_is_offered_and_replaces_only_when_confirmed(bring, plan):
    bring(OWN)
    renamed = own(数据资源名称="居住证电子证照信息", 信息项="证照编号")
    offer = plan(renamed).replacements[0]
    assert (offer["old_title"], offer["confirmed"]) == ("居住证信息", False)

    applied = bring(renamed, replacements={offer["identity"]: offer["item"]})

    new = ListItem.objects.get(title="居住证电子证照信息")
    assert new.replaces_id == offer["item"]
    assert applied.edition.replaced == 1
    assert new.replaces.withdrawn_on == ON


def test_bodies_of_others_are_no_predecessors(bring, plan, make_department):
    make_department("省民政厅")
    bring(OWN)
    assert plan(row(提供部门="省民政厅", 数据资源名称="居住证信息")).replacements == []


def test_an_edition_is_undone_to_the_last_field(bring, coordinator, officer):
    bring(OWN, own(数据资源名称="户籍信息"), own(数据资源名称="驾驶证信息"))
    changed, gone = (ListItem.objects.get(title=name) for name in ("居住证信息", "户籍信息"))
    for one in Obligation.objects.filter(item=gone):
        dispatch.issue(one, by=coordinator, on=ON)
        dispatch.accept(one, by=officer, on=ON)
        blocks.ask(one, by=officer, on=ON, cause="technical", reason="机房搬迁")
        blocks.confirm(one, by=coordinator, on=ON)
    before = state_of(changed), state_of(gone)

    applied = bring(
        own(更新周期="每周", 完成时限="2026-03-31"),
        own(数据资源名称="驾驶证信息"),
        own(数据资源名称="车辆信息"),
        on=LATER,
    )
    assert (state_of(changed), state_of(gone)) != before
    undoing.undo(applied.edition, by=coordinator, on=LATER, reason="文件有误")

    assert (state_of(changed), state_of(gone)) == before
    assert gone.obligations.get().blocks.get().ended_on is None
    added = ListItem.objects.get(title="车辆信息")
    assert added.withdrawn_on == LATER
    assert added.obligations.get().status == Status.WITHDRAWN


def test_amending_every_row_sends_short_statements_and_is_undone_row_by_row(bring, coordinator):
    """`bulk_update` sends a branch per row and field: a thousand times as much to read."""
    names = [f"资源{number}" for number in range(510)]
    bring(*(own(数据资源名称=name) for name in names))
    facts = ("pk", "row_hash", "deadline_on", "sharing_terms__data_items", "obligations__due_on")
    before = list(ListItem.objects.order_by("pk").values_list(*facts))
    days = [ON + dt.timedelta(days=number) for number in range(len(names))]
    with CaptureQueriesContext(connection) as sent:
        applied = bring(
            *(
                own(数据资源名称=name, 完成时限=day.isoformat())
                for name, day in zip(names, days, strict=True)
            )
        )
        owed = Obligation.objects.order_by("item__pk").values_list("due_on", "item__deadline_on")
        assert list(owed) == [(day, day) for day in days]
        undoing.undo(applied.edition, by=coordinator, on=ON, reason="重来")
    assert list(ListItem.objects.order_by("pk").values_list(*facts)) == before
    assert max(len(one["sql"]) for one in sent if "UPDATE" in one["sql"][:40]) < 30_000


def test_after_undoing_the_same_file_is_applied_as_if_new(bring, coordinator):
    bring(OWN)
    rows = (own(更新周期="每周"), own(数据资源名称="车辆信息"))
    first = bring(*rows)
    undoing.undo(first.edition, by=coordinator, on=ON, reason="重来")
    again = bring(*rows)
    assert (again.edition.number, again.added, again.changed) == (3, 1, 1)
    assert ListItem.objects.in_force().count() == 2


def test_undoing_a_first_edition_leaves_nothing_in_force(bring, coordinator):
    applied = bring(OWN)
    undoing.undo(applied.edition, by=coordinator, on=ON, reason="重来")
    assert not ListItem.objects.in_force().exists()


def test_nothing_is_undone_once_a_department_has_reported(bring, coordinator, officer):
    applied = bring(OWN)
    one = Obligation.objects.get()
    dispatch.issue(one, by=coordinator, on=ON)
    dispatch.accept(one, by=officer, on=ON)
    assert undoing.obstacle(applied.edition) == ""
    dispatch.plan(one, by=officer, on=ON, planned_on=LATER, progress_note="已启动")
    with pytest.raises(RuleViolation, match="居住证信息"):
        undoing.undo(applied.edition, by=coordinator, on=ON, reason="重来")


def test_an_item_named_again_is_not_taken_for_its_new_neighbour_of_the_same_name(bring, plan):
    bring(OWN)
    bring(OWN, target=EIGHT)
    found = plan(OWN, own(信息项="住址", 更新周期="每周"), target=EIGHT)
    assert (found.added, found.changed, found.unchanged) == (1, 0, 1)


def test_a_claim_made_after_an_amendment_stands_against_undoing_it(bring, coordinator, officer):
    bring(OWN)
    one = Obligation.objects.get()
    dispatch.issue(one, by=coordinator, on=ON)
    dispatch.accept(one, by=officer, on=ON)
    applied = bring(own(更新周期="每周"))
    evidence = [NewEvidence("document", text="1号")]
    completion.claim(one, by=officer, on=LATER, note="", with_evidence=evidence)
    assert "居住证信息" in undoing.obstacle(applied.edition)


def test_only_the_newest_edition_is_undone_and_only_with_a_reason(bring, coordinator):
    first, second = bring(OWN), bring(own(更新周期="每周"))
    with pytest.raises(RuleViolation, match="最新"):
        undoing.undo(first.edition, by=coordinator, on=ON, reason="重来")
    with pytest.raises(RuleViolation):
        undoing.undo(second.edition, by=coordinator, on=ON, reason=" ")
    undoing.undo(second.edition, by=coordinator, on=ON, reason="重来")
    with pytest.raises(RuleViolation):
        undoing.undo(second.edition, by=coordinator, on=ON, reason="重来")


def test_departments_undo_nothing(bring, officer):
    applied = bring(OWN)
    with pytest.raises(PermissionDenied):
        undoing.undo(applied.edition, by=officer, on=ON, reason="重来")


def test_what_was_confirmed_is_what_is_applied(bring, plan):
    bring(OWN)
    seen = plan(own(更新周期="每周")).digest
    bring(OWN, own(数据资源名称="车辆信息"))
    with pytest.raises(PlanChanged):
        bring(own(更新周期="每周"), expected=seen)
    assert Edition.objects.count() == 2
