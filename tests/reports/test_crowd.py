"""One big invented crowd, loaded once: what must be true of all of it."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import F

from accounts.models import Department
from obligations import calendars, fulfilment
from obligations.models import DateBasis, Light, ListItem, Obligation, Status
from reports.sampling import crowd

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def checked(django_db_setup, django_db_blocker):
    """What the check after loading found; all is taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield crowd.load(obligation_count=1200, seed=1, today=TODAY)
        transaction.set_rollback(True)


def test_every_status_and_light_and_all_departments_of_the_province_take_part(checked):
    assert set(Obligation.objects.values_list("status", flat=True)) == set(Status.values)
    assert set(checked.by_light) == set(Light.values)
    idle = Department.objects.exclude(level="central").filter(obligations=None)
    assert not idle.exists()
    assert set(ListItem.objects.values_list("list__kind", flat=True)) == {"sharing", "docking"}


def test_a_check_right_afterwards_changes_nothing():
    again = fulfilment.check(as_of=TODAY, today=TODAY)
    assert again.changed == 0
    assert again.not_checked == []


def test_the_invented_history_is_what_judging_those_days_finds():
    days = [TODAY - timedelta(days=ago) for ago in (1, 3, 17, 60, 181, 363)]
    assert {day: fulfilment.judge(as_of=day, today=TODAY) for day in days} == dict.fromkeys(days, 0)


def test_acts_happen_on_working_days():
    calendar = calendars.current()
    acted = Obligation.objects.exclude(completed_on=None).values_list("completed_on", flat=True)
    assert acted
    assert all(calendar.is_workday(day) for day in acted)


def test_every_counted_date_says_what_it_rests_on():
    known = set(DateBasis.objects.current().values_list("obligation_id", "field", "value"))
    for field in ("decide_by", "mend_until"):
        rows = Obligation.objects.exclude(**{field: None}).values_list("pk", field)
        assert {(pk, field, day) for pk, day in rows} <= known
    moved = Obligation.objects.exclude(due_on=F("original_due_on")).exclude(due_on=None)
    assert moved.exists()
    assert {(pk, "due_on", day) for pk, day in moved.values_list("pk", "due_on")} <= known
