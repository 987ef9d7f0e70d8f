"""Of two who decide on one report at once, the second is told: nothing is published over it."""

import json
from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("publishing_race.py").read_text()

pytestmark = pytest.mark.faults


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        said = installation.manage("shell", "-v", "0", "-c", RACE)
        return json.loads(said.strip().splitlines()[-1])
    finally:
        installation.stop()


def test_who_comes_second_is_refused(tmp_path):
    found = race(tmp_path)
    assert {name: one["through"] for name, one in found.items()} == dict.fromkeys(found, 1)
    assert {tuple(one["refused"]) for one in found.values()} == {("RuleViolation",)}
    assert found["publish and publish"]["state"] == "published"
    assert found["publish and send back"]["state"] in ("published", "draft")
    assert found["publish and withdraw"]["state"] == "published"


def test_without_the_lock_both_get_through_and_a_withdrawn_report_is_published_again(tmp_path):
    """The negative control."""
    found = race(tmp_path, UNLOCKED="1")
    assert {name: one["through"] for name, one in found.items()} == dict.fromkeys(found, 2)
    assert found["publish and withdraw"]["state"] == "published"
