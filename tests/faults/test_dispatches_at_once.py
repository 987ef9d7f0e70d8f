"""Two coordinators dispatch the same items at once: one set, and the other is told."""

import json

import pytest

from tests.faults.dispatching import ITEMS

pytestmark = pytest.mark.faults


def ask(place, call):
    words = f"from tests.faults import dispatching; dispatching.{call}"
    return json.loads(place.manage("shell", "-v", "0", "-c", words).splitlines()[-1])


@pytest.fixture(scope="module")
def place(make_installation):
    return make_installation()


ONE_SET = {"told": ["PlanChanged"], "obligations": ITEMS, "done": 1}


def test_of_two_who_confirm_the_same_one_is_told(place):
    assert ask(place, "two_dispatches()") == ONE_SET


def test_without_the_lock_the_other_is_not_told(place):
    """The negative control: both plan before either writes, and only the constraint is left."""
    assert ask(place, "two_dispatches(unlocked=True)") != ONE_SET
