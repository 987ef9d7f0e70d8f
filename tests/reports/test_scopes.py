"""A report is about a territory, and of it about everything, a list, a batch or a scene."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation
from accounts.models import Level, Role
from jobs.models import Job
from obligations import dispatch
from obligations.models import Obligation, ResponsibilityList
from reports import making, matters, snapshots, workbooks
from reports.forms import ReportForm
from reports.models import FigureLine, Snapshot
from reports.scopes import Batch, Scope

AS_OF = dt.date(2025, 11, 21)
DAY = dt.date(2025, 8, 1)  # since then there is a list
BATCH = Batch("sharing", Level.PROVINCE, 7)


@pytest.fixture
def two_lists(make_item, owe, police, health, sharing_list):
    """Each list has one of police and one of health; two items name a scene that another holds."""
    second = ResponsibilityList.objects.create(
        kind="sharing", level=Level.CITY, batch=7, title="甲市政务数据共享责任清单（第七批）"
    )
    for body in (police, health):
        for home, scenes in ((sharing_list, "、新生儿出生、"), (second, "、出生、")):
            owe(body, item=make_item(body, on_list=home, scenes=scenes), status="issued")
    return sharing_list, second


def took(scope, by):
    return snapshots.take(as_of=AS_OF, today=AS_OF, by=by, scope=scope)


def facts(snapshot):
    lines = snapshot.lines.order_by("pk")
    return {(line.department_name, line.list_title, line.scenes.strip("、")) for line in lines}


@pytest.mark.parametrize(
    ("scope", "name", "title", "count"),
    [
        (lambda one: Scope(on_list=one), "全省《{list}》", "全省《{list}》落实情况", 2),
        (
            lambda one: Scope(batch=BATCH),
            "全省省级第7批政务数据共享责任清单",
            "全省省级第7批政务数据共享责任清单落实情况",
            2,
        ),
        (
            lambda one: Scope(scene="出生"),
            "全省“出生”一件事",
            "全省“出生”一件事数据共享责任清单落实情况",
            2,
        ),
        (lambda one: Scope(), "全省", "全省数据共享责任清单落实情况", 4),
    ],
)
def test_a_snapshot_holds_its_matter_alone_and_is_called_by_it(
    two_lists, coordinator, scope, name, title, count
):
    asked = scope(two_lists[0])
    taken = took(asked, coordinator)
    assert taken.scope_name == name.format(list=two_lists[0].title)
    assert taken.title == title.format(list=two_lists[0].title)
    assert taken.lines.count() == count
    assert taken.figures.get(grouping=FigureLine.Grouping.WHOLE).total == count
    assert Scope.of_row(taken) == asked == Scope.from_args(asked.args)


def test_a_scene_is_not_every_scene_whose_name_holds_its_name(two_lists, coordinator):
    assert {scenes for _d, _l, scenes in facts(took(Scope(scene="出生"), coordinator))} == {"出生"}


def test_a_batch_of_another_level_is_another_batch(two_lists, coordinator):
    taken = took(Scope(batch=Batch("sharing", Level.CITY, 7)), coordinator)
    assert {title for _d, title, _s in facts(taken)} == {two_lists[1].title}


def test_a_batch_of_another_kind_is_another_batch(
    two_lists, owe, police, docking_item, coordinator
):
    docking_item.list.level, docking_item.list.batch = Level.PROVINCE, 7
    docking_item.list.save()
    owe(police, item=docking_item, duty="connect", status="issued")
    taken = took(Scope(batch=BATCH), coordinator)
    assert set(taken.lines.values_list("kind", flat=True)) == {"sharing"}


def test_an_officer_reports_on_the_own_department_alone_with_a_matter(
    two_lists, officer, police, health
):
    taken = took(Scope(department=police, on_list=two_lists[0]), officer)
    assert taken.is_own
    assert {name for name, _l, _s in facts(taken)} == {"省公安厅"}
    for scope in (Scope(on_list=two_lists[0]), Scope(department=health, scene="出生")):
        with pytest.raises(PermissionDenied):
            took(scope, officer)


def test_a_citys_coordinator_names_the_city_beside_the_matter(
    two_lists, owe, make_item, make_department, make_user, city
):
    bureau = make_department("甲市教育局", at=city)
    owe(bureau, item=make_item(bureau, on_list=two_lists[1]), status="issued")
    local = make_user("local", Role.COORDINATOR, department=bureau, region=city)
    taken = took(Scope(region=city, on_list=two_lists[1]), local)
    assert {name for name, _l, _s in facts(taken)} == {"甲市教育局"}
    # The other list names nobody of the city: it is not there for the city.
    for scope in (Scope(on_list=two_lists[1]), Scope(region=city, on_list=two_lists[0])):
        with pytest.raises(PermissionDenied):
            took(scope, local)


def test_nothing_is_asked_of_a_day_before_the_first_list(two_lists, coordinator):
    before = DAY - dt.timedelta(1)
    with pytest.raises(RuleViolation):
        making.ask(on=before, today=AS_OF, by=coordinator, scope=Scope())
    making.ask(on=DAY, today=AS_OF, by=coordinator, scope=Scope())


def test_each_scope_is_a_job_of_its_own(two_lists, coordinator, police, city):
    scopes = [
        Scope(),
        Scope(department=police),
        Scope(on_list=two_lists[0]),
        Scope(on_list=two_lists[1]),
        Scope(department=police, on_list=two_lists[0]),
        Scope(batch=BATCH),
        Scope(batch=Batch("sharing", Level.CITY, 7)),
        Scope(scene="出生"),
        Scope(scene="新生儿出生"),
    ]
    for _twice in range(2):
        for scope in scopes:
            making.ask(on=AS_OF, today=AS_OF, by=coordinator, scope=scope)
    jobs = Job.objects.filter(kind="reports.make")
    assert [Scope.from_args(job.args) for job in jobs.order_by("pk")] == scopes


def test_the_name_of_the_file_is_one_that_every_disk_can_hold(two_lists, coordinator):
    two_lists[0].title = '甲/乙:"丙"' + "长" * 280
    two_lists[0].save()
    name = workbooks.file_name(took(Scope(on_list=two_lists[0]), coordinator))
    assert not set(name) & set('/\\:*?"<>|\n')
    assert len(name.encode()) <= 255
    assert name.startswith("全省《甲／乙：＂丙＂长")
    assert name.endswith("-20251121.xlsx")


def test_the_form_offers_what_the_user_may_see_and_makes_the_scope(
    two_lists, coordinator, officer, police, health
):
    offered = dict(matters.offered(officer))
    assert [len(choices) for choices in offered.values()] == [2, 2, 2]
    for by, territory in ((officer, {"department": police}), (coordinator, {})):
        for value, matter in (
            (f"list:{two_lists[0].pk}", {"on_list": two_lists[0]}),
            ("batch:sharing:province:7", {"batch": BATCH}),
            ("scene:出生", {"scene": "出生"}),
            ("", {}),
        ):
            form = ReportForm({"on": "2025-11-21", "matter": value}, by=by)
            assert form.is_valid(), form.errors
            assert form.scope == Scope(**territory, **matter)
    for wrong in ("list:999999", "batch:sharing:central:7", "scene:企业开办", "list:", "x"):
        assert not ReportForm({"on": "2025-11-21", "matter": wrong}, by=officer).is_valid()


def test_the_form_takes_one_territory(two_lists, owe, make_department, city, police, coordinator):
    owe(make_department("甲市教育局", at=city), status="issued")
    said = {"on": "2025-11-21", "region": city.pk}
    form = ReportForm(said, by=coordinator)
    assert form.is_valid()
    assert form.scope == Scope(region=city)
    assert not ReportForm({**said, "department": police.pk}, by=coordinator).is_valid()
    # 示例省 as a place is its own departments alone: nobody takes that for 全省.
    assert police.region_id == city.parent_id
    assert not ReportForm({**said, "region": police.region_id}, by=coordinator).is_valid()


def test_a_snapshot_has_one_territory_and_one_matter(two_lists, coordinator, police, city):
    taken = took(Scope(on_list=two_lists[0]), coordinator)
    for columns in (
        {"region": city, "department": police},
        {"scene": "出生"},
        {"batch": 7, "batch_kind": "sharing", "batch_level": "province"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Snapshot.objects.filter(pk=taken.pk).update(**columns)


def test_what_belongs_to_another_matter_was_not_recorded_late_in_this_one(
    two_lists, coordinator, officer, police
):

    row = Obligation.objects.get(department=police, item__list=two_lists[0])
    dispatch.accept(row, by=officer, on=AS_OF)
    counts = [
        took(scope, coordinator).recorded_later_count
        for scope in (Scope(on_list=two_lists[0]), Scope(on_list=two_lists[1]), Scope(scene="出生"))
    ]
    assert counts == [1, 0, 0]


def test_reports_on_the_same_are_found_whatever_they_were_called(two_lists, coordinator):
    one = took(Scope(on_list=two_lists[0]), coordinator)
    two_lists[0].title = "改名"
    two_lists[0].save()
    two = took(Scope(on_list=two_lists[0]), coordinator)
    for other in (Scope(), Scope(on_list=two_lists[1]), Scope(batch=BATCH), Scope(scene="出生")):
        took(other, coordinator)
    assert set(Snapshot.objects.about_the_same(one)) == {one, two}
