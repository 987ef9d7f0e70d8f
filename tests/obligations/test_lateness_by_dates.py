"""Who is late is asked of the dates: whatever a rule of lights shows first, nobody is missed."""

import datetime as dt

import pytest

from obligations import dispatch, fulfilment, light_rules, lights, urging
from obligations.lateness import lateness
from obligations.models import Obligation
from tests.obligations.mornings import remind, told

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 9, 2)
SHIPPED = [
    code
    for code in lights.DEFAULT_RULE.reasons
    if code not in (*lights.FIXED_FIRST, lights.FIXED_LAST)
]


@pytest.fixture
def rule(coordinator):
    """rule(reasons): that version of the rule is in force on the day."""

    def put(reasons):
        first = DAY - dt.timedelta(days=7)
        said = {"days": {}, "effective_from": first, "note": "示例函"}
        drafted = light_rules.draft(reasons, today=first - dt.timedelta(days=1), **said)
        light_rules.add(drafted, by=coordinator)

    return put


@pytest.fixture
def planned(owe, police, coordinator, officer):
    """planned(due_on): in progress, with a plan that has passed."""

    def make(due_on, **facts):
        row = owe(police, due_on=due_on)
        dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
        dispatch.accept(row, by=officer, on=dt.date(2025, 8, 5))
        passed = {"planned_on": dt.date(2025, 8, 20), **facts}
        Obligation.objects.filter(pk=row.pk).update(**passed)
        return row

    return make


def above(code, other):
    """The shipped order with one condition moved before another."""
    rest = [one for one in SHIPPED if one != code]
    return [*rest[: rest.index(other)], code, *rest[rest.index(other) :]]


def urged(coordinator):
    found = urging.urgeable(Obligation.objects.all(), by=coordinator, on=DAY)
    return [row.pk for row in found.order_by("pk")]


def test_a_rule_with_the_passed_plan_above_overdue_hides_no_overdue_row(
    rule, planned, officer, coordinator
):
    rule(above("plan_passed", "overdue"))
    late, soon = planned(DAY - dt.timedelta(days=1)), planned(DAY + dt.timedelta(days=1))
    planned(DAY + dt.timedelta(days=90))

    remind(DAY)

    assert told(officer, DAY) == {"overdue": [late.pk], "due_soon": [soon.pk]}
    assert told(coordinator, DAY) == {"overdue": [late.pk]}
    assert urged(coordinator) == [late.pk]


def test_what_is_blocked_or_being_mended_is_still_not_held_against_the_department(
    rule, planned, officer, coordinator
):
    rule(above("plan_passed", "overdue"))
    due = DAY - dt.timedelta(days=1)
    planned(due, blocked=True)
    planned(due, first_completed_on=due, mend_until=DAY + dt.timedelta(days=3))

    remind(DAY)

    assert told(officer, DAY) is None
    assert urged(coordinator) == []


def test_a_rule_that_does_not_excuse_mending_lets_it_be_urged_about(rule, planned, coordinator):
    rule(above("overdue", "mending"))
    due = DAY - dt.timedelta(days=1)
    row = planned(due, first_completed_on=due, mend_until=DAY + dt.timedelta(days=3))

    assert urged(coordinator) == [row.pk]


@pytest.mark.parametrize("code", ["plan_passed", "overdue"])
def test_a_row_says_how_many_days_it_is_late_whatever_its_light_shows_first(rule, planned, code):
    """With the passed plan above 逾期 it is yellow; late it is all the same."""
    other = "overdue" if code == "plan_passed" else "plan_passed"
    rule(above(code, other))
    row = planned(DAY - dt.timedelta(days=1))
    fulfilment.check(as_of=DAY, today=DAY)
    row.refresh_from_db()

    assert row.light_reason == code
    assert lateness(DAY).of(row) == 1


@pytest.mark.parametrize("facts", [{"blocked": True}, "mending"])
def test_what_a_rule_does_not_excuse_counts_its_days_late(rule, planned, facts):
    due = DAY - dt.timedelta(days=1)
    if facts == "mending":
        facts = {"first_completed_on": due, "mend_until": DAY + dt.timedelta(days=3)}
    planned(due, **facts)
    [row] = Obligation.objects.all()
    assert lateness(DAY).of(row) is None
    rule(above("overdue", "blocked"))
    assert lateness(DAY).of(row) == 1
