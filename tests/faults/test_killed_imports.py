"""A worker is killed while it applies a list: all of it is there, or nothing."""

import json

import pytest

pytestmark = pytest.mark.faults
ROUNDS, SEEDS = 10, (1, 2, 3)
SCRIPT = "from tests.faults import killing; killing."


@pytest.fixture(scope="module")
def place(make_installation):
    return make_installation()


def ask(place, call):
    said = place.manage("shell", "-v", "0", "-c", SCRIPT + call, seconds=240)
    return json.loads(said.splitlines()[-1])


def nothing_of(whole):
    none = {name: 0 for name, count in whole.items() if isinstance(count, int)}
    return {**none, "import": "applying", "job": "running"}


def test_thirty_kills_leave_all_or_nothing_and_the_rest_is_finished(place):
    left, whole = [], {}
    for seed in SEEDS:
        said = ask(place, f"main(rounds={ROUNDS}, seed={seed})")
        left += said["left"]
        whole = said["whole"]
    assert whole["items"] == whole["obligations"] == whole["changes"] > 200
    assert len(left) == 30
    assert [one for one in left if one not in (whole, nothing_of(whole))] == []
    assert left.count(nothing_of(whole)) >= 10, "kills came too late"
    finished = ask(place, "finish()")
    assert [one for one in finished["left"] if one != whole] == []
    assert len(finished["told"]) == 1, "finished imports differ from those nobody interrupted"


def test_without_the_transaction_kills_leave_a_part(place):
    """The negative control: every statement is on its own."""
    said = ask(place, "main(rounds=8, seed=9, torn=True)")
    parts = [one for one in said["left"] if one["items"] + one["editions"] > 0]
    assert [one for one in parts if one != said["whole"]] != []
