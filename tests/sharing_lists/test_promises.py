"""Cycles as periods, due days and grace; what a delivery is worth. No database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obligations.calendar_data import shipped_days
from obligations.workdays import Calendar
from sharing_lists import promises
from sharing_lists.promise_data import SHIPPED
from sharing_lists.promises import Facts, Period, Rule, Terms

CALENDAR = Calendar({row.day: row.is_workday for row in shipped_days()})
D = dt.date


def period(cycle, day):
    return promises.period_of(cycle, day, CALENDAR)


@pytest.mark.parametrize(
    ("cycle", "day", "first", "last"),
    [
        ("daily", D(2025, 9, 6), D(2025, 9, 6), D(2025, 9, 6)),
        ("real_time", D(2025, 9, 6), D(2025, 9, 6), D(2025, 9, 6)),
        ("workdaily", D(2025, 9, 5), D(2025, 9, 5), D(2025, 9, 5)),
        ("workdaily", D(2025, 9, 6), D(2025, 9, 6), D(2025, 9, 8)),
        # 28 September 2025 is a Sunday on which people work.
        ("workdaily", D(2025, 9, 28), D(2025, 9, 27), D(2025, 9, 28)),
        ("workdaily", D(2025, 10, 3), D(2025, 10, 1), D(2025, 10, 9)),
        ("weekly", D(2025, 9, 7), D(2025, 9, 1), D(2025, 9, 7)),
        ("monthly", D(2024, 2, 10), D(2024, 2, 1), D(2024, 2, 29)),
        ("quarterly", D(2025, 9, 30), D(2025, 7, 1), D(2025, 9, 30)),
        ("half_yearly", D(2025, 7, 1), D(2025, 7, 1), D(2025, 12, 31)),
        ("yearly", D(2025, 7, 1), D(2025, 1, 1), D(2025, 12, 31)),
    ],
)
def test_a_day_lies_in_its_period(cycle, day, first, last):
    assert period(cycle, day) == Period(first, last)


@given(
    st.sampled_from(promises.CYCLES),
    st.dates(D(2024, 1, 1), D(2027, 12, 31)),
)
def test_periods_follow_each_other_without_gap_or_overlap(cycle, day):
    found = period(cycle, day)
    after = promises.following(cycle, found, CALENDAR)

    assert found.first <= day <= found.last
    assert after.first == found.last + dt.timedelta(days=1)
    assert promises.preceding(cycle, after, CALENDAR) == found


@pytest.mark.parametrize(
    ("cycle", "after", "due_on", "grace_on"),
    [
        # The grace of a Saturday's data ends with Monday.
        ("daily", D(2025, 9, 5), D(2025, 9, 6), D(2025, 9, 8)),
        ("workdaily", D(2025, 9, 30), D(2025, 10, 9), D(2025, 10, 10)),
        ("weekly", D(2025, 9, 3), D(2025, 9, 14), D(2025, 9, 16)),
        ("monthly", D(2025, 8, 3), D(2025, 9, 30), D(2025, 10, 14)),
        ("quarterly", D(2025, 8, 3), D(2025, 12, 31), D(2026, 1, 15)),
        ("once", D(2025, 8, 3), None, None),
        ("irregular", D(2025, 8, 3), None, None),
        ("other", D(2025, 8, 3), None, None),
        ("", D(2025, 8, 3), None, None),
    ],
)
def test_the_next_period_is_owed_with_its_grace(cycle, after, due_on, grace_on):
    found = promises.promised_after(after, cycle=cycle, rules=SHIPPED, calendar=CALENDAR)

    assert (found and found.due_on, found and found.grace_on) == (due_on, grace_on)


def test_an_unannounced_year_is_provisional():
    found = promises.promised_after(
        D(2031, 1, 5), cycle="monthly", rules=SHIPPED, calendar=CALENDAR
    )
    assert found.provisional


def test_nothing_is_owed_before_the_first_rule_and_the_first_whole_period_then():
    rules = [Rule("monthly", 5, D(2025, 9, 10), None)]

    def owed(day):
        return promises.promised_after(day, cycle="monthly", rules=rules, calendar=CALENDAR)

    assert owed(D(2025, 1, 5)).due_on == D(2025, 10, 31)
    assert owed(D(2025, 10, 5)).due_on == D(2025, 11, 30)
    started = promises.started_on(D(2025, 1, 5), cycle="monthly", rules=rules, calendar=CALENDAR)
    assert started == D(2025, 9, 30)


def test_the_last_day_of_a_period_decides_which_version_of_the_rule_holds():
    rules = [
        Rule("monthly", 5, D(2000, 1, 1), D(2025, 9, 29)),
        Rule("monthly", 1, D(2025, 9, 30), None),
    ]

    def owed(day):
        return promises.promised_after(day, cycle="monthly", rules=rules, calendar=CALENDAR)

    assert owed(D(2025, 7, 5)).grace_days == 5
    assert owed(D(2025, 8, 5)).grace_days == 1


def test_a_rule_that_ended_promises_nothing_any_more():
    rules = [Rule("monthly", 5, D(2000, 1, 1), D(2025, 9, 29))]
    owed = promises.promised_after(D(2025, 10, 1), cycle="monthly", rules=rules, calendar=CALENDAR)
    assert owed is None


ARRIVED = D(2025, 9, 3)


@pytest.mark.parametrize(
    ("mode", "facts", "span"),
    [
        ("batch", {}, (ARRIVED, ARRIVED)),
        ("batch", {"newest_data_on": D(2025, 8, 31)}, (D(2025, 8, 31), D(2025, 8, 31))),
        (
            "file",
            {
                "covers_from": D(2025, 7, 1),
                "covers_to": D(2025, 7, 31),
                "newest_data_on": D(2025, 8, 31),
            },
            (D(2025, 7, 1), D(2025, 7, 31)),
        ),
        (
            "interface",
            {
                "covers_from": D(2025, 7, 1),
                "covers_to": D(2025, 7, 31),
                "newest_data_on": D(2025, 8, 31),
            },
            (D(2025, 8, 31), D(2025, 8, 31)),
        ),
        # Nothing can speak of days that had not come when it arrived.
        (
            "batch",
            {"covers_from": D(2025, 9, 1), "covers_to": D(2025, 9, 30)},
            (D(2025, 9, 1), ARRIVED),
        ),
    ],
)
def test_what_a_delivery_speaks_of(mode, facts, span):
    assert promises.covered(Facts(ARRIVED, **facts), Terms("monthly", mode)) == span


@pytest.mark.parametrize(
    ("mode", "asked", "facts", "outcome"),
    [
        ("batch", {}, {"rows": 0}, "kept"),
        ("batch", {"min_rows": 10}, {"rows": 9}, "too_few_rows"),
        ("batch", {"min_rows": 10}, {"rows": 10}, "kept"),
        ("batch", {"min_rows": 10}, {}, "kept"),
        ("batch", {"required_fields": ("姓名",)}, {"fields": ("住址",)}, "fields_missing"),
        ("batch", {"required_fields": ("姓名",)}, {"fields": ("姓名", "住址")}, "kept"),
        ("batch", {"required_fields": ("姓名",)}, {}, "kept"),
        ("interface", {}, {"calls": 3, "failures": 3}, "no_success"),
        ("interface", {}, {"calls": 0}, "no_success"),
        ("query", {"min_rows": 10}, {"calls": 3, "failures": 2, "rows": 1}, "kept"),
        # Fields that are named are looked at, however the data came.
        (
            "interface",
            {"required_fields": ("姓名",)},
            {"calls": 3, "fields": ("住址",)},
            "fields_missing",
        ),
        ("batch", {}, {"calls": 3, "failures": 3}, "kept"),
    ],
)
def test_what_a_delivery_is_worth(mode, asked, facts, outcome):
    assert promises.outcome_of(Facts(ARRIVED, **facts), Terms("daily", mode, **asked)) == outcome


def test_each_of_the_last_periods_says_how_it_was_kept():
    arrivals = [
        (Period(D(2025, 9, 1), D(2025, 9, 1)), D(2025, 9, 30)),  # on its last day
        (Period(D(2025, 10, 1), D(2025, 10, 31)), D(2025, 11, 7)),  # the last day of the grace
        (Period(D(2025, 11, 5), D(2025, 11, 5)), D(2025, 12, 9)),  # a day after it
    ]
    found = promises.kept_periods(
        arrivals,
        cycle="monthly",
        rules=SHIPPED,
        calendar=CALENDAR,
        since=D(2025, 8, 20),
        until=D(2026, 2, 10),
        count=12,
    )

    assert [(one.period.last, one.state) for one in found] == [
        (D(2026, 2, 28), "awaited"),
        (D(2026, 1, 31), "missing"),
        (D(2025, 12, 31), "missing"),
        (D(2025, 11, 30), "late"),
        (D(2025, 10, 31), "in_grace"),
        (D(2025, 9, 30), "on_time"),
    ]
