"""From drafts to items and obligations: who comes to owe what, and what a second import does."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Level
from obligations import importing
from obligations.importing import Target
from obligations.models import ListItem, Obligation, ObligationState, ResponsibilityList, Status
from tests.importing import books
from tests.importing.books import DOCKED, DOCKING, ON, ROW, SHARING, row

pytestmark = pytest.mark.django_db
TARGET = Target(batch=7)


@pytest.fixture
def bring(read):
    """Import a file at once."""

    def bringing(data, *, target=TARGET, by=None, **options):
        reading = read(data, **options)
        assert reading.problems == []
        return importing.apply(reading, target=target, by=by, on=ON)

    return bringing


def docking(**cells):
    changed = (cells.get(label, cell) for label, cell in zip(DOCKING, DOCKED, strict=True))
    return books.workbook(tuple(changed), labels=DOCKING)


def owed():
    """(department, duty, role, external) of every obligation, leading ones first."""
    rows = Obligation.objects.order_by("pk").values_list(
        "department__name", "duty", "role_in_item", "external"
    )
    return list(rows)


def test_a_provincial_sharing_row_makes_its_body_supply(bring):
    bring(books.workbook(row(提供部门="省公安厅")))
    assert owed() == [("省公安厅", "supply", "lead", False)]


def test_a_central_sharing_row_makes_the_counterpart_apply(bring):
    bring(books.workbook(ROW))
    assert owed() == [("公安部", "supply", "lead", True), ("省公安厅", "apply", "lead", False)]
    external, own = Obligation.objects.order_by("pk")
    assert own.depends_on == external


def test_a_central_row_without_counterpart_makes_the_external_obligation_only(bring):
    bring(books.workbook(row(提供部门="教育部")))
    assert owed() == [("教育部", "supply", "lead", True)]


def test_a_row_that_is_not_shared_makes_none(bring):
    bring(books.workbook(row(共享类型="不予共享", 信息项=None, 共享方式=None, 更新周期=None)))
    assert (ListItem.objects.count(), owed()) == (1, [])


def test_a_docking_row_makes_lead_and_supporting_bodies_connect(bring):
    bring(docking(), kind="docking")
    assert owed() == [
        ("公安部", "connect", "lead", True),
        ("省公安厅", "connect", "lead", False),
        ("省数据管理局", "connect", "supporting", False),
    ]


@pytest.mark.parametrize(("owner", "lead"), [("公安部", "省公安厅"), ("省数据管理局",) * 2])
def test_a_blank_lead_is_the_owners_own_side(bring, owner, lead):
    bring(docking(主管部门=owner, 牵头部门=None, 配合部门=None), kind="docking")
    own = Obligation.objects.get(external=False)
    assert (own.department.name, own.role_in_item) == (lead, "lead")


def test_obligations_are_drafts_with_due_days_and_history(bring):
    bring(books.workbook(ROW), target=Target(batch=7, issued_on=dt.date(2024, 12, 31)))
    own = Obligation.objects.get(external=False)
    assert own.status == Status.DRAFT
    assert own.due_on == own.original_due_on == dt.date(2025, 9, 30)
    assert own.raised_on == dt.date(2024, 12, 31)
    state = ObligationState.objects.get(obligation=own)
    assert (state.valid_from, state.valid_to, state.status) == (ON, None, Status.DRAFT)


def test_an_ongoing_deadline_has_words_and_no_day(bring):
    bring(books.workbook(row(完成时限="长期")))
    own = Obligation.objects.get(external=False)
    assert (own.due_kind, own.due_on, own.due_text) == ("ongoing", None, "长期")


def test_item_and_terms_hold_every_column_and_the_cells_as_written(bring):
    labels = (*SHARING, "应用场景（“一件事”）", "备注", "联络员")
    data = books.workbook((*row(更新周期="季度"), "入学；就业", "【示例】", "甲"), labels=labels)
    home = bring(data).list
    item = ListItem.objects.get()
    assert (item.title, item.body.name, item.scenes) == ("居住证信息", "公安部", "、入学、就业、")
    assert (item.sharing_terms.update_cycle, item.sharing_terms.data_items) == (
        "quarterly",
        ["姓名", "证号"],
    )
    assert item.raw[0]["联络员"] == "甲"
    assert item.raw[0]["更新周期"] == "季度"
    assert home.is_demo
    assert "【示例】" in home.title


def test_docking_terms_hold_names_and_choices(bring):
    bring(docking(), kind="docking")
    terms = ListItem.objects.get().docking_terms
    assert (terms.contents, terms.mode) == (["cases", "data"], "interface")
    assert (terms.lead_names, terms.supporting_names) == ("省公安厅", "省数据管理局")


def test_the_same_file_twice_changes_nothing_and_says_so(bring):
    data = books.workbook(ROW, row(数据资源名称="户籍信息"))
    bring(data)
    before = (AuditEntry.objects.count(), Obligation.objects.count(), ListItem.objects.count())
    again = bring(data)
    assert again.changed_nothing
    assert again.unchanged == 2
    assert before == (
        AuditEntry.objects.count(),
        Obligation.objects.count(),
        ListItem.objects.count(),
    )


def test_new_rows_of_the_same_batch_are_added_to_its_list(bring):
    first = bring(books.workbook(ROW))
    second = bring(books.workbook(ROW, row(数据资源名称="户籍信息")))
    assert (second.added, second.unchanged, second.list) == (1, 1, first.list)
    positions = list(ListItem.objects.order_by("position").values_list("title", flat=True))
    assert positions == ["居住证信息", "户籍信息"]


def test_rows_that_are_gone_are_told_and_withdrawn_never_deleted(bring, read):
    bring(books.workbook(ROW, row(数据资源名称="户籍信息")))
    fewer = books.workbook(ROW)
    told = importing.preview(read(fewer), target=TARGET).withdrawn_items
    assert [one["title"] for one in told] == ["户籍信息"]
    assert bring(fewer).withdrawn == 1
    gone = ListItem.objects.get(title="户籍信息")
    assert gone.withdrawn_on == ON
    assert {row.status for row in gone.obligations.all()} == {Status.WITHDRAWN}


def test_changed_rows_are_amended_in_place(bring):
    bring(books.workbook(ROW))
    applied = bring(books.workbook(row(更新周期="每周", 信息项="姓名、证号、地址")))
    assert (applied.added, applied.changed, applied.missing) == (0, 1, 0)
    item = ListItem.objects.get()
    assert item.sharing_terms.update_cycle == "weekly"
    assert item.sharing_terms.data_items == ["姓名", "证号", "地址"]
    assert Obligation.objects.count() == 2


def test_a_new_deadline_moves_drafts_whole_and_issued_ones_but_for_their_original_day(bring):
    bring(books.workbook(ROW))
    external, own = Obligation.objects.order_by("pk")
    Obligation.objects.filter(pk=own.pk).update(status=Status.ISSUED)
    bring(books.workbook(row(完成时限="2025-12-31")))
    external.refresh_from_db()
    own.refresh_from_db()
    moved = dt.date(2025, 12, 31)
    assert (external.due_on, external.original_due_on) == (moved, moved)
    assert (own.due_on, own.original_due_on) == (moved, dt.date(2025, 9, 30))
    assert ObligationState.objects.get(obligation=own, valid_to=None).due_on == moved
    entry = AuditEntry.objects.of("obligations.obligation", own.pk).get()
    assert entry.detail["changes"] == {"due_on": ["2025-09-30", "2025-12-31"]}


def test_a_verified_obligation_keeps_its_day(bring):
    bring(books.workbook(ROW))
    day = dt.date(2025, 8, 20)
    Obligation.objects.filter(external=False).update(
        status=Status.VERIFIED, verified_on=day, completed_on=day
    )
    bring(books.workbook(row(完成时限="2025-12-31")))
    assert Obligation.objects.get(external=False).due_on == dt.date(2025, 9, 30)


def test_a_body_that_is_added_later_gets_its_obligation(bring):
    bring(docking(配合部门=None), kind="docking")
    applied = bring(docking(), kind="docking")
    assert (applied.changed, applied.obligations) == (1, 1)
    added = Obligation.objects.get(role_in_item="supporting")
    assert added.depends_on.external


def test_batches_levels_and_issuers_are_lists_of_their_own(bring):
    data = books.workbook(ROW)
    for target in (TARGET, Target(8), Target(7, "province"), Target(7, "province", "某省政府")):
        bring(data, target=target)
    assert ResponsibilityList.objects.count() == 4


@pytest.mark.parametrize(
    "target", [Target(0), Target(1, "county"), Target(1, "moon"), Target(1, issuer="府" * 201)]
)
def test_there_is_no_list_that_cannot_be(read, target):
    with pytest.raises(RuleViolation):
        importing.apply(read(books.workbook(ROW)), target=target, by=None, on=ON)


def test_a_file_with_problems_writes_nothing(read):
    reading = read(books.workbook(ROW, row(完成时限="尽快")))
    with pytest.raises(RuleViolation):
        importing.apply(reading, target=TARGET, by=None, on=ON)
    assert ResponsibilityList.objects.count() == 0


def test_a_fault_half_way_leaves_nothing(read):
    reading = read(books.workbook(ROW, row(数据资源名称="户籍信息")))
    reading.drafts[1].identity_hash = reading.drafts[0].identity_hash
    with pytest.raises(IntegrityError), transaction.atomic():
        importing.apply(reading, target=TARGET, by=None, on=ON)
    assert (ResponsibilityList.objects.count(), Obligation.objects.count()) == (0, 0)


def test_the_preview_counts_what_will_be_made(read):
    reading = read(books.workbook(ROW, row(提供部门="教育部"), row(提供部门="省公安厅")))
    plan = importing.preview(reading, target=TARGET)
    assert (plan.items, plan.added, plan.external) == (3, 3, 2)
    assert plan.obligations == {"apply": 1, "supply": 1}
    assert len(plan.no_counterpart) == 1


def test_one_audit_row_tells_of_the_import(bring, coordinator):
    home = bring(books.workbook(ROW), by=coordinator).list
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.username, entry.object_id) == (
        "import_list",
        "coordinator",
        str(home.pk),
    )


def test_a_citys_coordinator_imports_only_what_the_city_owes(
    read, bodies, city, make_department, make_user
):
    own = make_department("甲市公安局", level=Level.CITY, at=city)
    clerk = make_user("city", "coordinator", department=own, region=city)
    inside = read(books.workbook(row(提供部门="甲市公安局")))
    importing.apply(inside, target=Target(1, "city"), by=clerk, on=ON)
    outside = read(books.workbook(row(提供部门="省公安厅")))
    with pytest.raises(RuleViolation, match="第 2 行"):
        importing.apply(outside, target=Target(1, "city"), by=clerk, on=ON)
    assert owed() == [("甲市公安局", "supply", "lead", False)]
