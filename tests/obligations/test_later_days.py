"""A past day that is checked late leaves every day alone that was judged after it."""

import datetime as dt
import itertools

import pytest

from obligations import fulfilment, history, light_rules, lights
from obligations.models import Obligation, ObligationState

D = dt.date
FIRST = D(2025, 11, 3)
DAYS = [FIRST + dt.timedelta(days=number) for number in range(6)]
USUAL = [
    code
    for code in lights.DEFAULT_RULE.reasons
    if code not in (*lights.FIXED_FIRST, lights.FIXED_LAST)
]
CLOSE = [*USUAL[: USUAL.index("due_soon")], "due_close", *USUAL[USUAL.index("due_soon") :]]
pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(coordinator):
    """On the 2nd and 3rd day a rule turns yellow what is green before and after."""
    for reasons, days, first in (
        (CLOSE, {"due_close": 10}, DAYS[1]),
        (USUAL, {}, DAYS[3]),
    ):
        light_rules.add(
            light_rules.draft(reasons, days=days, effective_from=first, note="示例函", today=FIRST),
            by=coordinator,
        )


@pytest.fixture
def row(owe, police, health):
    made = [owe(one, due_on=D(2025, 11, 17)) for one in (police, health)]
    for one in made:
        Obligation.objects.filter(pk=one.pk).update(status="in_progress")
        history.record(one, on=D(2025, 8, 2))
    return made[0]


def check(day, **about):
    return fulfilment.check(as_of=day, today=DAYS[-1], **about)


def lights_of(row):
    """Of each day; the timeline has neither gaps nor overlaps."""
    states = list(ObligationState.objects.filter(obligation=row).order_by("valid_from"))
    for one, following in itertools.pairwise(states):
        assert one.valid_to == following.valid_from
    assert states[-1].valid_to is None
    return [ObligationState.objects.at(day).get(obligation=row).light for day in DAYS]


WANTED = ["green", "yellow", "yellow", "green", "green", "green"]


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2, 3, 4, 5), (5, 1, 2, 3, 4), (0, 3, 5, 1, 2), (0, 3, 5, 2, 1), (4, 3, 2, 1, 5)],
)
def test_a_light_that_goes_and_comes_back_ends_where_a_later_day_was_judged(rules, row, order):
    for place in order:
        check(DAYS[place])
    assert lights_of(row) == WANTED
    row.refresh_from_db()
    assert row.light == lights_of(row)[-1]
    for place in (1, 2, 5):
        assert check(DAYS[place]).changed == 0


def test_only_a_later_check_of_the_same_department_counts(rules, row, police, health):
    other = Obligation.objects.get(department=health)
    check(DAYS[4], departments=[police])
    check(DAYS[1])
    assert lights_of(row) == ["green", *["yellow"] * 3, "green", "green"]
    assert lights_of(other) == ["green", *["yellow"] * 5]


def test_what_a_person_did_in_between_stands_with_its_own_light(rules, row):
    Obligation.objects.filter(pk=row.pk).update(planned_on=D(2025, 11, 10))
    history.record(row, on=DAYS[2])
    for place in (5, 3, 1):
        check(DAYS[place])
    assert lights_of(row) == WANTED
    planned = ObligationState.objects.at(DAYS[2]).get(obligation=row).planned_on
    assert planned == D(2025, 11, 10)
    assert ObligationState.objects.at(DAYS[1]).get(obligation=row).planned_on is None
