"""Rates: one definition of applicable, sums over sums, half-up, 0/0 is a dash."""

import datetime as dt
from decimal import Decimal

import pytest

from obligations import blocks, completion, dispatch, exemptions, indicators
from obligations.indicators import Figure
from obligations.models import Obligation, ObligationState

pytestmark = pytest.mark.settled("mixture")
D = dt.date


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (0, 0, "—"),
        (0, 3, "0.0%"),
        (3, 3, "100.0%"),
        (1, 3, "33.3%"),
        (1, 16, "6.3%"),
        (2, 3, "66.7%"),
    ],
)
def test_a_figure_is_shown_with_one_decimal_half_up(numerator, denominator, shown):
    assert str(Figure(numerator, denominator)) == shown


def test_a_rate_of_several_departments_is_sums_over_sums():
    assert (Figure(1, 1) + Figure(0, 9)).percent == Decimal("10.0")


@pytest.fixture
def mixture(owe, police, health, ministry, coordinator, officer, reviewer, paper):
    """Eight obligations of every sort, as they stand on 2026-01-05."""

    def issued(**more):
        row = owe(police, **more)
        dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
        dispatch.accept(row, by=officer, on=D(2025, 8, 4))
        return row

    def claimed(on, **more):
        row = issued(**more)
        completion.claim(row, by=officer, on=on, with_evidence=[paper])
        completion.endorse(row, by=reviewer, on=on)
        return row

    in_time, late, waiting = (
        claimed(D(2025, 12, 1)),
        claimed(D(2026, 1, 4)),
        claimed(D(2025, 12, 31)),
    )
    completion.verify(in_time, by=coordinator, on=D(2026, 1, 5))
    completion.verify(late, by=coordinator, on=D(2026, 1, 5))
    overdue = issued()
    stuck = issued()
    blocks.ask(stuck, by=officer, on=D(2025, 12, 1), cause="technical", reason="网络不通")
    blocks.confirm(stuck, by=coordinator, on=D(2025, 12, 2))
    exempt = issued()
    exemptions.grant(exempt, by=coordinator, on=D(2025, 12, 1), reason="无职权")
    ongoing = issued(due_on=None)
    draft, external = owe(health), owe(ministry, external=True)
    return locals()


def test_each_count_counts_what_its_definition_says(mixture):
    counts = indicators.count(Obligation.objects.all(), on=D(2026, 1, 5))
    assert counts.total == 9
    assert counts.applicable == 6
    assert counts.completion_rate == Figure(2, 6)
    assert counts.waiting_in_time == 1
    assert counts.on_time_rate == Figure(1, 3)


def test_the_same_counts_come_from_the_history_of_that_day(mixture):
    day = D(2026, 1, 5)
    now = indicators.count(Obligation.objects.all(), on=day)
    then = indicators.count(ObligationState.objects.at(day), on=day, prefix="obligation__")
    assert {**vars(now)} == {**vars(then)}


def test_a_moved_date_counts_by_the_original_and_by_the_current_date(mixture, coordinator):
    stuck = mixture["stuck"]
    blocks.lift(stuck, by=coordinator, on=D(2026, 1, 5))
    counts = indicators.count(Obligation.objects.all(), on=D(2026, 1, 5))
    assert counts.on_time_rate == Figure(1, 3)
    assert counts.original_on_time_rate == Figure(1, 4)


def test_groups_add_up_to_the_whole(mixture):
    day = D(2026, 1, 5)
    grouped = indicators.count_by(Obligation.objects.all(), "department_id", on=day)
    total = sum(grouped.values(), start=indicators.Counts())
    assert total == indicators.count(Obligation.objects.all(), on=day)
