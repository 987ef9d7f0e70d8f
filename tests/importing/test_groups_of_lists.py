"""Groups that the cells of a list name are remembered: later members are offered what is owed."""

import datetime as dt

import pytest

from accounts.models import DepartmentGroup
from obligations import importing
from obligations.fanning_out import accepting, joining
from obligations.importing import Target, claiming, undoing
from obligations.models import Dispatch, DispatchGroup, Obligation
from tests.importing import books
from tests.importing.books import ON, row

pytestmark = pytest.mark.django_db
LATER = ON + dt.timedelta(days=30)
NAME = "省直相关部门"


@pytest.fixture
def group(police):
    made = DepartmentGroup.objects.create(name=NAME)
    made.names.create(name=NAME, matching=NAME)
    made.memberships.create(department=police)
    return made


@pytest.fixture
def bring(read):
    def bringing(*rows, by=None, **options):
        reading = read(books.workbook(*rows), first_leads=True, **options)
        assert reading.problems == []
        return importing.apply(reading, target=Target(7, "province"), by=by, on=ON)

    return bringing


def offered(by):
    return joining.offers(by=by, on=LATER)


def test_a_later_member_of_a_group_in_a_list_is_offered(bring, group, bureau, coordinator):
    bring(
        row(提供部门=NAME, 数据资源名称="甲"),
        row(提供部门=f"省公安厅、{NAME}", 数据资源名称="乙"),
        row(提供部门="省公安厅", 数据资源名称="丙"),
    )
    assert offered(coordinator) == []
    assert Obligation.objects.filter(dispatch_group__group=group).count() == 2
    group.memberships.create(department=bureau)

    [one] = offered(coordinator)

    found = {(m.item.title, m.duty, m.owing.role) for m in one.missing.values()}
    assert found == {("甲", "supply", "lead"), ("乙", "supply", "supporting")}
    said = {"by": coordinator, "on": LATER, "digest": one.digest()}
    assert accepting.accept(group.pk, [bureau.pk], **said).made == 2
    assert Obligation.objects.filter(department=bureau).count() == 2
    assert offered(coordinator) == []


def test_the_same_file_again_remembers_nothing_new(bring, group, coordinator):
    bring(row(提供部门=NAME))
    bring(row(提供部门=NAME))
    assert (Dispatch.objects.count(), DispatchGroup.objects.count()) == (1, 1)


def test_a_group_that_an_amended_cell_no_longer_names_is_forgotten(
    bring, group, bureau, coordinator, make_department
):
    bring(row(提供部门=f"省公安厅、{NAME}", 数据资源名称="甲"))
    bring(row(提供部门="省公安厅、省数据管理局", 数据资源名称="甲"))
    group.memberships.create(department=make_department("省教育厅"))
    assert [one.lines for one in offered(coordinator) if one.missing] == []


def test_an_undone_edition_gives_the_groups_of_its_cells_back(
    bring, group, bureau, coordinator, make_department
):
    bring(
        row(提供部门=f"省公安厅、{NAME}", 数据资源名称="甲"), row(提供部门=NAME, 数据资源名称="乙")
    )
    later = bring(
        row(提供部门="省公安厅、省数据管理局", 数据资源名称="甲"),
        row(提供部门=NAME, 数据资源名称="乙", 备注="另行通知"),
    )
    undoing.undo(later.edition, by=coordinator, on=ON, reason="文件有误")
    group.memberships.create(department=make_department("省教育厅"))

    [one] = offered(coordinator)

    assert {(m.item.title, m.owing.role) for m in one.missing.values()} == {
        ("甲", "supporting"),
        ("乙", "lead"),
    }


def test_an_undone_edition_takes_the_groups_that_it_named_with_it(
    bring, group, bureau, coordinator, make_department
):
    group.memberships.create(department=bureau)
    bring(row(提供部门="省公安厅、省数据管理局", 数据资源名称="甲"))
    later = bring(row(提供部门=f"省公安厅、{NAME}", 数据资源名称="甲"))
    assert Obligation.objects.get(department=bureau).dispatch_group
    undoing.undo(later.edition, by=coordinator, on=ON, reason="文件有误")
    group.memberships.create(department=make_department("省教育厅"))

    assert [one.lines for one in offered(coordinator) if one.missing] == []
    assert Obligation.objects.get(department=bureau).dispatch_group is None


def test_what_is_not_shared_is_offered_to_nobody(bring, group, bureau, coordinator):
    bring(row(提供部门=NAME, 共享类型="不予共享"))
    group.memberships.create(department=bureau)
    assert offered(coordinator) == []


def test_a_waiting_name_that_turns_out_to_be_a_group(bring, group, bureau, coordinator):
    bring(row(提供部门="有关单位"), allow_unresolved=True)
    claiming.match("有关单位", group=group, by=coordinator, on=ON)
    group.memberships.create(department=bureau)

    [one] = offered(coordinator)
    assert one.lines == [(bureau, 1)]
