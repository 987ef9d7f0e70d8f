"""Workers are killed: no job is lost, none is done twice."""

import random
import signal
import time

import pytest

from tests.faults.queries import DONE, LIVE, MARKED, MARKS, RUNNING
from tests.installation import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.services]

WORKERS, JOBS = 3, 10


def kill_in_turn(place, *, kills, seed=1):
    """Kill -9 a worker while there is work, start another in its place, and so on.

    Each kill has jobs of its own: however slowly workers start, they never run out.
    """
    chance = random.Random(seed)
    workers = [place.start_worker(number) for number in range(WORKERS)]
    last_seen = {number: [] for number in range(WORKERS)}
    for kill in range(kills):
        number = kill % WORKERS
        seen = f"SELECT seen_at FROM jobs_workerseen WHERE name = 'worker{number}@test'"
        assert wait_until(lambda: place.rows(seen) != last_seen[number])  # noqa: B023
        last_seen[number] = place.rows(seen)
        place.manage("enqueue_noop", "--count", str(JOBS), "--seconds", "0.5")
        assert wait_until(lambda: place.count(RUNNING) > 0)
        time.sleep(chance.uniform(0.1, 0.6))
        workers[number].send_signal(signal.SIGKILL)
        workers[number].wait()
        workers[number] = place.start_worker(number)


def test_twenty_killed_workers_lose_no_job_and_double_none(install):
    place = install()
    kill_in_turn(place, kills=20)
    assert wait_until(lambda: place.count(LIVE) == 0)
    assert (place.count(DONE), place.count(MARKED), place.count(MARKS)) == (200, 200, 200)
    assert place.count("SELECT count(*) FROM jobs_job WHERE attempts > 1") >= 5, "kills hit nothing"


def test_without_the_fence_killed_workers_double_jobs(install):
    """The negative control: the same kills, but the row is left outside the fenced transaction."""
    place = install(NOOP_HANDLER="tests.faults.handlers.careless")
    kill_in_turn(place, kills=3)
    assert wait_until(lambda: place.count(LIVE) == 0)
    assert place.count(MARKS) > place.count(MARKED) == 30
