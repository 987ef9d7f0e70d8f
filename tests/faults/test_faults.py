"""The broker forgets and restarts, work outlives its lease: no job is lost."""

import time

import pytest
import redis

from config.broker import broker_socket
from tests.faults.queries import DONE, LIVE, MARKED, MARKS
from tests.installation import wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.services,
]


def flush(place):
    """FLUSHALL, as a person at the broker would."""
    socket = broker_socket(place.folder)
    with redis.Redis(unix_socket_path=str(socket)) as client:
        client.flushall()


def test_a_flushed_broker_loses_no_job(install):
    place = install()
    place.manage("enqueue_noop", "--count", "100")
    flush(place)
    place.start_worker()
    assert wait_until(lambda: place.count(DONE) == 100)
    assert (place.count(MARKED), place.count(MARKS)) == (100, 100)


def test_without_the_sweeper_a_flushed_broker_loses_jobs(install):
    """The negative control: nobody looks for what the broker forgot."""
    place = install(JOB_SWEEP_SECONDS="3600")
    place.manage("enqueue_noop", "--count", "100")
    flush(place)
    place.start_worker()
    assert wait_until(lambda: place.count("SELECT count(*) FROM jobs_workerseen") == 1)
    time.sleep(2)
    assert place.count(LIVE) == 100


def test_a_restarted_broker_is_found_again(install):
    place = install()
    broker = place.processes[0]
    place.manage("enqueue_noop", "--count", "40", "--seconds", "0.1")
    place.start_worker()
    assert wait_until(lambda: place.count(DONE) > 0)
    broker.kill()
    broker.wait()
    place.manage("enqueue_noop", "--count", "10")
    place.start_broker()
    assert wait_until(lambda: place.count(DONE) == 50)
    assert (place.count(MARKED), place.count(MARKS)) == (50, 50)


def test_work_longer_than_its_lease_keeps_it_and_shows_progress(install):
    place = install(NOOP_HANDLER="tests.faults.handlers.talkative", JOB_LEASE_SECONDS="5")
    place.manage("enqueue_noop", "--seconds", "11")
    for number in range(2):
        place.start_worker(number)
    moved = "SELECT count(*) FROM jobs_job WHERE state = 'running' AND progress_done > 0"
    assert wait_until(lambda: place.count(moved) == 1)
    assert wait_until(lambda: place.count(DONE) == 1)
    assert place.rows("SELECT attempts FROM jobs_job") == [(1,)]
