"""How late, in working days."""

import datetime as dt

import pytest

from obligations.lateness import lateness
from obligations.models import Obligation

pytestmark = pytest.mark.django_db


def row(**facts):
    facts.setdefault("status", "in_progress")
    facts.setdefault("due_on", dt.date(2026, 2, 13))
    facts.setdefault("original_due_on", dt.date(2026, 2, 13))
    return Obligation(**facts)


@pytest.mark.parametrize(
    ("facts", "on", "days"),
    [
        ({"light": "red", "light_reason": "overdue"}, dt.date(2026, 2, 14), 1),
        ({"light": "red", "light_reason": "overdue"}, dt.date(2026, 3, 5), 10),
        (
            {
                "light": "red",
                "light_reason": "claimed_late",
                "completed_on": dt.date(2026, 2, 24),
            },
            dt.date(2026, 6, 1),
            2,
        ),
        ({"light": "yellow", "light_reason": "plan_passed"}, dt.date(2026, 3, 5), 10),
        ({"status": "issued"}, dt.date(2026, 2, 14), 1),
        ({"status": "draft"}, dt.date(2026, 3, 5), None),
        ({"status": "withdrawn"}, dt.date(2026, 3, 5), None),
        ({"external": True}, dt.date(2026, 3, 5), None),
        ({"exempt": True}, dt.date(2026, 3, 5), None),
        ({"exempt": True, "exempt_until": dt.date(2026, 3, 5)}, dt.date(2026, 3, 5), None),
        ({"exempt": True, "exempt_until": dt.date(2026, 3, 4)}, dt.date(2026, 3, 5), 10),
        ({"blocked": True}, dt.date(2026, 3, 5), None),
        (
            {"first_completed_on": dt.date(2026, 2, 13), "mend_until": dt.date(2026, 3, 5)},
            dt.date(2026, 3, 5),
            None,
        ),
        (
            {"first_completed_on": dt.date(2026, 2, 13), "mend_until": dt.date(2026, 3, 4)},
            dt.date(2026, 3, 5),
            10,
        ),
        (
            {"first_completed_on": dt.date(2026, 2, 24), "mend_until": dt.date(2026, 3, 5)},
            dt.date(2026, 3, 5),
            10,
        ),
        (
            {"status": "verified", "completed_on": dt.date(2026, 2, 24)},
            dt.date(2026, 3, 5),
            None,
        ),
        ({"due_on": None}, dt.date(2026, 3, 5), None),
        ({"light": "green", "light_reason": "on_course"}, dt.date(2026, 2, 1), None),
        ({"completed_on": dt.date(2026, 2, 13)}, dt.date(2026, 3, 5), None),
    ],
)
def test_lateness_counts_working_days_up_to_the_claim_or_today(facts, on, days):
    assert lateness(on).of(row(**facts)) == days
