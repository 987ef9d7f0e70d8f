"""The same receipt many times at once is one delivery, and every refusal is counted."""

import json
from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("receipt_race.py").read_text()

pytestmark = pytest.mark.faults


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        said = installation.manage("shell", "-v", "0", "-c", RACE)
        return json.loads(said.strip().splitlines()[-1])
    finally:
        installation.stop()


def test_of_the_same_receipt_at_once_one_is_kept_and_the_others_are_told(tmp_path):
    assert race(tmp_path) == {
        "replayed": {"answered": {"201": 1, "409": 7}, "kept": 1, "refused": {"replayed": 7}},
        "repeated": {"answered": {"201": 1, "200": 7}, "kept": 1, "refused": {}},
        "unsigned": {"answered": {"401": 8}, "kept": 0, "refused": {"unsigned": 8}},
    }


def test_without_the_constraints_each_would_be_a_delivery(tmp_path):
    """The negative control: all have looked before the first of them writes."""
    found = race(tmp_path, UNLOCKED="1")
    assert (found["replayed"]["kept"], found["repeated"]["kept"]) == (8, 8)
