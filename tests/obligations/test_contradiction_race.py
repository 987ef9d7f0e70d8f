"""Of two words of one consumer, and of two decisions on one case, one counts: real threads."""

import json
from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("contradiction_race.py").read_text()


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        return json.loads(installation.manage("shell", "-v", "0", "-c", RACE).strip())
    finally:
        installation.stop()


@pytest.mark.faults
def test_of_two_words_and_of_two_decisions_exactly_one_counts(tmp_path):
    found = race(tmp_path)

    assert (found["words"], found["decisions"]) == (1, 1)
    assert found["both"] in (["reopened", "in_progress"], ["accepted", "verified"])


@pytest.mark.faults
def test_without_the_lock_both_would(tmp_path):
    found = race(tmp_path, UNLOCKED="1")

    assert (found["words"], found["decisions"]) == (2, 2)
