"""Of two workbooks about the same row, applied at once, one takes effect: real threads."""

import json
from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("upload_race.py").read_text()


@pytest.mark.faults
def test_of_two_workbooks_one_takes_effect_and_without_the_locks_both_would(tmp_path):
    installation = Installation(tmp_path, DJANGO_SETTINGS_MODULE="config.settings")
    try:
        said = installation.manage("shell", "-v", "0", "-c", RACE, seconds=180)
    finally:
        installation.stop()

    assert json.loads(said.strip().splitlines()[-1]) == {"locked": 1, "unlocked": 2}
