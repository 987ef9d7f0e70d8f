"""Plans of reports: made, changed and ended within the own scope; what is due follows them."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from obligations.models import CalendarDay
from reports import planned, plans
from reports.models import PlannedReport, ReportPlan
from reports.recipients import readers
from reports.rhythm import Rule
from reports.scopes import Batch, Scope
from reports.snapshots import Snapshot

pytestmark = pytest.mark.django_db

D = dt.date
NOW = D(2025, 10, 20)
MONTHLY, QUARTERLY = Rule("month", 3), Rule("quarter", 3)


@pytest.fixture
def listed(owe, police, health):
    """A list is there since August."""
    return [owe(police, status="issued"), owe(health, status="issued")]


@pytest.fixture
def make(coordinator, listed):
    def plan(scope=None, *, rule=MONTHLY, recipients=(), on=NOW, by=coordinator, active_from=None):
        return plans.make(
            scope or Scope(),
            rule=rule,
            recipients=recipients,
            active_from=active_from or on,
            by=by,
            on=on,
        )

    return plan


@pytest.fixture
def change(coordinator):
    def plan(row, *, on, rule=None, recipients=(), by=coordinator, version=None):
        return plans.change(
            row,
            rule=rule or row.rule,
            recipients=recipients,
            by=by,
            on=on,
            version=version or row.version,
        )

    return plan


@pytest.fixture
def city_coordinator(make_user, bureau, city):
    return make_user("city", Role.COORDINATOR, department=bureau, region=city)


def made(plan=None):
    rows = PlannedReport.objects.filter(plan=plan) if plan else PlannedReport.objects.all()
    return list(rows.order_by("pk").values_list("period", flat=True))


def next_days(plan, *, on, count=3):
    return [due.on for due in planned.coming(plan, on=on, count=count)]


def test_the_first_report_is_the_first_that_falls_due_from_the_day_on(make):
    plan = make()
    assert next_days(plan, on=NOW, count=1) == [D(2025, 11, 5)]
    # What is due today is not yet to come.
    assert next_days(plan, on=D(2025, 11, 5), count=1) == [D(2025, 12, 3)]
    assert made() == []
    planned.settle(on=NOW)
    assert made() == []


def test_a_plan_that_begins_on_its_day_has_that_report_at_once(make):
    make(on=D(2025, 11, 5))

    planned.settle(on=D(2025, 11, 5))

    assert made() == ["2025-10"]


def test_a_plan_does_not_begin_in_the_past(make):
    with pytest.raises(RuleViolation, match="今日或之后"):
        make(active_from=NOW - dt.timedelta(days=1))


@pytest.mark.parametrize("rule", [Rule("month", 0), Rule("month", 16), Rule("month", 3, True)])
def test_a_rule_that_cannot_be_kept_is_refused_and_the_database_would_refuse_it(make, rule):
    with pytest.raises(RuleViolation):
        make(rule=rule)
    plan = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportPlan.objects.filter(pk=plan.pk).update(number=rule.number, from_end=rule.from_end)


def test_two_plans_of_the_same_scope_and_rhythm_are_one_too_many(make, police):
    make()
    with pytest.raises(RuleViolation, match="已有"):
        make(rule=Rule("month", 5))
    make(rule=QUARTERLY)
    make(Scope(department=police))


@pytest.fixture
def matters(sharing_list, listed):
    listed[0].item.scenes = "、新生儿出生、"
    listed[0].item.save()
    home = sharing_list
    return {
        "list": Scope(on_list=home),
        "batch": Scope(batch=Batch(home.kind, home.level, home.batch)),
        "scene": Scope(scene="新生儿出生"),
    }


@pytest.mark.parametrize("matter", ["list", "batch", "scene"])
def test_a_plan_of_a_list_a_batch_or_a_scene_makes_reports_of_it_beside_the_whole(
    make, matters, matter, coordinator
):
    scope = matters[matter]
    make()
    plan = make(scope)
    with pytest.raises(RuleViolation):
        make(scope)

    plan = ReportPlan.objects.get(pk=plan.pk)
    assert plan.scope == scope
    assert str(plan).startswith(scope.name)
    rows = [row for row in planned.settle(on=D(2025, 11, 5)) if row.plan_id == plan.pk]
    assert [Scope.from_args(row.job.args) for row in rows] == [scope]


def test_a_plan_after_another_of_the_same_matter_does_not_make_its_reports_again(
    make, matters, coordinator
):
    scope = matters["scene"]
    first = make(scope)
    planned.settle(on=D(2025, 11, 5))
    plans.end(first, by=coordinator, on=D(2025, 11, 5), version=1)

    again, other = (
        make(one, on=D(2025, 11, 5), active_from=D(2025, 11, 5)) for one in (scope, matters["list"])
    )

    assert next_days(again, on=D(2025, 11, 4), count=1) == [D(2025, 12, 3)]
    assert next_days(other, on=D(2025, 11, 4), count=1) == [D(2025, 11, 5)]


def test_a_plan_has_one_matter_and_a_whole_batch(make, matters, sharing_list):
    plan = make()
    for wrong in (
        {"on_list": sharing_list, "scene": "新生儿出生"},
        {"batch": 7},
        {"batch_kind": "sharing"},
        {"on_list": sharing_list, "batch": 7, "batch_kind": "sharing", "batch_level": "province"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportPlan.objects.filter(pk=plan.pk).update(**wrong)


def test_a_plan_made_after_one_ended_does_not_make_its_reports_again(make, coordinator):
    day = D(2025, 11, 5)
    first = make()
    planned.settle(on=day)
    plans.end(first, by=coordinator, on=day, version=1)

    second = make(on=day)
    planned.settle(on=day)

    assert (made(first), made(second)) == (["2025-10"], [])
    assert next_days(second, on=day, count=1) == [D(2025, 12, 3)]


def test_a_plan_made_after_another_took_its_rhythm_away_does_not_make_its_reports_again(
    make, change
):
    day = D(2025, 11, 5)
    first = change(make(), rule=QUARTERLY, on=day)

    second = make(on=day)
    planned.settle(on=day)

    assert (made(first), made(second)) == (["2025-10"], [])


def test_who_may_keep_a_plan(make, city, city_coordinator, officer, leader, health, police):
    make(Scope(region=city), by=city_coordinator)
    for scope in (Scope(), Scope(department=health)):
        with pytest.raises(PermissionDenied):
            make(scope, by=city_coordinator)
    for by in (officer, leader):
        with pytest.raises(PermissionDenied):
            make(Scope(department=police), by=by)


def test_nobody_is_a_recipient_who_may_not_read_the_report(make, leader, officer, police):
    with pytest.raises(RuleViolation, match="officer"):
        make(recipients=[leader, officer])
    plan = make(Scope(department=police), recipients=[leader, officer])
    assert set(plan.recipients.all()) == {leader, officer}


def test_those_who_may_receive_are_those_who_may_read_what_is_published(
    make_user, bureau, city, police, health, region, make_department, bring
):
    far = make_department("甲市公安局", at=city)
    for role in Role.values:
        for number, (department, place) in enumerate(
            [(bureau, None), (bureau, city), (bureau, region), (police, None), (far, None)]
        ):
            make_user(f"{role}-{number}", role, department=department, region=place)
    everybody = [*readers(Scope()).model.objects.all()]
    # What is sent is published.
    signed = {"state": "published"}
    for act, person in (("reviewed", everybody[0]), ("published", everybody[1])):
        signed |= {f"{act}_by": person, f"{act}_by_name": "x"}
        signed[f"{act}_at"] = dt.datetime(2025, 10, 20, tzinfo=dt.UTC)
    for scope in (Scope(), Scope(region=city), Scope(department=far), Scope(department=police)):
        snapshot = Snapshot.objects.create(
            as_of=NOW,
            taken_at=dt.datetime(2025, 10, 20, tzinfo=dt.UTC),
            region=scope.region,
            department=scope.department,
            due_soon_days=5,
            **signed,
        )
        bring(snapshot, "published")
        may = {user for user in everybody if snapshot in Snapshot.objects.visible_to(user)}
        assert set(readers(scope)) == may


def test_a_change_in_the_middle_of_a_period_neither_drops_nor_repeats_a_report(make, change):
    plan = make(rule=Rule("month", 5))
    # October was due on 7 November; by the new rule it would have been on the 5th.
    plan = change(plan, rule=Rule("month", 3), on=D(2025, 11, 6))
    planned.settle(on=D(2025, 11, 6))
    assert made() == ["2025-10"]
    # November was made on 3 December; by the newer rule it falls on the 5th.
    planned.settle(on=D(2025, 12, 3))
    change(plan, rule=Rule("month", 5), on=D(2025, 12, 4))
    planned.settle(on=D(2025, 12, 31))
    assert made() == ["2025-10", "2025-11"]


def test_what_fell_due_before_a_change_is_made_by_the_rule_that_was(make, change):
    plan = make()
    change(plan, rule=Rule("month", 15), on=D(2025, 11, 6))

    assert made() == ["2025-10"]
    assert PlannedReport.objects.get().due_on == D(2025, 11, 5)
    assert PlannedReport.objects.get().plan_version == 1


@pytest.mark.parametrize(("day", "periods"), [(D(2025, 11, 5), ["2025-10"]), (D(2025, 11, 4), [])])
def test_what_falls_due_on_the_day_of_a_change_is_made_by_the_rule_that_was(
    make, change, day, periods
):
    plan = change(make(), rule=Rule("month", 15), on=day)
    assert made() == periods
    planned.settle(on=D(2025, 11, 30))
    assert list(PlannedReport.objects.values_list("period", "plan_version")) == [
        ("2025-10", 1 if periods else plan.version)
    ]


def test_a_change_is_held_to_what_a_new_plan_is(make, change, officer):
    plan = make()
    with pytest.raises(RuleViolation, match="15"):
        change(plan, rule=Rule("month", 16), on=NOW)
    with pytest.raises(RuleViolation, match="officer"):
        change(plan, recipients=[officer], on=NOW)
    plan.refresh_from_db()
    assert (plan.rule, plan.version, plan.recipients.count()) == (MONTHLY, 1, 0)


def test_another_rhythm_begins_with_its_own_next_period(make, change):
    plan = make()
    plan = change(plan, rule=QUARTERLY, on=D(2025, 11, 20))

    assert made() == ["2025-10"]
    assert next_days(plan, on=D(2025, 11, 20), count=2) == [D(2026, 1, 6), D(2026, 4, 3)]


@pytest.mark.parametrize(
    ("active_from", "changed", "period"),
    [(NOW, D(2025, 12, 10), "2025-12"), (D(2025, 12, 1), NOW, "2025-11")],
)
def test_another_rhythm_begins_neither_before_the_change_nor_before_the_plan(
    make, change, active_from, changed, period
):
    plan = make(rule=QUARTERLY, active_from=active_from)
    change(plan, rule=MONTHLY, on=changed)
    planned.settle(on=D(2026, 1, 31))
    assert made()[0] == period


def test_nothing_is_due_of_a_plan_that_ended_and_what_was_missed_before_is_made(make, coordinator):
    plan = make()
    plans.end(plan, by=coordinator, on=D(2025, 12, 3), version=1)

    planned.settle(on=D(2026, 6, 1))

    assert made() == ["2025-10"]
    plan.refresh_from_db()
    assert next_days(plan, on=NOW) == []
    with pytest.raises(RuleViolation, match="已终止"):
        plans.end(plan, by=coordinator, on=D(2025, 12, 4), version=2)


def test_a_stale_change_is_refused_and_every_version_stands_in_the_audit(
    make, change, leader, coordinator
):
    plan = make()
    change(plan, on=NOW, recipients=[leader])
    with pytest.raises(StaleVersion):
        change(plan, on=NOW, version=1)
    with pytest.raises(StaleVersion):
        plans.end(plan, by=coordinator, on=NOW, version=1)

    first, second = AuditEntry.objects.of("reports.reportplan", plan.pk)
    assert (first.verb, first.detail["recipients"], first.detail["version"]) == (
        "make_report_plan",
        [],
        1,
    )
    assert second.detail["changes"] == {"recipients": [[], ["leader"]]}
    assert (second.detail["version"], second.detail["number"]) == (2, 3)


def test_a_citys_holidays_move_its_own_plan_alone(make, city, city_coordinator):
    CalendarDay.objects.create(
        day=D(2025, 11, 3), region=city, is_workday=False, note="【示例】节", source="示例"
    )
    there = make(Scope(region=city), by=city_coordinator)

    assert next_days(there, on=NOW, count=1) == [D(2025, 11, 6)]
    assert next_days(make(), on=NOW, count=1) == [D(2025, 11, 5)]
    planned.settle(on=D(2025, 11, 5))
    assert made(there) == []


def test_the_shipped_plan_is_the_provinces_monthly_one_and_is_loaded_once(db):
    call_command("load_plans")
    call_command("load_plans")

    plan = ReportPlan.objects.get()
    assert (plan.rule, plan.scope, plan.made_by) == (MONTHLY, Scope(), None)


def test_the_shipped_plan_does_not_come_back_after_it_was_ended(make, coordinator):
    plans.end(make(), by=coordinator, on=NOW, version=1)

    call_command("load_plans")

    assert ReportPlan.objects.count() == 1
