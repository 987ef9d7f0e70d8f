"""Invented obligations: as many as asked, the same for the same seed, and true to the rules."""

import itertools
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from obligations.models import (
    DepartmentDay,
    Obligation,
    ObligationState,
)
from reports.sampling import crowd

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def _load(count=1200, seed=1):
    return crowd.load(obligation_count=count, seed=seed, today=TODAY)


def _facts():
    rows = ObligationState.objects.order_by("obligation_id", "valid_from")
    return list(
        rows.values_list(
            *("obligation__item__title", "obligation__department__name"),
            *("valid_from", "valid_to", "status", "due_on", "light_reason"),
        )
    )


def test_exactly_as_many_obligations_are_made_as_were_asked():
    _load(37)
    assert Obligation.objects.count() == 37


def test_the_history_begins_a_year_ago_and_has_no_gaps():
    _load(200)
    for obligation in Obligation.objects.prefetch_related("states"):
        states = sorted(obligation.states.all(), key=lambda state: state.valid_from)
        assert states[0].valid_from <= TODAY - timedelta(days=365)
        assert all(
            earlier.valid_to == later.valid_from for earlier, later in itertools.pairwise(states)
        )
        assert states[-1].valid_to is None
        assert states[-1].light_reason == obligation.light_reason


def test_the_same_seed_makes_the_same_and_another_seed_something_else():
    _load(150)
    first = _facts()
    ObligationState.objects.all().delete()
    _load(150)
    assert _facts() == first
    ObligationState.objects.all().delete()
    _load(150, seed=2)
    assert _facts() != first


def test_each_month_of_the_past_year_has_totals():
    _load(60)
    months = {day.replace(day=1) for day in DepartmentDay.objects.values_list("day", flat=True)}
    assert len(months) == 13


def test_the_command_tells_how_many_were_added(capsys):
    call_command("load_sample", obligations=20, seed=3)
    assert "20" in capsys.readouterr().out
    assert Obligation.objects.count() == 20


def test_the_command_refuses_less_than_one():
    with pytest.raises(CommandError):
        call_command("load_sample", obligations=0)


def test_without_the_sample_province_the_simulator_has_no_plan(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "simulator.json").write_text("{}")
    call_command("plan_simulator")
    assert list(tmp_path.iterdir()) == []
