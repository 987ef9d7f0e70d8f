"""When planned reports are due: by the calendar as shipped, make-up workdays and all."""

import datetime as dt
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obligations.calendar_data import shipped_days
from obligations.workdays import Calendar
from reports import rhythm
from reports.rhythm import Rule

D = dt.date
CALENDAR = Calendar(
    {row.day: row.is_workday for row in shipped_days()},
    frozenset(row.day.year for row in shipped_days() if row.provisional),
)


def due(rule, day):
    return rhythm.due(rule, rhythm.period_of(rule.rhythm, day), calendar=CALENDAR)


@pytest.mark.parametrize(
    ("rule", "day", "name", "on", "as_of", "provisional"),
    [
        # After the National Day holiday; the Saturday is a make-up workday.
        (Rule("month", 3), D(2026, 9, 1), "2026-09", D(2026, 10, 10), D(2026, 9, 30), False),
        (Rule("month", 3), D(2025, 9, 30), "2025-09", D(2025, 10, 11), D(2025, 9, 30), False),
        (Rule("month", 1), D(2026, 9, 15), "2026-09", D(2026, 10, 8), D(2026, 9, 30), False),
        (Rule("month", 3), D(2026, 11, 30), "2026-11", D(2026, 12, 3), D(2026, 11, 30), False),
        # After the Spring Festival.
        (Rule("month", 10), D(2026, 1, 31), "2026-01", D(2026, 2, 13), D(2026, 1, 31), False),
        (Rule("month", 12), D(2026, 1, 31), "2026-01", D(2026, 2, 24), D(2026, 1, 31), False),
        (Rule("quarter", 3), D(2026, 7, 1), "2026-Q3", D(2026, 10, 10), D(2026, 9, 30), False),
        (Rule("quarter", 1), D(2026, 5, 5), "2026-Q2", D(2026, 7, 1), D(2026, 6, 30), False),
        (Rule("year", 1), D(2025, 8, 1), "2025", D(2026, 1, 4), D(2025, 12, 31), False),
        # Nobody has announced 2027 yet.
        (Rule("year", 3), D(2026, 1, 1), "2026", D(2027, 1, 6), D(2026, 12, 31), True),
        (Rule("month", 3), D(2026, 12, 1), "2026-12", D(2027, 1, 6), D(2026, 12, 31), True),
        (Rule("quarter", 3), D(2026, 12, 31), "2026-Q4", D(2027, 1, 6), D(2026, 12, 31), True),
        # Counted back: the last working day of February 2026 is a Saturday.
        (
            Rule("month", 1, True, "day_before"),
            *(D(2026, 2, 1), "2026-02", D(2026, 2, 28), D(2026, 2, 27), False),
        ),
        (
            Rule("quarter", 3, True, "day_before"),
            *(D(2026, 8, 1), "2026-Q3", D(2026, 9, 28), D(2026, 9, 27), False),
        ),
        (
            Rule("month", 3, False, "day_before"),
            *(D(2026, 9, 1), "2026-09", D(2026, 10, 10), D(2026, 10, 9), False),
        ),
    ],
)
def test_the_day_of_a_period(rule, day, name, on, as_of, provisional):
    found = due(rule, day)

    assert (found.period.name, found.on, found.as_of) == (name, on, as_of)
    assert found.is_provisional is provisional


@pytest.mark.parametrize("name", ["month", "quarter", "year"])
def test_periods_follow_each_other_without_gap(name):
    dues = list(islice(rhythm.dues(Rule(name, 3), since=D(2024, 2, 29), calendar=CALENDAR), 30))

    for one, following in pairwise(dues):
        assert following.period.first == one.period.last + dt.timedelta(days=1)
        assert following.on > one.on
    assert dues[0].period.first <= D(2024, 2, 29) <= dues[0].period.last


@given(
    st.sampled_from(["month", "quarter", "year"]),
    st.integers(1, rhythm.MAX_NUMBER),
    st.booleans(),
    st.dates(D(2004, 1, 1), D(2030, 12, 31)),
)
def test_a_report_is_due_on_a_working_day_and_about_a_day_that_is_over(name, number, end, day):
    rule = Rule(name, number, end, "day_before" if end else "period_end")
    found = due(rule, day)

    assert CALENDAR.is_workday(found.on)
    assert found.as_of < found.on
    period = found.period
    if end:
        workdays = CALENDAR.count(found.on - dt.timedelta(days=1), period.last)
        assert period.first <= found.on <= period.last
    else:
        workdays = CALENDAR.count(period.last, found.on)
    assert workdays == number


def test_where_no_calendar_reaches_nothing_is_due():
    dues = list(rhythm.dues(Rule("month", 3), since=D(2099, 10, 1), calendar=CALENDAR))

    assert [one.period.name for one in dues] == ["2099-10", "2099-11"]
