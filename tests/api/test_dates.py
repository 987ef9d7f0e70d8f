"""Dates that explain themselves, for programs."""

import datetime as dt

import pytest

from obligations import completion
from tests.api.conftest import API

pytestmark = pytest.mark.django_db


def dates_of(program, row):
    answer = program.get(f"{API}/obligations/{row.pk}/dates/")
    assert answer.status_code == 200
    return {one["name"]: one for one in answer.json()["dates"]}


def test_every_date_says_why(coordinating, endorsed):
    found = dates_of(coordinating, endorsed)
    assert found["original_due_on"]["on"] == found["due_on"]["on"] == "2025-12-31"
    clock = found["decide_by"]
    assert (clock["start_on"], clock["days"], clock["on"]) == ("2025-08-21", 5, "2025-08-28")
    assert clock["weekend_days"] == 2
    assert clock["source"]
    assert clock["provisional"] is False


def test_skipped_holidays_are_named(coordinating, verified, coordinator):
    completion.reopen(verified, by=coordinator, on=dt.date(2025, 9, 30), reason="接口停了")
    found = dates_of(coordinating, verified)["due_on"]
    assert found["on"] == "2025-10-21"
    assert found["holidays"][0]["first"] == "2025-10-01"
    assert found["made_up"][0]["first"] == "2025-10-11"
    assert found["moves"][0]["before"] == "2025-12-31"


def test_another_departments_dates_are_not_found(program_of, officer2, endorsed):
    assert program_of(officer2).get(f"{API}/obligations/{endorsed.pk}/dates/").status_code == 404
