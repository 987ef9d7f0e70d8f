"""Names that nobody bears: matched, learnt, queued, claimed; groups; several bodies in a cell."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts import groups
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Department, Level
from accounts.names import Directory
from obligations import importing
from obligations.importing import Target, claiming, matching
from obligations.kinds import kinds
from obligations.models import ListItem, Obligation, ObligationState, UnresolvedUnit
from tests.importing import books
from tests.importing.books import DOCKED, DOCKING, ON

TARGET = Target(7, Level.PROVINCE)


@pytest.fixture
def civil(make_department):
    return make_department("省民政厅")


@pytest.fixture
def city_coordinator(make_user, city):
    return make_user("city", "coordinator", region=city)


@pytest.fixture
def understand(bodies, civil):
    """understand(*rows): a docking list of these rows, read with unresolved names allowed."""

    def read(*rows, on=ON, kind="docking", labels=DOCKING, **options):
        data = books.workbook(*rows, labels=labels)
        options = {"allow_unresolved": True, **options}
        return importing.read(data, name="清单.xlsx", kind=kinds()[kind], on=on, **options)

    return read


@pytest.fixture
def applied(understand, coordinator):
    """applied(*rows): the list after its import; what nobody bears stands in the queue."""

    def apply(*rows, **options):
        reading = understand(*rows, **options)
        done = importing.apply(reading, target=TARGET, by=coordinator, on=ON)
        items = {item.identity_hash: item for item in ListItem.objects.filter(list=done.list)}
        pairs = [(items[draft.identity_hash], draft) for draft in reading.drafts]
        matching.queue(pairs, reading.kind)
        return done

    return apply


def docked(**cells):
    return tuple(cells.get(label, cell) for label, cell in zip(DOCKING, DOCKED, strict=True))


def owed():
    """(department, role) of every obligation of our own."""
    rows = Obligation.objects.filter(external=False).select_related("department")
    return sorted((row.department.name, row.role_in_item) for row in rows)


MISSPELT = docked(牵头部门="省民证厅", 配合部门="省公安厅、某某办")


# --- learning


def test_a_learnt_name_finds_its_body_and_is_recorded(civil, coordinator):
    assert matching.learn("省民证厅", department=civil, by=coordinator)

    assert Directory(ON).find("省 民证厅") == civil
    entry = AuditEntry.objects.get(verb="learn_name")
    assert (entry.username, entry.department_id) == ("coordinator", civil.pk)
    assert entry.detail == {"name": "省民证厅"}


def test_learning_twice_is_learning_once(civil, coordinator):
    matching.learn("省民证厅", department=civil, by=coordinator)

    assert not matching.learn("省民证厅", department=civil, by=coordinator)
    assert civil.names.count() == 2
    assert AuditEntry.objects.filter(verb="learn_name").count() == 1


def test_an_alias_that_had_ended_is_in_use_again(civil, coordinator):
    civil.names.create(
        name="省民证厅", matching="省民证厅", kind="alias", valid_to=dt.date(2020, 1, 1)
    )
    matching.learn("省民证厅", department=civil, by=coordinator)

    assert Directory(ON).find("省民证厅") == civil


@pytest.mark.parametrize("name", ["省公安厅", "省公厅", "各市州", "", "长" * 201])
def test_a_name_that_means_somebody_else_is_not_learnt(civil, police, coordinator, name):
    police.names.create(name="省公厅", matching="省公厅", kind="short")
    groups.make("各市州", kind="group", rule="cities", by=coordinator)

    with pytest.raises(RuleViolation):
        matching.learn(name, department=civil, by=coordinator)
    assert civil.names.count() == 1


def test_a_department_that_is_gone_learns_no_name(make_department, coordinator):
    gone = make_department("省旧办", valid_to=dt.date(2020, 1, 1))

    with pytest.raises(RuleViolation):
        matching.learn("省老办", department=gone, by=coordinator)


def test_a_group_learns_a_further_name(coordinator):
    group = groups.make("各市州", kind="group", rule="cities", by=coordinator)

    assert matching.learn("各个市州", group=group, by=coordinator)
    assert Directory(ON).find_group("各个市州").pk == group.pk


def test_a_citys_coordinator_teaches_names_of_the_own_region_only(
    civil, make_department, city, city_coordinator, coordinator
):
    local = make_department("甲市民政局", at=city, level=Level.CITY)
    group = groups.make("各市州", kind="group", rule="cities", by=coordinator)

    assert matching.learn("甲市民证局", department=local, by=city_coordinator)
    with pytest.raises(PermissionDenied):
        matching.learn("省民证厅", department=civil, by=city_coordinator)
    with pytest.raises(PermissionDenied):
        matching.learn("各个市州", group=group, by=city_coordinator)


def test_an_officer_teaches_nothing(civil, officer):
    with pytest.raises(PermissionDenied):
        matching.learn("省民证厅", department=civil, by=officer)


# --- reading


def test_names_that_nobody_bears_come_with_their_places_and_suggestions(understand, civil):
    reading = understand(MISSPELT, docked(序号=2, 系统名称="其他系统", 牵头部门="省民证厅"))

    found = {one.text: one for one in reading.unresolved}
    assert set(found) == {"省民证厅", "某某办"}
    assert (found["省民证厅"].rows, found["省民证厅"].columns) == ([2, 3], ["牵头部门"])
    first = found["省民证厅"].suggestions[0]
    assert first == {
        "key": f"department:{civil.pk}",
        "name": "省民政厅",
        "why": "sound",
        "likely": True,
    }


def test_a_group_stands_for_its_members_of_the_day(
    understand, applied, coordinator, police, health
):
    group = groups.make("市直相关部门", kind="mechanism", rule="listed", by=coordinator)
    groups.add_members(group, [police], valid_from=None, valid_to=ON, by=coordinator, version=1)
    tomorrow = ON + dt.timedelta(days=1)
    groups.add_members(group, [health], valid_from=tomorrow, by=coordinator, version=2)
    row = docked(牵头部门="省民政厅", 配合部门="市直相关部门")

    applied(row)
    later = understand(row, on=tomorrow)

    assert owed() == [("省公安厅", "supporting"), ("省民政厅", "lead")]
    named = {duty.department_id: duty.role_in_item for duty in later.drafts[0].duties}
    assert health.pk in named
    assert police.pk not in named


def test_a_mechanism_that_leads_makes_all_its_members_lead(applied, coordinator, police, health):
    group = groups.make("数据共享协调机制", kind="mechanism", rule="listed", by=coordinator)
    groups.add_members(group, [police, health], valid_from=None, by=coordinator, version=1)

    applied(docked(牵头部门="数据共享协调机制", 配合部门=""))

    assert owed() == [("省公安厅", "lead"), ("省卫生健康委员会", "lead")]
    assert ListItem.objects.get().docking_terms.lead_names == "数据共享协调机制"


def test_a_group_without_members_on_the_day_is_a_warning(understand, coordinator):
    groups.make("市直相关部门", kind="group", rule="listed", by=coordinator)

    reading = understand(docked(配合部门="市直相关部门"))

    assert reading.outcome == "accept"
    assert [one.message for one in reading.warnings if one.kind == "empty_group"] != []


def test_of_several_bodies_in_one_cell_the_first_leads_after_the_tick(understand, applied):
    row = docked(牵头部门="省民政厅、省公安厅", 配合部门="")

    assert [one.kind for one in understand(row).problems] == ["multiple_departments"]
    applied(row, first_leads=True)

    assert owed() == [("省公安厅", "supporting"), ("省民政厅", "lead")]


# --- the queue


def test_what_is_applied_unresolved_waits_each_name_once_per_cell(applied):
    applied(MISSPELT)

    waiting = UnresolvedUnit.objects.open().order_by("text").values_list("text", "field")
    assert list(waiting) == [("某某办", "supporting_names"), ("省民证厅", "lead_names")]
    assert owed() == [("省公安厅", "supporting")]


def test_a_claimed_name_makes_the_missing_obligations_and_the_same_file_changes_nothing(
    applied, understand, civil, coordinator
):
    applied(MISSPELT)

    done = claiming.match("省民证厅", department=civil, by=coordinator, on=ON)

    assert (done.units, done.items, done.obligations) == (1, 1, 1)
    assert owed() == [("省公安厅", "supporting"), ("省民政厅", "lead")]
    made = Obligation.objects.get(department=civil)
    assert (made.status, made.depends_on.external) == ("draft", True)
    assert ObligationState.objects.filter(obligation=made).exists()
    assert ListItem.objects.get().docking_terms.lead_names == "省民政厅"
    again = importing.apply(understand(MISSPELT), target=TARGET, by=coordinator, on=ON)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)


def test_each_name_of_an_item_is_claimed_on_its_own(
    applied, understand, civil, health, coordinator
):
    applied(MISSPELT)

    claiming.match("某某办", department=health, by=coordinator, on=ON)
    claiming.match("省民证厅", department=civil, by=coordinator, on=ON)

    assert owed() == [
        ("省公安厅", "supporting"),
        ("省卫生健康委员会", "supporting"),
        ("省民政厅", "lead"),
    ]
    again = importing.apply(understand(MISSPELT), target=TARGET, by=coordinator, on=ON)
    assert again.changed_nothing


def test_a_providing_body_is_claimed_as_well(applied, civil, coordinator, read):
    row = books.row(提供部门="省民证厅")
    applied(row, kind="sharing", labels=books.SHARING)
    item = ListItem.objects.get()
    assert (item.body, item.body_text) == (None, "省民证厅")

    claiming.match("省民证厅", department=civil, by=coordinator, on=ON)

    item.refresh_from_db()
    assert (item.body, item.body_text) == (civil, "省民政厅")
    assert [row.duty for row in Obligation.objects.all()] == ["supply"]
    again = importing.apply(read(books.workbook(row)), target=TARGET, by=coordinator, on=ON)
    assert again.changed_nothing


def test_a_name_may_turn_out_to_mean_a_group(applied, coordinator, police, health):
    group = groups.make("市直相关部门", kind="group", rule="listed", by=coordinator)
    groups.add_members(group, [police, health], valid_from=None, by=coordinator, version=1)
    applied(docked(牵头部门="省民政厅", 配合部门="市直有关部门"))

    claiming.match("市直有关部门", group=group, by=coordinator, on=ON)

    assert ("省卫生健康委员会", "supporting") in owed()
    assert UnresolvedUnit.objects.get().group == group


def test_a_claim_closes_the_name_in_all_items_at_once_and_says_who(applied, civil, coordinator):
    applied(MISSPELT, docked(序号=2, 系统名称="其他系统", 牵头部门="省 民证厅"))

    done = claiming.match("省民证厅", department=civil, by=coordinator, on=ON)

    assert (done.units, done.items) == (2, 2)
    unit = UnresolvedUnit.objects.filter(outcome="matched").first()
    assert (unit.department, unit.decided_by, unit.decided_on) == (civil, coordinator, ON)
    entry = AuditEntry.objects.get(verb="match_unit")
    assert (entry.detail["item_count"], entry.detail["obligations"]) == (2, 2)


def test_two_rows_that_turn_out_to_be_about_the_same_stay_two(applied, civil, coordinator):
    wrong = books.row(提供部门="省民证厅")
    right = books.row(序号=2, 提供部门="省民政厅")
    applied(wrong, right, kind="sharing", labels=books.SHARING)

    claiming.match("省民证厅", department=civil, by=coordinator, on=ON)

    hashes = ListItem.objects.values_list("identity_hash", flat=True)
    assert len(set(hashes)) == 2


def test_a_dismissed_name_makes_nothing_and_does_not_ask_again(applied, coordinator, understand):
    applied(MISSPELT)
    claiming.dismiss("某某办", by=coordinator, on=ON)

    assert not UnresolvedUnit.objects.open().filter(text="某某办").exists()
    assert AuditEntry.objects.filter(verb="dismiss_unit").count() == 1
    reading = understand(MISSPELT)
    assert matching.queue([(ListItem.objects.get(), reading.drafts[0])], reading.kind) == 0


def test_what_somebody_decided_already_is_not_decided_again(applied, civil, coordinator):
    applied(MISSPELT)
    claiming.match("省民证厅", department=civil, by=coordinator, on=ON)

    for again in (
        lambda: claiming.match("省民证厅", department=civil, by=coordinator, on=ON),
        lambda: claiming.dismiss("省民证厅", by=coordinator, on=ON),
        lambda: claiming.dismiss("从未有过", by=coordinator, on=ON),
    ):
        with pytest.raises(RuleViolation):
            again()
    assert Obligation.objects.filter(department=civil).count() == 1


def test_a_refused_claim_leaves_everything_as_it_was(applied, police, coordinator):
    applied(MISSPELT)
    Department.objects.create(name="某某办", region=police.region)

    with pytest.raises(RuleViolation):
        claiming.match("某某办", department=police, by=coordinator, on=ON)
    assert UnresolvedUnit.objects.open().count() == 2
    assert not AuditEntry.objects.filter(verb="match_unit").exists()


def test_what_stands_in_a_withdrawn_item_is_closed_without_obligations(applied, civil, coordinator):
    applied(MISSPELT)
    ListItem.objects.update(withdrawn_on=ON)

    done = claiming.match("省民证厅", department=civil, by=coordinator, on=ON)

    assert (done.units, done.obligations) == (1, 0)


def test_a_cell_that_no_longer_holds_the_name_waits_no_longer(applied, coordinator):
    applied(MISSPELT)
    item = ListItem.objects.get()
    item.docking_terms.lead_names = "省民政厅"
    item.docking_terms.save()

    closed = matching.close_amended([item], on=ON, by=coordinator)

    assert closed == 1
    assert [unit.text for unit in UnresolvedUnit.objects.open()] == ["某某办"]
    assert UnresolvedUnit.objects.get(outcome="amended").decided_by == coordinator


def test_a_city_claims_only_what_its_own_imports_left(applied, civil, city_coordinator):
    applied(MISSPELT)

    with pytest.raises(RuleViolation):
        claiming.dismiss("某某办", by=city_coordinator, on=ON)
    assert UnresolvedUnit.objects.open().count() == 2
