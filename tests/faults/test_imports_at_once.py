"""Two people import the same file at once: one edition, and the other is told."""

import json

import pytest

from tests.faults import lists

pytestmark = pytest.mark.faults


def ask(place, call):
    said = place.manage("shell", "-v", "0", "-c", f"from tests.faults import racing; racing.{call}")
    return json.loads(said.splitlines()[-1])


@pytest.fixture(scope="module")
def place(make_installation):
    return make_installation()


# One edition beside the first one, and the other import is told that the list says the same.
ONE_EDITION = {
    "jobs": ["done", "done"],
    "imports": ["applied", "applied"],
    "nothing": [False, True],
    "editions": 2,
    "items": lists.ROWS,
    "changes": 1,
}


def test_two_workers_with_the_same_file_make_one_edition(place):
    assert ask(place, "two_imports()") == ONE_EDITION


def test_without_the_lock_the_other_is_not_told(place):
    """The negative control: both compare with the list as it was before either wrote."""
    assert ask(place, "two_imports(unlocked=True)") != ONE_EDITION


def test_of_two_who_confirm_the_same_import_one_is_told(place):
    said = ask(place, "two_confirmations()")
    assert said["jobs"] == 1
    assert len(said["told"]) == 1
