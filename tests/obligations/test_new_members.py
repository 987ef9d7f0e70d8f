"""Departments that join a dispatched group later are offered what is missing, never given it."""

import datetime as dt

import pytest

from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import AuditEntry, DepartmentGroup, Level, Role
from obligations import dispatch, fanning_out
from obligations.fanning_out import OWN, Choice, DutyChoice, Named, accepting, acting, joining
from obligations.models import Dispatch, DispatchMember, ListItem, Obligation

D = dt.date
ON, LATER = D(2025, 9, 5), D(2025, 10, 9)

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(police):
    made = DepartmentGroup.objects.create(name="省直相关部门")
    made.names.create(name=made.name, matching=made.name)
    made.memberships.create(department=police)
    return made


def fan_out(by, *keys, duty="catalogue", due="", on=ON, items=None):
    bodies = tuple(Named(*key.split("/")) for key in keys)
    choice = Choice((DutyChoice(duty, due),), bodies, members_on=on)
    row = fanning_out.prepare(items or ListItem.objects.all(), choice, by=by, on=on)
    digest = acting.look(row, by=by, on=on).digest()
    return fanning_out.confirm(row, by=by, on=on, digest=digest)


def offered(by, on=LATER):
    return joining.offers(by=by, on=on)


def take(by, one, *departments, on=LATER, **more):
    keys = [department.pk for department in departments]
    return accepting.accept(one.group, keys, by=by, on=on, digest=one.digest(), **more)


def test_the_obligation_remembers_its_dispatch_and_group(coordinator, make_item, police, group):
    make_item(police)
    done = fan_out(coordinator, f"group:{group.pk}/supporting")

    row = Obligation.objects.get()
    assert (row.dispatch, row.dispatch_group.group) == (done, group)
    assert offered(coordinator) == []
    assert joining.waiting_count(by=coordinator, on=LATER) == 0


def test_a_later_member_is_offered_and_not_added(coordinator, make_item, police, health, group):
    make_item(police)
    make_item(police)
    fan_out(coordinator, f"group:{group.pk}/supporting", due="年底")
    group.memberships.create(department=health, valid_from=D(2025, 10, 1))

    assert offered(coordinator, on=D(2025, 9, 30)) == []
    [one] = offered(coordinator)
    assert (one.name, one.lines) == ("省直相关部门", [(health, 2)])
    assert joining.waiting_count(by=coordinator, on=LATER) == 2
    assert not Obligation.objects.filter(department=health).exists()

    done = take(coordinator, one, health)

    rows = Obligation.objects.filter(department=health)
    assert (done.made, rows.count()) == (2, 2)
    facts = rows.values_list("role_in_item", "duty", "due_on", "status", "raised_on")
    assert set(facts) == {("supporting", "catalogue", D(2025, 12, 31), "draft", LATER)}
    assert {row.dispatch_group.group for row in rows} == {group}
    assert offered(coordinator) == []


def test_what_the_new_member_owes_already_is_not_offered_again(
    coordinator, make_item, owe, police, health, group
):
    item = make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    owe(health, item=item, duty="catalogue")
    group.memberships.create(department=health)

    [one] = offered(coordinator)
    assert one.lines == [(health, 0)]


def test_issued_at_once_where_it_is_asked(coordinator, make_item, police, health, group):
    make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    group.memberships.create(department=health)
    [one] = offered(coordinator)

    done = take(coordinator, one, health, issue=True)

    row = Obligation.objects.get(department=health)
    assert (row.status, row.notice) == ("issued", done.notice)
    assert Obligation.objects.get(department=police).status == "draft"


def test_left_out_for_a_reason_that_is_kept(coordinator, make_item, police, health, group):
    make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    group.memberships.create(department=health)
    [one] = offered(coordinator)
    said = {"by": coordinator, "on": LATER, "digest": one.digest()}
    with pytest.raises(RuleViolation, match="理由"):
        joining.dismiss(group.pk, [health.pk], reason=" ", **said)

    assert joining.dismiss(group.pk, [health.pk], reason="无相关职能", **said) == 1

    assert offered(coordinator) == []
    kept = DispatchMember.objects.get(department=health)
    assert (kept.outcome, kept.reason, kept.decided_by) == ("dismissed", "无相关职能", coordinator)
    entry = AuditEntry.objects.get(verb="leave_out_member")
    assert entry.detail["departments"] == [health.pk]


def test_only_the_chosen_of_several(coordinator, make_item, police, health, bureau, group):
    make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    for one in (health, bureau):
        group.memberships.create(department=one)
    [offer] = offered(coordinator)

    take(coordinator, offer, health)

    [offer] = offered(coordinator)
    assert offer.lines == [(bureau, 1)]
    with pytest.raises(RuleViolation):
        take(coordinator, offer, police)


