"""An objection that meets the publication of its statement is heard or refused: never lost."""

import json
from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("score_race.py").read_text()

pytestmark = pytest.mark.faults


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        said = installation.manage("shell", "-v", "0", "-c", RACE)
        return json.loads(said.strip().splitlines()[-1])
    finally:
        installation.stop()


def test_who_comes_second_is_told(tmp_path):
    assert race(tmp_path) == {
        "objection first": {"refused": ["publish"], "state": "opened", "waiting": 1},
        "publication first": {"refused": ["object_to"], "state": "published", "waiting": 0},
    }


def test_without_the_lock_an_objection_would_be_lost(tmp_path):
    """The negative control: it waits for ever under a statement that is published."""
    lost = {"refused": [], "state": "published", "waiting": 1}
    assert race(tmp_path, UNLOCKED="1") == dict.fromkeys(
        ["objection first", "publication first"], lost
    )
