"""A recount that is killed, one that meets acts under way: each date moves once, none is lost."""

import json
import os

import pytest

from tests.faults.recounts import AFTER, BEFORE, CHUNK, ROWS

pytestmark = pytest.mark.faults


def ask(place, call):
    words = f"from tests.faults import recounts; recounts.{call}"
    return json.loads(place.manage("shell", "-v", "0", "-c", words).splitlines()[-1])


def test_killed_in_between_it_goes_on_where_it_stopped(make_installation):
    said = ask(make_installation(), "killed()")

    half = {"before": ROWS - CHUNK, "moved": CHUNK, "torn": 0}
    assert said["left"] == [half, half]
    assert said["finished"] == {"before": 0, "moved": ROWS, "torn": 0}
    assert said["job"] == "done"


def test_without_the_transaction_a_kill_leaves_torn_dates(make_installation):
    """The negative control: every statement is on its own."""
    assert ask(make_installation(), "killed(torn=True)")["left"][0]["torn"] > 0


ONE_AT_A_TIME = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"),
    reason="SQLite lets one write at a time: no act is ever under way beside a load",
)


@ONE_AT_A_TIME
def test_what_was_counted_before_the_load_and_committed_after_it_moves_too(make_installation):
    said = ask(make_installation(), "under_way()")

    assert said == {"due_on": AFTER.isoformat(), "looked_at": 1}


@ONE_AT_A_TIME
def test_without_waiting_it_would_keep_the_old_date(make_installation):
    """The negative control: the recount looks while the act is not to be seen yet."""
    said = ask(make_installation(), "under_way(waits=False)")

    assert said == {"due_on": BEFORE.isoformat(), "looked_at": 0}
