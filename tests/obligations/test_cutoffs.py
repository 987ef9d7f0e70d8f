"""The n-th working day of a month, by the calendar with its make-up workdays."""

import datetime as dt

import pytest

from obligations import calendars
from obligations.cutoffs import last_day, workday_of

D = dt.date


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("month", "number", "from_end", "day"),
    [
        (D(2026, 11, 1), 1, False, D(2026, 11, 2)),
        (D(2026, 11, 9), 3, True, D(2026, 11, 26)),
        # The National Day holiday: the first working day is the 8th, in both years.
        (D(2025, 10, 1), 1, False, D(2025, 10, 9)),
        (D(2026, 10, 1), 1, False, D(2026, 10, 8)),
        # A working Saturday counts: 2026-02-14, then the Spring Festival.
        (D(2026, 2, 1), 10, False, D(2026, 2, 13)),
        (D(2026, 2, 1), 11, False, D(2026, 2, 14)),
        (D(2026, 2, 1), 5, True, D(2026, 2, 24)),
        (D(2026, 2, 1), 6, True, D(2026, 2, 14)),
        (D(2025, 9, 1), 1, True, D(2025, 9, 30)),
        (D(2025, 9, 1), 3, True, D(2025, 9, 28)),
    ],
)
def test_a_working_day_is_counted_from_either_end(month, number, from_end, day):
    calendar = calendars.current()

    assert workday_of(month, number=number, from_end=from_end, calendar=calendar) == day


def test_the_last_day_of_every_month_is_found():
    assert [last_day(D(2024, month, 1)).day for month in (2, 4, 12)] == [29, 30, 31]