def test_a_changed_offer_is_refused(coordinator, make_item, owe, police, health, group):
    item = make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    group.memberships.create(department=health)
    [seen] = offered(coordinator)
    owe(health, item=item, duty="catalogue")

    with pytest.raises(StaleVersion):
        take(coordinator, seen, health)
    with pytest.raises(VersionMissing):
        accepting.accept(group.pk, [health.pk], by=coordinator, on=LATER, digest=None)
    assert not DispatchMember.objects.filter(department=health).exists()


def test_accepting_twice_makes_it_once(coordinator, make_item, police, health, group):
    make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    group.memberships.create(department=health)
    [seen] = offered(coordinator)
    take(coordinator, seen, health)

    with pytest.raises(StaleVersion):
        take(coordinator, seen, health)
    assert Obligation.objects.filter(department=health).count() == 1


def test_who_left_owes_on_and_is_shown_until_a_person_withdraws_it(
    coordinator, make_item, police, group
):
    make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    group.memberships.update(valid_to=D(2025, 9, 30))

    [one] = offered(coordinator)
    assert [(left.department, left.open_count) for left in one.left] == [(police, 1)]
    row = Obligation.objects.get()
    assert row.status == "draft"
    dispatch.withdraw(row, by=coordinator, on=LATER, reason="已退出")
    assert offered(coordinator) == []


def test_a_new_citys_data_bureau_is_offered(coordinator, make_item, police, make_department, city):
    make_item(police)
    make_department("甲市数据局", level=Level.CITY, at=city)
    fan_out(coordinator, "bureaus")
    other = type(city).objects.create(name="乙市", parent=city.parent)
    bureau = make_department("乙市大数据管理局", level=Level.CITY, at=other, valid_from=ON)

    [one] = offered(coordinator)
    assert (one.group, one.lines) == (0, [(bureau, 1)])
    assert take(coordinator, one, bureau).made == 1


def test_a_group_that_was_empty_and_a_withdrawn_item(coordinator, make_item, police, health):
    kept, gone = make_item(police), make_item(police)
    group = DepartmentGroup.objects.create(name="协调机制")
    fan_out(coordinator, f"group:{group.pk}", f"department:{police.pk}")
    ListItem.objects.filter(pk=gone.pk).update(withdrawn_on=LATER)
    group.memberships.create(department=health)

    [one] = offered(coordinator)
    assert [key[0] for key in one.missing] == [kept.pk]


def test_a_group_that_some_items_name_themselves_is_offered_for_those(
    coordinator, make_item, police, health, group
):
    naming, other = make_item(police), make_item(police)
    ListItem.objects.filter(pk=naming.pk).update(body_text=f"{police.name}、省直相关部门")
    ListItem.objects.filter(pk=other.pk).update(body_text=police.name)
    fan_out(coordinator, OWN)
    group.memberships.create(department=health)

    [one] = offered(coordinator)
    assert list(one.missing) == [(naming.pk, health.pk, "catalogue")]
    assert one.missing[naming.pk, health.pk, "catalogue"].owing.role == "supporting"


def test_two_dispatches_of_one_group_are_one_offer(coordinator, make_item, police, health, group):
    make_item(police)
    fan_out(coordinator, f"group:{group.pk}")
    fan_out(coordinator, f"group:{group.pk}", duty="use")
    group.memberships.create(department=health)

    [one] = offered(coordinator)
    assert one.lines == [(health, 2)]
    assert take(coordinator, one, health).made == 2
    assert DispatchMember.objects.filter(department=health).count() == 2


def test_a_city_is_offered_what_its_own_dispatches_reach(
    make_user, owe, make_department, city, police, coordinator, group
):
    own = make_department("甲市公安局", level=Level.CITY, at=city)
    second = make_department("甲市卫健委", level=Level.CITY, at=city)
    by = make_user("city", Role.COORDINATOR, department=own, region=city)
    owe(own)
    group.memberships.create(department=own)
    fan_out(by, f"group:{group.pk}")
    for one in (second, make_department("省教育厅")):
        group.memberships.create(department=one)

    # The province sees the city's dispatch as well, and reaches no further with it.
    for person in (by, coordinator):
        [one] = offered(person)
        assert [department for department, _count in one.lines] == [second]
    assert Dispatch.objects.visible_to(by).count() == 1
    fan_out(coordinator, f"group:{group.pk}", duty="use")
    assert Dispatch.objects.visible_to(by).count() == 1
