"""Two people at once: one gets through, the other is told; real threads, real connections."""

import json
from pathlib import Path

import pytest

from tests.installation import Installation

RACE = Path(__file__).with_name("race.py").read_text()
CONTESTS = ["verify and return", "verify and verify", "two extensions", "approve and approve"]

pytestmark = pytest.mark.faults


def race(folder, **environment):
    installation = Installation(folder, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    try:
        said = installation.manage("shell", "-v", "0", "-c", RACE)
        return json.loads(said.strip().splitlines()[-1])
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    return race(tmp_path_factory.mktemp("locked"))


@pytest.fixture(scope="module")
def unlocked(tmp_path_factory):
    return race(tmp_path_factory.mktemp("unlocked"), UNLOCKED="1")


@pytest.mark.parametrize("contest", CONTESTS)
def test_one_gets_through_and_the_other_is_told(locked, contest):
    found = locked[contest]

    assert (found["through"], found["refused"]) == (1, ["RuleViolation"])


def test_a_claim_comes_before_the_withdrawal_or_is_told(locked):
    """Both may be right, one after the other; it ends withdrawn all the same."""
    found = locked["claim and withdraw"]

    assert found["status"] == "withdrawn"
    assert found["through"] + len(found["refused"]) == 2


@pytest.mark.parametrize("contest", CONTESTS)
def test_without_the_lock_both_would_get_through(unlocked, contest):
    assert unlocked[contest]["through"] == 2


def test_of_eight_notices_at_once_none_has_anothers_number(locked):
    assert locked["numbers"] == [1, 2, 3, 4, 5, 6, 7, 8]
