"""Of several answers to one row that rest on the same version, one is taken: real threads."""

from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("round_race.py").read_text()


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        return int(installation.manage("shell", "-v", "0", "-c", RACE).strip())
    finally:
        installation.stop()


@pytest.mark.faults
def test_of_eight_answers_to_one_row_exactly_one_is_taken(tmp_path):
    assert race(tmp_path) == 1


@pytest.mark.faults
def test_without_the_lock_more_would_be_taken(tmp_path):
    assert race(tmp_path, UNLOCKED="1") > 1
