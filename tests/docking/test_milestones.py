"""Five stages in their order: planned, reached, not needed; what comes next stands on record."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from docking import milestones, stages
from docking.milestones import Planned
from docking.models import Milestone
from docking.models.milestones import ORDER
from docking.steps import of
from obligations import calendars, fulfilment
from obligations.models import Obligation, ObligationState
from obligations.today import today
from obligations.workdays import Calendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    return today()


def in_days(count):
    return today() + dt.timedelta(days=count)


def planned(*days):
    return {stage: Planned(day) for stage, day in zip(ORDER, days, strict=True)}


def reached(row):
    return [one.reached_on for one in of(row).values()]


def test_a_plan_is_kept_with_what_comes_next_history_and_audit(row, officer, day):
    before = row.version
    plan = planned(in_days(3), in_days(5), in_days(9), None, in_days(20))

    milestones.plan(row, by=officer, on=day, plan=plan, version=before)

    assert [one.planned_on for one in of(row).values()] == [one.planned_on for one in plan.values()]
    assert (row.next_milestone_on, row.version) == (in_days(3), before + 1)
    assert ObligationState.objects.at(day).get(obligation=row).next_milestone_on == in_days(3)
    entry = AuditEntry.objects.get(verb="plan_milestones")
    assert entry.detail["milestones"]["open"][1][0] == in_days(3).isoformat()
    assert "联调" in entry.detail["note"]


def test_reaching_goes_in_order_and_moves_what_comes_next(row, officer, day):
    days = [in_days(number) for number in (3, 5, 9, 12, 20)]
    milestones.plan(row, by=officer, on=day, plan=planned(*days))
    with pytest.raises(RuleViolation, match="接口开放"):
        milestones.reach(row, "joint", reached_on=day, by=officer, on=day)

    for number, stage in enumerate(ORDER):
        milestones.reach(row, stage, reached_on=day, by=officer, on=day)
        following = days[number + 1] if number < 4 else None
        assert row.next_milestone_on == following
    assert reached(row) == [day] * 5
    with pytest.raises(RuleViolation):
        milestones.reach(row, "use", reached_on=day, by=officer, on=day)


def test_a_stage_that_is_not_needed_is_stepped_over(row, officer, day):
    plan = {"open": Planned(not_needed="系统已开放"), "joint": Planned(in_days(4))}
    milestones.plan(row, by=officer, on=day, plan=plan)
    with pytest.raises(RuleViolation):
        milestones.reach(row, "open", reached_on=day, by=officer, on=day)

    milestones.reach(row, "joint", reached_on=day, by=officer, on=day)

    assert reached(row)[:2] == [None, day]
    plan = {"joint": Planned(not_needed="后来觉得不需要")}
    with pytest.raises(RuleViolation):
        milestones.plan(row, by=officer, on=day, plan=plan)


@pytest.mark.parametrize(
    "plan",
    [
        {"open": Planned(in_days(9)), "joint": Planned(in_days(3))},
        {"open": Planned(in_days(9)), "live": Planned(in_days(3))},
        {"open": Planned(weight=0)},
        {"open": Planned(weight=101)},
        {stage: Planned(not_needed="无") for stage in ORDER},
        {"open": Planned(dt.date(2100, 1, 1))},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_and_nothing_is_kept(row, officer, day, plan):
    with pytest.raises(RuleViolation):
        milestones.plan(row, by=officer, on=day, plan=plan)
    assert not Milestone.objects.exists()
    row.refresh_from_db()
    assert row.next_milestone_on is None


def test_a_day_in_the_future_or_before_an_earlier_stage_is_refused(row, officer, day):
    with pytest.raises(RuleViolation):
        milestones.reach(row, "open", reached_on=in_days(1), by=officer, on=day)
    milestones.reach(row, "open", reached_on=day, by=officer, on=day)
    with pytest.raises(RuleViolation):
        milestones.reach(row, "joint", reached_on=in_days(-1), by=officer, on=day)
    assert reached(row) == [day, None, None, None, None]


def test_the_last_stage_can_be_taken_back(row, officer, day):
    for stage in ("open", "joint"):
        milestones.reach(row, stage, reached_on=day, by=officer, on=day)
    with pytest.raises(RuleViolation):
        milestones.take_back(row, "open", by=officer, on=day)
    milestones.take_back(row, "joint", by=officer, on=day)
    assert reached(row) == [day, None, None, None, None]


def test_an_old_version_is_refused(row, officer, coordinator, day):
    seen = row.version
    milestones.plan(row, by=coordinator, on=day, plan={"open": Planned(in_days(3))}, version=seen)
    with pytest.raises(StaleVersion):
        milestones.reach(row, "open", reached_on=day, by=officer, on=day, version=seen)


def test_who_may_do_what(row, officer2, coordinator, reviewer, leader, day):
    for by in (officer2, reviewer, leader):
        with pytest.raises(PermissionDenied):
            milestones.plan(row, by=by, on=day, plan={"open": Planned(in_days(3))})
    with pytest.raises(PermissionDenied):
        milestones.reach(row, "open", reached_on=day, by=coordinator, on=day)


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_what_is_not_in_force_has_no_stages(connect, police, officer, day, status):
    with pytest.raises(RuleViolation):
        milestones.plan(connect(police, status=status), by=officer, on=day, plan={})


def test_another_duty_has_no_stages(owe, police, officer, day):
    with pytest.raises(RuleViolation):
        milestones.plan(owe(police, status="in_progress"), by=officer, on=day, plan={})


def test_a_milestone_that_passes_turns_the_light_yellow_until_it_is_reached(row, officer, day):
    milestones.plan(row, by=officer, on=day, plan=planned(day, *[in_days(30)] * 4))
    row.refresh_from_db()
    assert row.light == "green"

    fulfilment.judge(as_of=in_days(1), today=in_days(1))
    row.refresh_from_db()
    assert (row.light, row.light_reason) == ("yellow", "milestone_passed")

    milestones.reach(row, "open", reached_on=in_days(1), by=officer, on=in_days(1))
    assert row.light == "green"


def test_the_default_plan_is_spread_over_the_working_days_until_the_due_date(row, officer, day):
    milestones.plan_by_default(row, by=officer, on=day)

    days = [one.planned_on for one in of(row).values()]
    assert days == sorted(days)
    assert days[-1] == row.due_on
    assert row.next_milestone_on == days[0]
    calendar = calendars.current()
    assert all(calendar.is_workday(one) for one in days[:-1])
    gaps = [calendar.count(first, last) for first, last in zip([day, *days], days, strict=False)]
    assert max(gaps) - min(gaps) <= 1


def test_what_was_reached_or_is_not_needed_is_left_out_of_the_default_plan(row, officer, day):
    plan = {"joint": Planned(not_needed="不需要联调")}
    milestones.plan(row, by=officer, on=day, plan=plan)
    milestones.reach(row, "open", reached_on=day, by=officer, on=day)
    milestones.plan_by_default(row, by=officer, on=day)
    days = [one.planned_on for one in of(row).values()]
    assert days[:2] == [None, None]
    assert days[-1] == row.due_on


def test_a_due_date_that_has_passed_or_is_missing_gives_no_default_plan(
    connect, police, officer, day
):
    late = connect(police, due_on=in_days(-1))
    with pytest.raises(RuleViolation):
        milestones.plan_by_default(late, by=officer, on=day)
    ongoing = connect(police)
    Obligation.objects.filter(pk=ongoing.pk).update(
        due_on=None, original_due_on=None, due_kind="ongoing"
    )
    with pytest.raises(RuleViolation):
        milestones.plan_by_default(ongoing, by=officer, on=day)


def test_one_click_plans_all_that_have_none_and_overwrites_nothing(
    connect, police, health, officer, officer2, coordinator, day
):
    mine, own_plan = connect(police), connect(police)
    theirs, late = connect(health), connect(health, due_on=in_days(-3))
    milestones.plan(own_plan, by=officer, on=day, plan={"open": Planned(in_days(2))})

    rows = Obligation.objects.visible_to(officer)
    assert milestones.plan_all_by_default(rows, by=officer, on=day) == 1
    rows = Obligation.objects.visible_to(coordinator)
    assert milestones.plan_all_by_default(rows, by=coordinator, on=day) == 1
    assert milestones.plan_all_by_default(rows, by=coordinator, on=day) == 0

    for row in (mine, theirs):
        version = row.version
        row.refresh_from_db()
        assert row.version == version + 1
        assert row.next_milestone_on == of(row)["open"].planned_on
        state = ObligationState.objects.at(day).get(obligation=row)
        assert state.next_milestone_on == row.next_milestone_on
    assert of(own_plan)["joint"].planned_on is None
    assert of(late)["open"].pk is None
    assert AuditEntry.objects.filter(verb="plan_milestones").count() == 3


def test_a_citys_coordinator_plans_the_own_region_only(
    connect, make_department, make_user, police, city, day
):
    bureau = make_department("甲市数据局", at=city)
    by = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    own, other = connect(bureau), connect(police)
    rows = Obligation.objects.visible_to(by)
    assert milestones.plan_all_by_default(rows, by=by, on=day) == 1
    assert (of(own)["use"].planned_on, of(other)["use"].pk) == (own.due_on, None)


def test_progress_by_schedule_is_weight_reached_against_weight_planned():
    steps = [
        Milestone(stage="open", weight=2, planned_on=in_days(-5), reached_on=in_days(-6)),
        Milestone(stage="joint", weight=3, planned_on=in_days(0)),
        Milestone(stage="test", weight=5),
        Milestone(stage="live", weight=90, not_needed="无"),
    ]
    made = stages.progress(steps, on=today())
    assert (str(made.reached), str(made.planned), made.is_behind) == ("20.0%", "50.0%", True)
    assert not stages.progress(steps, on=in_days(-1)).is_behind


def test_days_are_spread_evenly_and_end_on_the_due_date():
    plain = Calendar({})
    monday = dt.date(2026, 3, 2)
    found = stages.spread(monday, dt.date(2026, 3, 13), count=3, calendar=plain)
    assert found == [dt.date(2026, 3, 5), dt.date(2026, 3, 10), dt.date(2026, 3, 13)]
    # A due date on a Sunday stays; nothing lies beyond it.
    sunday = dt.date(2026, 3, 8)
    assert stages.spread(monday, sunday, count=5, calendar=plain)[-1] == sunday
    assert stages.spread(monday, sunday, count=0, calendar=plain) == []
    tomorrow = monday + dt.timedelta(days=1)
    assert set(stages.spread(monday, tomorrow, count=5, calendar=plain)) <= {monday, tomorrow}
