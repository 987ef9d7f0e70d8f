"""Groups of departments: who keeps them, what they are called, who belongs to them on a day."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts import groups, reference
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import AuditEntry, DepartmentGroup, Level
from accounts.names import Directory

DAY = dt.date(2026, 1, 5)


@pytest.fixture
def group(coordinator):
    return groups.make("市直相关部门", kind="group", rule="listed", by=coordinator)


@pytest.fixture
def city_coordinator(make_user, city):
    return make_user("city", "coordinator", region=city)


def members(group, on=DAY):
    return [one.name for one in Directory(on).groups[group.pk].members]


def test_a_new_group_is_found_by_its_name_and_recorded(group):
    found = Directory(DAY).find_group(" 市直 相关部门")

    assert (found.pk, found.name, found.members) == (group.pk, "市直相关部门", ())
    assert AuditEntry.objects.get(verb="make_group").username == "coordinator"


def test_members_belong_from_day_to_day_both_included(group, police, health, coordinator):
    first, last = dt.date(2026, 1, 5), dt.date(2026, 3, 31)
    groups.add_members(group, [police], valid_from=first, valid_to=last, by=coordinator, version=1)
    groups.add_members(group, [health], valid_from=None, by=coordinator, version=2)

    one_day = dt.timedelta(days=1)
    assert members(group, first - one_day) == [health.name]
    assert members(group, first) == members(group, last) == [police.name, health.name]
    assert members(group, last + one_day) == [health.name]


def test_a_membership_ends_and_the_department_may_come_back(group, police, coordinator):
    groups.add_members(group, [police], valid_from=None, by=coordinator, version=1)
    membership = group.memberships.get()

    groups.end_member(group, membership.pk, last=DAY, by=coordinator, version=2)
    later = DAY + dt.timedelta(days=30)
    groups.add_members(group, [police], valid_from=later, by=coordinator, version=3)

    assert members(group) == [police.name]
    assert members(group, DAY + dt.timedelta(days=1)) == []
    assert members(group, later) == [police.name]


def test_nobody_belongs_to_a_group_twice_on_a_day(group, police, coordinator):
    groups.add_members(group, [police], valid_from=None, valid_to=DAY, by=coordinator, version=1)

    with pytest.raises(RuleViolation):
        groups.add_members(group, [police], valid_from=DAY, by=coordinator, version=2)
    with pytest.raises(RuleViolation):
        groups.add_members(group, [police], valid_from=None, by=coordinator, version=2)
    assert group.memberships.count() == 1


def test_a_last_day_before_the_first_is_refused(group, police, coordinator):
    groups.add_members(group, [police], valid_from=DAY, by=coordinator, version=1)
    before = DAY - dt.timedelta(days=1)

    with pytest.raises(RuleViolation):
        groups.end_member(group, group.memberships.get().pk, last=before, by=coordinator, version=2)


def test_by_a_rule_whoever_exists_on_the_day_belongs(coordinator, make_department, city):
    old = make_department("甲市信息办", at=city, level=Level.CITY, valid_to=dt.date(2025, 12, 31))
    new = make_department("甲市数据局", at=city, level=Level.CITY, valid_from=dt.date(2026, 1, 1))
    group = groups.make("各市州", kind="group", rule="cities", by=coordinator)

    assert members(group, dt.date(2025, 12, 31)) == [old.name]
    assert members(group, DAY) == [new.name]
    with pytest.raises(RuleViolation):
        groups.add_members(group, [old], valid_from=None, by=coordinator, version=1)


def test_a_member_that_was_merged_away_stands_for_its_successor(
    group, coordinator, make_department
):
    new = make_department("省数据局")
    old = make_department("省信息局", valid_to=dt.date(2025, 12, 31), successor=new)
    groups.add_members(group, [old, new], valid_from=None, by=coordinator, version=1)

    assert members(group, DAY) == ["省数据局"]


def test_a_renamed_group_is_still_found_by_its_old_name(group, coordinator):
    groups.change(
        group, name="市级相关部门", kind="mechanism", rule="listed", by=coordinator, version=1
    )

    directory = Directory(DAY)
    assert directory.find_group("市直相关部门") == directory.find_group("市级相关部门")
    assert directory.find_group("市级相关部门").name == "市级相关部门"
    assert AuditEntry.objects.get(verb="change_group").detail["name"] == [
        "市直相关部门",
        "市级相关部门",
    ]


@pytest.mark.parametrize(
    "name", ["省公安厅", " 省公安 厅", "省公安", "市直相关部门", "", "长" * 201]
)
def test_a_name_that_is_taken_or_unusable_is_refused(group, police, coordinator, name):
    police.names.create(name="省公安", matching="省公安", kind="alias")
    with pytest.raises(RuleViolation):
        groups.make(name, kind="group", rule="listed", by=coordinator)
    assert DepartmentGroup.objects.count() == 1


def test_a_name_means_one_group_only(group, coordinator):
    other = groups.make("各市州", kind="group", rule="cities", by=coordinator)
    groups.add_name(other, "各地市", by=coordinator, version=1)

    with pytest.raises(RuleViolation):
        groups.add_name(group, "各地市", by=coordinator, version=1)


def test_a_group_without_names_is_out_of_use_and_stays(group, coordinator):
    groups.drop_name(group, group.names.get().pk, by=coordinator, version=1)

    assert Directory(DAY).find_group("市直相关部门") is None
    assert DepartmentGroup.objects.filter(pk=group.pk).exists()
    groups.add_name(group, "市直相关部门", by=coordinator, version=2)
    assert Directory(DAY).find_group("市直相关部门").pk == group.pk


def test_a_change_names_the_version_it_is_based_on(group, coordinator):
    groups.add_name(group, "市直有关部门", by=coordinator, version=1)

    with pytest.raises(StaleVersion, match="coordinator"):
        groups.add_name(group, "市级部门", by=coordinator, version=1)
    with pytest.raises(VersionMissing):
        groups.add_name(group, "市级部门", by=coordinator, version=None)


def test_a_citys_coordinator_does_not_keep_groups(group, city_coordinator, police):
    acts = (
        lambda: groups.make("别的组", kind="group", rule="listed", by=city_coordinator),
        lambda: groups.add_name(group, "别的组", by=city_coordinator, version=1),
        lambda: groups.learn_name(group, "别的组", by=city_coordinator),
        lambda: groups.add_members(
            group, [police], valid_from=None, by=city_coordinator, version=1
        ),
    )
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


def test_usual_groups_come_with_the_reference_data_once_and_stay_as_people_keep_them(
    coordinator, make_department, city
):
    reference.load(by=None)
    local = make_department("甲市数据局", at=city, level=Level.CITY)
    own = {make_department("省公安厅").name, coordinator.department.name}

    directory = Directory(DAY)
    for name in ("各市州", "各市（州）", "各设区市", "各地市", "各市"):
        assert directory.find_group(name).members == (local,)
    for name in ("省直各部门", "省级各部门", "省直各单位", "各省直部门"):
        assert {one.name for one in directory.find_group(name).members} == own
    assert not DepartmentGroup.objects.filter(name__contains="关部门").exists()

    group = DepartmentGroup.objects.get(name="各市州")
    groups.drop_name(group, group.names.get(name="各市").pk, by=coordinator, version=1)
    reference.load(by=None)
    assert DepartmentGroup.objects.count() == 2
    assert Directory(DAY).find_group("各市") is None
