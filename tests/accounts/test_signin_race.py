"""Parallel tries never pass the limit: real threads, real transactions."""

from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("race.py").read_text()


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        return int(installation.manage("shell", "-v", "0", "-c", RACE).strip())
    finally:
        installation.stop()


@pytest.mark.faults
def test_of_forty_tries_at_once_exactly_five_reach_the_password(tmp_path):
    assert race(tmp_path) == 5


@pytest.mark.faults
def test_without_the_lock_more_would_reach_it(tmp_path):
    assert race(tmp_path, UNLOCKED="1") > 5
