"""A worker is killed, or has no room, while it makes a report: no part of a file can be had."""

import json

import pytest

from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.long]
SCRIPT = "from tests.faults import reporting; reporting."
# Besides the moments around the file.
ROUNDS = 40 if FULL else 4


def ask(make_installation, call):
    said = make_installation().manage("shell", "-v", "0", "-c", SCRIPT + call)
    return json.loads(said.splitlines()[-1])


def test_kills_leave_no_report_or_a_whole_one_and_each_request_gets_one(make_installation):
    said = ask(make_installation, f"main(rounds={ROUNDS})")
    left = said["left"]
    assert {"os.rename", "open"} <= set(said["steps"])
    assert [one for one in left if one["reports"] != one["whole"]] == []
    killed = [one for one in left if one["job"] != "done"]
    assert len(killed) >= len(left) - 2, "kills came too late"
    assert max(one["partial"] for one in left) > 0, "nobody was killed while writing"
    assert max(one["unknown"] for one in left) > 0, "nobody was killed before the commit"
    jobs = len(left) + 1
    assert said["ended"] == [["done", 1, 1]] * jobs
    assert said["snapshots"] == jobs
    assert said["swept"] > 0
    assert said["files"] == said["known"] == jobs


def test_a_row_before_the_file_is_whole_would_be_seen(make_installation):
    """The negative control."""
    said = ask(make_installation, "main(rounds=4, torn=True)")
    assert [one for one in said["left"] if one["reports"] != one["whole"]] != []


def test_a_full_disk_leaves_nothing_the_job_says_why_and_is_done_when_there_is_room(
    make_installation,
):
    said = ask(make_installation, "full(room=8000)")
    first = said["first"]
    assert "磁盘已满" in first.pop("error")
    assert first == {"job": "queued", "reports": 0, "whole": 0, "partial": 0, "unknown": 0}
    assert said["then"] == {"job": "done", "reports": 1, "whole": 1, "partial": 0, "unknown": 0}
    assert said["snapshots"] == 1


def test_it_is_the_lack_of_room_that_stops_it(make_installation):
    """The negative control: more than the file needs."""
    assert ask(make_installation, "full(room=10_000_000)")["first"]["job"] == "done"
