"""Two beats at once ask for every missed period once."""

import json
from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("plan_race.py").read_text()
PERIODS = ["2025-08", "2025-09", "2025-10", "2025-11"]

pytestmark = pytest.mark.faults


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        said = installation.manage("shell", "-v", "0", "-c", RACE)
        return json.loads(said.strip().splitlines()[-1])
    finally:
        installation.stop()


@pytest.mark.parametrize("without", [{}, {"UNLOCKED": "1"}], ids=["locked", "constraint alone"])
def test_nothing_is_made_twice(tmp_path, without):
    assert race(tmp_path, **without) == {"periods": PERIODS, "jobs": 4, "wrong": []}


def test_without_lock_and_constraint_everything_would_be_twice(tmp_path):
    """The negative control: both beats saw that nothing was there."""
    found = race(tmp_path, UNLOCKED="1", UNGUARDED="1")

    assert found["periods"] == sorted(PERIODS * 2)
