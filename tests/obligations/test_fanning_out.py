"""任务分解: items × duties × bodies, as shown, all or nothing, twice the same as once."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import AuditEntry, DepartmentGroup, Level, Role
from obligations import dispatch, explaining, fanning_out
from obligations.fanning_out import OWN, Choice, DutyChoice, Named, acting
from obligations.models import (
    DateBasis,
    Dispatch,
    ListItem,
    Notice,
    Obligation,
    ObligationState,
)
from tests.thorough import sampled

D = dt.date
ON = D(2025, 9, 5)

pytestmark = pytest.mark.django_db


def choice(*keys, duties=("catalogue",), due="", **more):
    """Bodies as "department:1" (leading) or "department:1/supporting"."""
    bodies = tuple(Named(*key.split("/")) for key in keys)
    chosen = tuple(DutyChoice(duty, due) for duty in duties)
    return Choice(chosen, bodies, **{"members_on": ON, **more})


def prepare(by, made, items=None):
    rows = ListItem.objects.filter(pk__in=[one.pk for one in items]) if items else ListItem.objects
    return fanning_out.prepare(rows.all(), made, by=by, on=ON)


def look(row, by):
    return acting.look(row, by=by, on=ON)


def do(by, made, items=None):
    row = prepare(by, made, items)
    return fanning_out.confirm(row, by=by, on=ON, digest=look(row, by).digest())


def department(one, role=""):
    return f"department:{one.pk}" + (f"/{role}" if role else "")


@pytest.fixture
def make_group(db):
    def make(name, *members, since=None, rule="listed"):
        group = DepartmentGroup.objects.create(name=name, rule=rule)
        group.names.create(name=name, matching=name)
        for one in members:
            group.memberships.create(department=one, valid_from=since)
        return group

    return make


def owed(**narrowed):
    return set(
        Obligation.objects.filter(**narrowed).values_list(
            "item", "department", "duty", "role_in_item"
        )
    )


def test_items_duties_and_bodies_are_multiplied_as_drafts(coordinator, make_item, police, health):
    one, two = make_item(police), make_item(health)
    keys = (department(police), department(health, "supporting"))

    done = do(coordinator, choice(*keys, duties=("catalogue", "use")))

    assert (done.state, done.made, done.there) == ("done", 8, 0)
    assert owed() == {
        (item.pk, body.pk, duty, role)
        for item in (one, two)
        for duty in ("catalogue", "use")
        for body, role in ((police, "lead"), (health, "supporting"))
    }
    row = Obligation.objects.first()
    assert (row.status, row.due_on, row.original_due_on) == ("draft", one.deadline_on, row.due_on)
    assert (row.raised_on, row.dispatch) == (ON, done)


def test_it_is_recorded_and_audited(coordinator, make_item, police):
    make_item(police)
    done = do(coordinator, choice(department(police), duties=("catalogue", "use")))

    states = ObligationState.objects.filter(valid_from=ON, status="draft")
    assert states.count() == 2
    about = AuditEntry.objects.filter(verb="fan_out")
    assert about.filter(object_type="obligations.obligation").count() == 2
    [act] = about.filter(object_type="obligations.dispatch")
    assert (act.detail["made"], act.object_id) == (2, str(done.pk))


def test_what_is_there_stays_untouched_and_is_counted(coordinator, owe, police, health):
    standing = owe(police, duty="supply")
    dispatch.issue(standing, by=coordinator, on=ON)
    before = Obligation.objects.values().get()
    keys = (department(police), department(health))

    plan = look(prepare(coordinator, choice(*keys, duties=("supply",))), coordinator)
    assert (len(plan.missing), len(plan.there)) == (1, 1)
    done = do(coordinator, choice(*keys, duties=("supply",)))

    assert (done.made, done.there) == (1, 1)
    assert Obligation.objects.values().get(pk=standing.pk) == before
    with pytest.raises(RuleViolation, match="没有需要"):
        do(coordinator, choice(*keys, duties=("supply",)))
    assert Obligation.objects.count() == 2


def test_what_was_withdrawn_stays_withdrawn(coordinator, owe, police):
    row = owe(police, duty="supply")
    dispatch.withdraw(row, by=coordinator, on=ON, reason="调整")
    made = choice(department(police), duties=("supply", "use"))

    assert look(prepare(coordinator, made), coordinator).withdrawn_count == 1
    do(coordinator, made)

    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_looking_writes_nothing(coordinator, make_item, police):
    make_item(police)
    row = prepare(coordinator, choice(department(police)))
    look(row, coordinator)
    assert not Obligation.objects.exists()

    fanning_out.discard(row, by=coordinator)
    with pytest.raises(StaleVersion):
        fanning_out.confirm(row, by=coordinator, on=ON, digest="x")


def test_it_hangs_on_what_the_ministry_owes_under_the_same_item(
    coordinator, owe, police, health, ministry
):
    external = owe(ministry, external=True, duty="supply")
    do(coordinator, choice(department(health), duties=("apply",)), [external.item])

    assert Obligation.objects.get(duty="apply").depends_on == external


def test_central_bodies_are_left_out_and_said(coordinator, make_item, police, ministry):
    make_item(police)
    row = prepare(coordinator, choice(department(ministry), department(police)))

    assert [(one.kind, one.name) for one in look(row, coordinator).notices] == [
        ("central", ministry.name)
    ]
    do(coordinator, choice(department(ministry), department(police)))
    assert not Obligation.objects.filter(department=ministry).exists()


def test_who_leads_anywhere_leads(coordinator, make_item, police, make_group):
    make_item(police)
    group = make_group("相关部门", police)
    do(coordinator, choice(f"group:{group.pk}/supporting", department(police)))

    assert Obligation.objects.get().role_in_item == "lead"


def test_the_items_own_bodies_keep_their_roles(coordinator, make_item, police, health, ministry):
    ours, theirs = make_item(police), make_item(ministry)
    ListItem.objects.filter(pk=ours.pk).update(body_text=f"{police.name}、{health.name}")
    ListItem.objects.filter(pk=theirs.pk).update(body_text=ministry.name)

    do(coordinator, choice(OWN))

    assert owed() == {
        (ours.pk, police.pk, "catalogue", "lead"),
        (ours.pk, health.pk, "catalogue", "supporting"),
        (theirs.pk, police.pk, "catalogue", "lead"),
    }


def test_what_is_not_shared_is_supplied_by_nobody(coordinator, make_item, police):
    item = make_item(police)
    item.sharing_terms.share_type = "refused"
    item.sharing_terms.save()
    made = choice(department(police), duties=("supply", "catalogue"))

    assert look(prepare(coordinator, made), coordinator).without == {"supply": 1}
    do(coordinator, made)
    assert {row[2] for row in owed()} == {"catalogue"}


class TestDates:
    def test_a_duty_may_have_a_date_of_its_own(self, coordinator, make_item, police):
        make_item(police)
        do(coordinator, choice(department(police), due="10月底"))
        row = Obligation.objects.get()
        assert (row.due_on, row.original_due_on) == (D(2025, 10, 31), D(2025, 10, 31))
        assert row.due_text == "10月底"

    def test_ongoing_stays_ongoing(self, coordinator, make_item, police):
        make_item(police, due_on=None)
        do(coordinator, choice(department(police)))
        row = Obligation.objects.get()
        assert (row.due_kind, row.due_on, row.due_text) == ("ongoing", None, "持续推进")

    def test_words_for_ongoing_may_be_given(self, coordinator, make_item, police):
        make_item(police)
        do(coordinator, choice(department(police), due="长期"))
        assert Obligation.objects.get().is_ongoing

    def test_what_is_no_date_is_refused(self, coordinator, make_item, police):
        make_item(police)
        with pytest.raises(RuleViolation):
            prepare(coordinator, choice(department(police), due="尽快"))

    def test_an_item_without_a_limit_needs_one(self, coordinator, make_item, police):
        item = make_item(police)
        ListItem.objects.filter(pk=item.pk).update(deadline_kind="none", deadline_on=None)
        with pytest.raises(RuleViolation, match="完成时限"):
            do(coordinator, choice(department(police)))
        do(coordinator, choice(department(police), due="2025-12-01"))

    @pytest.mark.parametrize("due", ["2026-01-31", "持续推进"])
    def test_a_national_row_gets_more_time_only_with_the_superiors_document(
        self, coordinator, make_item, police, sharing_list, due
    ):
        sharing_list.level = Level.CENTRAL
        sharing_list.save()
        make_item(police)
        with pytest.raises(RuleViolation, match="文号"):
            do(coordinator, choice(department(police), due=due))
        do(coordinator, choice(department(police), duties=("use",), due="2025-11-30"))

        do(coordinator, choice(department(police), due=due, document_number="国数〔2025〕1号"))

        row = Obligation.objects.get(duty="catalogue")
        if row.due_on:
            assert (row.due_on, row.original_due_on) == (D(2026, 1, 31), D(2025, 12, 31))
            explained = explaining.of_row(row)["due_on"]
            assert (explained.who, explained.document_number) == ("coordinator", "国数〔2025〕1号")
            assert [str(one) for one in explained.moves] == ["2025-12-31 → 2026-01-31：任务分解"]

    def test_what_the_item_says_itself_needs_no_word(self, coordinator, make_item, police):
        make_item(police)
        do(coordinator, choice(department(police)))
        assert not DateBasis.objects.exists()

    def test_what_is_late_at_once_is_said(self, coordinator, make_item, police):
        make_item(police, due_on=D(2025, 9, 4))
        make_item(police, due_on=D(2025, 9, 5))
        plan = look(prepare(coordinator, choice(department(police))), coordinator)
        assert [one.item.deadline_on for one in plan.late] == [D(2025, 9, 4)]


class TestBodies:
    def test_names_are_understood_as_in_lists(self, coordinator, make_item, police, make_group):
        make_item(police)
        make_group("省直相关部门", police)
        do(coordinator, choice(f"name:{police.name}", duties=("use",)))
        do(coordinator, choice("name:省直相关部门"))
        assert Obligation.objects.count() == 2

    def test_a_name_that_nobody_bears_forbids_all(self, coordinator, make_item, police):
        make_item(police)
        made = choice(department(police), "name:省公安")
        plan = look(prepare(coordinator, made), coordinator)
        assert [(one.kind, one.name) for one in plan.problems] == [("unknown", "省公安")]
        with pytest.raises(RuleViolation, match="省公安"):
            do(coordinator, made)
        assert not Obligation.objects.exists()

    def test_a_body_that_ended_is_replaced_by_its_successor_or_forbids_all(
        self, coordinator, make_item, police, health, make_department
    ):
        make_item(police)
        old = make_department("省信息办", valid_to=D(2025, 1, 1))
        with pytest.raises(RuleViolation, match="省信息办"):
            do(coordinator, choice(department(old)))
        old.successor = health
        old.save()
        plan = look(prepare(coordinator, choice(department(old))), coordinator)
        assert [(one.kind, one.more) for one in plan.notices] == [("successor", health.name)]
        assert [one.owing.department for one in plan.missing] == [health]

    def test_a_group_is_taken_as_it_stands_on_the_day(
        self, coordinator, make_item, police, health, make_group
    ):
        make_item(police)
        group = make_group("市直相关部门", police)
        group.memberships.create(department=health, valid_from=D(2025, 9, 10))

        do(coordinator, choice(f"group:{group.pk}"))
        assert {row[1] for row in owed()} == {police.pk}
        do(coordinator, choice(f"group:{group.pk}", members_on=D(2025, 9, 10)))
        assert {row[1] for row in owed()} == {police.pk, health.pk}

    def test_a_group_without_members_is_said(self, coordinator, make_item, police, make_group):
        make_item(police)
        group = make_group("协调机制")
        plan = look(
            prepare(coordinator, choice(f"group:{group.pk}", department(police))), coordinator
        )
        assert [(one.kind, one.name) for one in plan.notices] == [("empty_group", "协调机制")]
        assert plan.may_be_confirmed

    def test_the_cities_data_bureaus(self, coordinator, make_item, police, make_department, city):
        make_item(police)
        bureau = make_department("甲市数据局", level=Level.CITY, at=city)
        make_department("甲市公安局", level=Level.CITY, at=city)
        other = make_department("乙市公安局", level=Level.CITY, at=make_region(city, "乙市"))

        plan = look(prepare(coordinator, choice("bureaus")), coordinator)

        assert [one.owing.department for one in plan.missing] == [bureau]
        assert [(one.kind, one.name) for one in plan.notices] == [("no_bureau", other.region.name)]


def make_region(beside, name):
    return type(beside).objects.create(name=name, parent=beside.parent)


class TestReach:
    def test_a_city_fans_out_only_inside_the_city(
        self, make_user, owe, police, make_department, city, make_group
    ):
        own = make_department("甲市公安局", level=Level.CITY, at=city)
        by = make_user("city", Role.COORDINATOR, department=own, region=city)
        item = owe(own).item
        foreign = owe(police).item
        group = make_group("各部门", own, police)
        made = choice(f"group:{group.pk}", department(police), duties=("use",))

        row = prepare(by, made)

        assert list(row.items.values_list("pk", flat=True)) == [item.pk]
        assert [(one.kind, one.name) for one in look(row, by).notices] == [("outside", police.name)]
        fanning_out.confirm(row, by=by, on=ON, digest=look(row, by).digest())
        assert owed(duty="use") == {(item.pk, own.pk, "use", "lead")}
        assert not Obligation.objects.filter(item=foreign, duty="use").exists()

    @pytest.mark.parametrize("who", ["officer", "reviewer", "leader", "auditor"])
    def test_only_coordinators(self, request, who, make_item, police):
        make_item(police)
        with pytest.raises(PermissionDenied):
            prepare(request.getfixturevalue(who), choice(department(police)))


class TestTheDigest:
    def test_a_changed_situation_is_refused(self, coordinator, make_item, police, owe):
        item = make_item(police)
        row = prepare(coordinator, choice(department(police)))
        seen = look(row, coordinator).digest()
        owe(police, item=item, duty="catalogue")

        with pytest.raises(StaleVersion):
            fanning_out.confirm(row, by=coordinator, on=ON, digest=seen)
        assert Obligation.objects.count() == 1

    def test_a_new_member_and_a_withdrawn_item_change_it(
        self, coordinator, make_item, police, health, make_group
    ):
        item = make_item(police)
        make_item(police)
        group = make_group("相关部门", police)
        row = prepare(coordinator, choice(f"group:{group.pk}"))
        first = look(row, coordinator).digest()
        group.memberships.create(department=health)
        second = look(row, coordinator).digest()
        ListItem.objects.filter(pk=item.pk).update(withdrawn_on=ON)
        plan = look(row, coordinator)

        assert len({first, second, plan.digest()}) == 3
        assert plan.gone == 1

    def test_without_a_preview_nothing_is_done(self, coordinator, make_item, police):
        make_item(police)
        with pytest.raises(VersionMissing):
            fanning_out.confirm(
                prepare(coordinator, choice(department(police))), by=coordinator, on=ON, digest=None
            )

    def test_it_is_done_once(self, coordinator, make_item, police):
        make_item(police)
        done = do(coordinator, choice(department(police)))
        with pytest.raises(StaleVersion):
            fanning_out.confirm(done, by=coordinator, on=ON, digest="x")


def test_issued_in_the_same_act_with_one_notice(coordinator, owe, make_item, police, health):
    standing = owe(police, duty="catalogue")
    keys = (department(police), department(health))
    done = do(coordinator, choice(*keys, issue=True, note="请抓紧"), [standing.item])

    notice = Notice.objects.get()
    assert (notice.note, done.notice) == ("请抓紧", notice)
    [row] = notice.obligations.all()
    assert (row.department, row.status, row.accept_by) == (health, "issued", D(2025, 9, 10))
    assert ObligationState.objects.filter(obligation=row).count() == 1
    # What was there is not issued with it.
    standing.refresh_from_db()
    assert standing.status == "draft"


@sampled(25, quick=8)
@given(members=st.sets(st.integers(0, 4)), more=st.sets(st.integers(0, 4), max_size=2))
def test_a_group_owes_what_its_members_owe_together(
    coordinator, make_item, make_department, make_group, members, more
):
    """Property: the fan-out of a group is the union over its members."""
    number = Dispatch.objects.count() + DepartmentGroup.objects.count()
    bodies = [make_department(f"部门{number}-{n}") for n in range(5)]
    item = make_item(bodies[0])
    group = make_group(f"组{number}", *(bodies[n] for n in sorted(members)))
    keys = [f"group:{group.pk}", *(department(bodies[n]) for n in sorted(more))]
    duties = ("catalogue", "use")

    whole = look(prepare(coordinator, choice(*keys, duties=duties), [item]), coordinator)
    each = [
        look(
            prepare(coordinator, choice(department(bodies[n]), duties=duties), [item]), coordinator
        )
        for n in sorted(members | more)
    ]

    def wanted(plan):
        return {(*one.key, one.owing.role) for one in plan.missing}

    assert wanted(whole) == set().union(*(wanted(plan) for plan in each))
