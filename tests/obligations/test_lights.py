"""The light of a day: a table of facts, day and outcome, read through the database."""

import datetime as dt

import pytest

from obligations import history, lights
from obligations.models import Obligation

D = dt.date
DUE = D(2025, 10, 31)


def facts(**more):
    return {"status": "in_progress", "due_on": DUE, **more}


VERIFIED = {"status": "verified", "completed_on": D(2025, 10, 20), "verified_on": D(2025, 10, 21)}

TABLE = [
    ("a draft", {"status": "draft"}, DUE, "grey", "not_issued"),
    ("external", facts(external=True, status="draft"), D(2025, 12, 1), "grey", "external"),
    ("withdrawn", facts(status="withdrawn"), D(2025, 12, 1), "grey", "withdrawn"),
    ("exempt for good", facts(exempt=True), D(2025, 12, 1), "grey", "exempt"),
    (
        "exempt, last day",
        facts(exempt=True, exempt_until=D(2025, 12, 1)),
        D(2025, 12, 1),
        "grey",
        "exempt",
    ),
    (
        "exempt, day after",
        facts(exempt=True, exempt_until=D(2025, 12, 1)),
        D(2025, 12, 2),
        "red",
        "overdue",
    ),
    ("blocked beats overdue", facts(blocked=True), D(2025, 12, 1), "purple", "blocked"),
    ("far away", facts(), D(2025, 10, 23), "green", "on_course"),
    ("five working days ahead", facts(), D(2025, 10, 24), "blue", "due_soon"),
    ("on the due day", facts(), DUE, "blue", "due_soon"),
    ("the day after", facts(), D(2025, 11, 1), "red", "overdue"),
    ("ongoing is never overdue", facts(due_on=None), D(2099, 1, 1), "green", "on_course"),
    ("unendorsed claims do not stand", facts(status="claimed"), D(2025, 11, 1), "red", "overdue"),
    (
        "waiting, in time",
        facts(status="endorsed", completed_on=DUE),
        D(2025, 12, 1),
        "green",
        "waiting",
    ),
    (
        "waiting, late",
        facts(status="endorsed", completed_on=D(2025, 11, 1)),
        D(2025, 11, 1),
        "red",
        "claimed_late",
    ),
    ("verified", VERIFIED, D(2025, 12, 1), "green", "verified"),
    (
        "verified late is a mark",
        {**VERIFIED, "completed_on": D(2025, 11, 3)},
        D(2025, 12, 1),
        "green",
        "verified_late",
    ),
    (
        "delivery in grace",
        {**VERIFIED, "delivery_due_on": D(2025, 11, 3), "delivery_grace_on": D(2025, 11, 10)},
        D(2025, 11, 10),
        "yellow",
        "in_grace",
    ),
    (
        "delivery beyond grace",
        {**VERIFIED, "delivery_due_on": D(2025, 11, 3), "delivery_grace_on": D(2025, 11, 10)},
        D(2025, 11, 11),
        "red",
        "promise_broken",
    ),
    ("planned day passed", facts(planned_on=D(2025, 9, 1)), D(2025, 9, 2), "yellow", "plan_passed"),
    (
        "milestone passed",
        facts(next_milestone_on=D(2025, 9, 1)),
        D(2025, 9, 2),
        "yellow",
        "milestone_passed",
    ),
    (
        "mending beats overdue",
        facts(first_completed_on=DUE, mend_until=D(2025, 11, 7)),
        D(2025, 11, 7),
        "yellow",
        "mending",
    ),
    (
        "mending is over",
        facts(first_completed_on=DUE, mend_until=D(2025, 11, 7)),
        D(2025, 11, 8),
        "red",
        "overdue",
    ),
    (
        "no mending for a late first claim",
        facts(first_completed_on=D(2025, 11, 1), mend_until=D(2025, 11, 7)),
        D(2025, 11, 7),
        "red",
        "overdue",
    ),
]


@pytest.mark.parametrize(
    ("given", "day", "light", "reason"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_the_first_condition_that_holds_gives_the_light(owe, police, given, day, light, reason):
    obligation = owe(police, due_on=DUE)
    due_kind = "ongoing" if given.get("due_on", DUE) is None else "date"
    original = None if due_kind == "ongoing" else DUE
    Obligation.objects.filter(pk=obligation.pk).update(
        due_kind=due_kind, original_due_on=original, **given
    )
    judged = Obligation.objects.annotate(now=lights.reason(history.day_of(day))).get()
    assert (lights.light_of(judged.now), judged.now) == (light, reason)


def test_every_reason_has_a_light_and_a_chinese_sentence():
    for code in lights.CONDITIONS:
        assert lights.light_of(code) in ("grey", "purple", "red", "yellow", "blue", "green")
        assert any("\u4e00" <= char <= "\u9fff" for char in lights.sentence_of(code))
