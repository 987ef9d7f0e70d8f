"""Working days: the oracle of docs/domain.md, and that adding and counting agree."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obligations.calendar_data import shipped_days
from obligations.workdays import Calendar, UnknownYear
from tests.obligations.oracle import CASES

SHIPPED = shipped_days()
CALENDAR = Calendar(
    {row.day: row.is_workday for row in SHIPPED},
    frozenset(row.day.year for row in SHIPPED if row.provisional),
)
days = st.dates(date(2004, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(("start", "count", "end"), CASES)
def test_the_deadline_falls_on_the_day_of_the_oracle(start, count, end):
    assert CALENDAR.add(start, count) == end
    assert CALENDAR.count(start, end) == count


@given(days, st.integers(0, 400))
def test_counting_back_gives_the_working_days_that_were_added(start, count):
    assert CALENDAR.count(start, CALENDAR.add(start, count)) == count


@given(days, st.integers(0, 900))
def test_counting_is_the_same_as_looking_at_every_day(start, length):
    end = start + timedelta(days=length)
    one_by_one = sum(
        CALENDAR.is_workday(start + timedelta(days=offset)) for offset in range(1, length + 1)
    )
    assert CALENDAR.count(start, end) == one_by_one


@given(days, st.integers(1, 60), st.integers(1, 60))
def test_adding_in_two_steps_is_adding_at_once(start, first, second):
    assert CALENDAR.add(CALENDAR.add(start, first), second) == CALENDAR.add(start, first + second)


@given(days, st.integers(1, 60))
def test_a_deadline_is_a_working_day(start, count):
    assert CALENDAR.is_workday(CALENDAR.add(start, count))


@given(days)
def test_a_rest_day_rolls_on_to_the_next_working_day(day):
    rolled = CALENDAR.roll_on(day)
    assert CALENDAR.is_workday(rolled)
    assert rolled >= day
    assert not any(
        CALENDAR.is_workday(day + timedelta(days=offset)) for offset in range((rolled - day).days)
    )


def test_adding_nothing_stays_on_the_day_even_when_it_is_a_rest_day():
    assert CALENDAR.add(date(2025, 10, 4), 0) == date(2025, 10, 4)


def test_counting_towards_the_past_is_nothing():
    assert CALENDAR.count(date(2025, 10, 10), date(2025, 10, 9)) == 0


def test_working_days_cannot_be_taken_away():
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add(date(2025, 10, 10), -1)


@pytest.mark.parametrize(
    ("start", "end", "provisional"),
    [
        (date(2026, 12, 3), date(2026, 12, 31), False),
        (date(2026, 12, 10), date(2027, 1, 8), True),
        (date(2027, 1, 8), date(2026, 12, 10), True),
        (date(2003, 6, 1), date(2003, 6, 2), True),
        (date(2040, 1, 1), date(2040, 2, 1), True),
        (date(2004, 1, 1), date(2026, 12, 31), False),
    ],
)
def test_a_span_that_touches_an_unannounced_year_is_provisional(start, end, provisional):
    assert CALENDAR.is_provisional(start, end) is provisional


def test_a_year_without_any_data_is_monday_to_friday():
    assert CALENDAR.is_workday(date(2040, 1, 2))
    assert not CALENDAR.is_workday(date(2040, 1, 7))


def test_an_unannounced_year_has_its_statutory_days_and_no_make_up_workdays():
    in_2027 = [row for row in SHIPPED if row.day.year == 2027]
    assert not any(row.is_workday for row in in_2027)
    assert not CALENDAR.is_workday(date(2027, 10, 1))
    assert all(row.provisional for row in in_2027)


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2100, 1, 1)])
def test_a_day_outside_2000_to_2099_is_refused(day):
    with pytest.raises(UnknownYear):
        CALENDAR.is_workday(day)
    with pytest.raises(UnknownYear):
        CALENDAR.add(day, 1)
    with pytest.raises(UnknownYear):
        CALENDAR.count(day, day)


def test_adding_never_runs_past_2099():
    with pytest.raises(UnknownYear):
        CALENDAR.add(date(2099, 12, 1), 100)


def test_the_shipped_calendar_names_each_day_once_and_differs_from_monday_to_friday_for_a_reason():
    assert len({row.day for row in SHIPPED}) == len(SHIPPED)
    assert {row.day.year for row in SHIPPED} == set(range(2004, 2031))
    make_up_days = [row for row in SHIPPED if row.is_workday]
    assert all(row.day.weekday() >= 5 for row in make_up_days)


@given(days, st.integers(0, 400))
def test_working_days_forward_and_back_lead_to_the_same_working_day(day, count):
    start = CALENDAR.roll_on(day)
    assert CALENDAR.subtract(CALENDAR.add(start, count), count) == start


@given(days, st.integers(0, 400))
def test_working_days_back_and_forward_lead_to_the_same_working_day(day, count):
    end = CALENDAR.roll_on(day)
    assert CALENDAR.add(CALENDAR.subtract(end, count), count) == end


@given(days, st.integers(1, 400))
def test_going_back_from_any_day_passes_so_many_working_days(day, count):
    back = CALENDAR.subtract(day, count)
    assert CALENDAR.is_workday(back)
    assert CALENDAR.count(back, day) == count


@pytest.mark.parametrize(("start", "count", "end"), CASES)
def test_the_oracle_holds_backwards_too(start, count, end):
    # From a rest day the way back ends on the working day before it.
    assert CALENDAR.roll_on(start) >= CALENDAR.subtract(end, count)
    assert CALENDAR.count(CALENDAR.subtract(end, count), start) == 0


def test_natural_days_that_end_on_a_rest_day_roll_on_and_years_do_not():
    assert CALENDAR.after(date(2025, 9, 26), 10, "natural_days") == date(2025, 10, 9)
    assert CALENDAR.after(date(2025, 9, 26), 10, "working_days") == date(2025, 10, 16)
    assert CALENDAR.after(date(2025, 10, 4), 1, "years") == date(2026, 10, 4)
    assert CALENDAR.after(date(2028, 2, 29), 3, "years") == date(2031, 2, 28)


@pytest.mark.parametrize("unit", ["working_days", "natural_days", "years"])
def test_no_period_ends_after_2099(unit):
    with pytest.raises(UnknownYear):
        CALENDAR.after(date(2099, 12, 20), 20, unit)


def test_going_back_never_runs_before_2000():
    with pytest.raises(UnknownYear):
        CALENDAR.subtract(date(2000, 1, 10), 20)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.subtract(date(2025, 10, 10), -1)
