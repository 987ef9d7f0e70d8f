"""Workers are killed, the broker forgets and restarts: no job is lost, none is done twice."""

import random
import signal
import time

import pytest
import redis

from config.broker import broker_socket
from tests.installation import Installation, wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.services,
    pytest.mark.xdist_group("faults"),
]

LIVE = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
DONE = "SELECT count(*) FROM jobs_job WHERE state = 'done'"
MARKS = "SELECT count(*) FROM jobs_noopmark"
MARKED = "SELECT count(DISTINCT job_id) FROM jobs_noopmark"
WORKERS = 3


@pytest.fixture
def install(tmp_path_factory):
    """install(NAME="value"): an installation with short leases and an empty queue."""
    made = []

    def make(**environment):
        place = Installation(
            tmp_path_factory.mktemp("q"),
            DJANGO_SETTINGS_MODULE="tests.faults.settings",
            JOB_LEASE_SECONDS="2",
            **{"JOB_SWEEP_SECONDS": "1", **environment},
        )
        made.append(place)
        place.manage("migrate", "--verbosity", "0")
        place.start_broker()
        return place

    yield make
    for place in made:
        place.stop()


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


def flush(place):
    """FLUSHALL, as a person at the broker would."""
    socket = broker_socket(place.folder)
    with redis.Redis(unix_socket_path=str(socket)) as client:
        client.flushall()


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


def test_a_flushed_broker_loses_no_job(install):
    place = install()
    place.manage("enqueue_noop", "--count", "100")
    flush(place)
    place.start_worker()
    assert wait_until(lambda: place.count(DONE) == 100, seconds=20)
    assert (place.count(MARKED), place.count(MARKS)) == (100, 100)


def test_without_the_sweeper_a_flushed_broker_loses_jobs(install):
    """The negative control: nobody looks for what the broker forgot."""
    place = install(JOB_SWEEP_SECONDS="3600")
    place.manage("enqueue_noop", "--count", "100")
    flush(place)
    place.start_worker()
    assert wait_until(lambda: place.count("SELECT count(*) FROM jobs_workerseen") == 1, seconds=20)
    time.sleep(2)
    assert place.count(LIVE) == 100


def test_a_restarted_broker_is_found_again(install):
    place = install()
    broker = place.processes[0]
    place.manage("enqueue_noop", "--count", "40", "--seconds", "0.1")
    place.start_worker()
    assert wait_until(lambda: place.count(DONE) > 0, seconds=20)
    broker.kill()
    broker.wait()
    place.manage("enqueue_noop", "--count", "10")
    place.start_broker()
    assert wait_until(lambda: place.count(DONE) == 50, seconds=60)
    assert (place.count(MARKED), place.count(MARKS)) == (50, 50)


def test_work_longer_than_its_lease_keeps_it_and_shows_progress(install):
    place = install(NOOP_HANDLER="tests.faults.handlers.talkative")
    place.manage("enqueue_noop", "--seconds", "5")
    for number in range(2):
        place.start_worker(number)
    moved = "SELECT count(*) FROM jobs_job WHERE state = 'running' AND progress_done > 0"
    assert wait_until(lambda: place.count(moved) == 1, seconds=20)
    assert wait_until(lambda: place.count(DONE) == 1, seconds=20)
    assert place.rows("SELECT attempts FROM jobs_job") == [(1,)]
