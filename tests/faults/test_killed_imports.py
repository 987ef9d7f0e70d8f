"""A worker is killed while it applies a list: all of it is there, or nothing."""

import json

import pytest

from tests.faults import lists

pytestmark = [pytest.mark.faults, pytest.mark.long]
SCRIPT = "from tests.faults import killing; killing."


@pytest.fixture(scope="module")
def place(make_installation):
    return make_installation()


def ask(place, call):
    said = place.manage("shell", "-v", "0", "-c", SCRIPT + call)
    return json.loads(said.splitlines()[-1])


def nothing_of(whole):
    none = {name: 0 for name, count in whole.items() if isinstance(count, int)}
    return {**none, "import": "applying", "job": "running"}


def test_thirty_kills_leave_all_or_nothing_and_the_rest_is_finished(place):
    said = ask(place, "main(rounds=30, name='样本')")
    left, whole = said["left"], said["whole"]
    assert whole["items"] == whole["obligations"] == whole["changes"] == lists.ROWS
    assert len(left) == 30
    assert [one for one in left if one not in (whole, nothing_of(whole))] == []
    assert left.count(nothing_of(whole)) >= 20, "kills came too late"
    finished = ask(place, "finish(name='样本')")
    assert [one for one in finished["left"] if one != whole] == []
    assert len(finished["left"]) == 31
    assert len(finished["told"]) == 1, "finished imports differ from the one nobody interrupted"


def test_without_the_transaction_kills_leave_a_part(place):
    """The negative control: every statement is on its own."""
    said = ask(place, "main(rounds=6, name='另一样本', torn=True)")
    whole = said["whole"]
    parts = [one for one in said["left"] if one not in (whole, nothing_of(whole))]
    assert parts != []
