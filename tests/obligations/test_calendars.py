"""The calendar in force: seeded once, read once, replaced when a year is announced."""

from datetime import date

import pytest
from django.core.management import call_command

from accounts.models import Region
from obligations import calendars
from obligations.calendar_data import shipped_days
from obligations.models import CalendarDay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_days():
    CalendarDay.objects.all().delete()


def test_seeding_loads_every_shipped_day_and_a_second_time_nothing():
    assert calendars.seed() == len(shipped_days())
    assert calendars.seed() == 0
    assert CalendarDay.objects.count() == len(shipped_days())


def test_the_seeded_calendar_answers_like_the_announcements():
    calendars.seed()
    calendar = calendars.current()
    assert calendar.add(date(2026, 2, 13), 20) == date(2026, 3, 19)
    assert calendar.is_provisional(date(2026, 12, 10), date(2027, 1, 8))
    assert not calendar.is_provisional(date(2026, 1, 1), date(2026, 12, 31))


def test_without_any_loaded_day_the_shipped_calendar_counts():
    assert not calendars.current().is_workday(date(2026, 10, 1))


def test_asking_again_costs_one_query(django_assert_num_queries):
    calendars.seed()
    calendars.current()
    with django_assert_num_queries(1):
        calendars.current()


def test_a_day_that_was_added_counts_at_once():
    calendars.seed()
    assert calendars.current().is_workday(date(2026, 11, 23))
    CalendarDay.objects.create(day=date(2026, 11, 23), is_workday=False)
    assert not calendars.current().is_workday(date(2026, 11, 23))
    CalendarDay.objects.filter(day=date(2026, 11, 23)).delete()
    assert calendars.current().is_workday(date(2026, 11, 23))


def test_a_region_has_its_own_holidays_and_those_of_the_region_it_lies_in():
    calendars.seed()
    province = Region.objects.create(name="某自治区")
    city = Region.objects.create(name="某自治州", parent=province)
    CalendarDay.objects.create(day=date(2026, 3, 20), region=province, is_workday=False)
    CalendarDay.objects.create(day=date(2026, 4, 15), region=city, is_workday=False)
    assert not calendars.current(city).is_workday(date(2026, 3, 20))
    assert not calendars.current(city).is_workday(date(2026, 4, 15))
    assert calendars.current(province).is_workday(date(2026, 4, 15))
    assert calendars.current().is_workday(date(2026, 3, 20))


def test_a_provisional_day_gives_way_to_what_is_shipped_now():
    CalendarDay.objects.create(
        day=date(2026, 6, 1), is_workday=False, provisional=True, source="cn-statutory-2026.csv"
    )
    calendars.seed()
    assert calendars.current().is_workday(date(2026, 6, 1))
    assert not calendars.current().is_provisional(date(2026, 6, 1), date(2026, 6, 1))


def test_a_year_loaded_as_official_from_elsewhere_is_left_alone():
    announced = CalendarDay.objects.create(
        day=date(2027, 2, 20), is_workday=True, source="国办发明电"
    )
    calendars.seed()
    assert list(CalendarDay.objects.filter(day__year=2027)) == [announced]
    assert not calendars.current().is_provisional(date(2027, 1, 4), date(2027, 3, 1))


def test_the_command_says_how_many_days_changed(capsys):
    call_command("load_calendar")
    assert str(len(shipped_days())) in capsys.readouterr().out
    call_command("load_calendar")
    assert "0" in capsys.readouterr().out
