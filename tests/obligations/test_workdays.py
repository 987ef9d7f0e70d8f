"""Working days: the oracle of docs/domain.md, and that adding and counting agree."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obligations.calendar_data import shipped_days
from obligations.workdays import Calendar, UnknownYear

SHIPPED = shipped_days()
CALENDAR = Calendar(
    {row.day: row.is_workday for row in SHIPPED},
    frozenset(row.day.year for row in SHIPPED if row.provisional),
)
ORACLE = """
2025-08-01 10 2025-08-15
2025-09-26 10 2025-10-16
2025-09-28  1 2025-09-29
2025-09-30  1 2025-10-09
2025-09-30 10 2025-10-21
2025-10-04  1 2025-10-09
2026-02-13  1 2026-02-14
2026-02-13 10 2026-03-05
2026-02-13 20 2026-03-19
2026-02-14  1 2026-02-24
2026-04-30 10 2026-05-18
2026-09-30  1 2026-10-08
2026-09-30 20 2026-11-03
2026-12-03 20 2026-12-31
2026-12-10 20 2027-01-08
"""
CASES = [
    (date.fromisoformat(start), int(count), date.fromisoformat(end))
    for start, count, end in (line.split() for line in ORACLE.strip().splitlines())
]
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
