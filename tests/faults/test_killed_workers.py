"""Workers are killed: no job is lost, none is done twice."""

import random
import signal
import time

import pytest

from tests.faults.queries import DONE, LIVE, MARKED, MARKS
from tests.installation import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.services]

WORKERS = 3


def kill_in_turn(place, *, kills, seed=1):
    """Kill -9 a worker that has begun to take jobs, start another in its place, and so on."""
    chance = random.Random(seed)
    workers = [place.start_worker(number) for number in range(WORKERS)]
    last_seen = {number: [] for number in range(WORKERS)}
    for kill in range(kills):
        number = kill % WORKERS
        seen = f"SELECT seen_at FROM jobs_workerseen WHERE name = 'worker{number}@test'"
        assert wait_until(lambda: place.rows(seen) != last_seen[number], seconds=30)  # noqa: B023
        last_seen[number] = place.rows(seen)
        time.sleep(chance.uniform(0.1, 0.6))
        workers[number].send_signal(signal.SIGKILL)
        workers[number].wait()
        workers[number] = place.start_worker(number)


def test_twenty_killed_workers_lose_no_job_and_double_none(install):
    place = install()
    place.manage("enqueue_noop", "--count", "200", "--seconds", "0.5")
    kill_in_turn(place, kills=20)
    assert wait_until(lambda: place.count(LIVE) == 0, seconds=90)
    assert (place.count(DONE), place.count(MARKED), place.count(MARKS)) == (200, 200, 200)
    assert place.count("SELECT count(*) FROM jobs_job WHERE attempts > 1") >= 5, "kills hit nothing"


def test_without_the_fence_killed_workers_double_jobs(install):
    """The negative control: the same kills, but the row is left outside the fenced transaction."""
    place = install(NOOP_HANDLER="tests.faults.handlers.careless")
    place.manage("enqueue_noop", "--count", "30", "--seconds", "0.5")
    kill_in_turn(place, kills=3)
    assert wait_until(lambda: place.count(LIVE) == 0, seconds=60)
    assert place.count(MARKS) > place.count(MARKED) == 30
