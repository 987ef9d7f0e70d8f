"""The broker forgets and restarts, work outlives its lease: no job is lost."""

import time

import pytest
import redis

from config.broker import broker_socket
from tests.faults.queries import DONE, LIVE
from tests.faults.storm import NOTHING_HAPPENED, Storm
from tests.installation import wait_until
from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long]

FLUSHES, RESTARTS, JOBS = (5, 6, 600) if FULL else (2, 2, 60)
SEEN = "SELECT count(*) FROM jobs_workerseen"
NOBODY_SWEEPS = {"JOB_SWEEP_SECONDS": "3600"}


def flush_in_turn(storm):
    for _flush in range(FLUSHES):
        storm.catch_up(to=JOBS // FLUSHES // 2)
        storm.queue(JOBS // FLUSHES, seconds=0.1)
        storm.flush_broker()


def restart_in_turn(storm):
    """Half of the jobs are queued while nobody can be woken for them."""
    for _restart in range(RESTARTS):
        storm.catch_up(to=JOBS // RESTARTS // 2)
        storm.queue(JOBS // RESTARTS // 2, seconds=0.1)
        storm.restart_broker(jobs=JOBS // RESTARTS // 2)


def test_a_flushed_broker_loses_no_job(install):
    storm = Storm(install(), workers=2)
    flush_in_turn(storm)
    assert storm.has_ended()
    assert (storm.queued, storm.harm()) == (JOBS, NOTHING_HAPPENED)


def test_a_restarted_broker_is_found_again_and_loses_no_job(install):
    storm = Storm(install(), workers=2)
    restart_in_turn(storm)
    assert storm.has_ended()
    assert (storm.queued, storm.harm()) == (JOBS, NOTHING_HAPPENED)


def test_without_the_sweeper_a_flushed_or_restarted_broker_loses_jobs(install):
    """The negative control: nobody looks for what the broker forgot, or never heard."""
    place = install(**NOBODY_SWEEPS)
    storm = Storm(place, workers=0)
    storm.queue(10)
    storm.flush_broker()
    storm.restart_broker(jobs=10)
    storm.workers = {1: place.start_worker(1)}
    assert wait_until(lambda: place.count(SEEN) == 1)
    storm.queue(1)
    assert wait_until(lambda: place.count(DONE) == 1)
    time.sleep(1)
    assert place.count(LIVE) == storm.harm()["lost"] == 20


def test_sweepers_wake_for_a_backlog_without_piling_up_messages(install):
    """Nobody works, and five sweepers look."""
    place = install(JOB_SWEEP_SECONDS="0")
    place.manage_in_turn(("enqueue_noop", "--count", "150"), *[("sweep",)] * 5)
    with redis.Redis(unix_socket_path=str(broker_socket(place.folder))) as client:
        assert client.llen("celery") == 2 * 150


def test_work_longer_than_its_lease_keeps_it_and_shows_progress(install):
    place = install(NOOP_HANDLER="tests.faults.handlers.talkative", JOB_LEASE_SECONDS="5")
    place.manage("enqueue_noop", "--seconds", "8")
    for number in range(2):
        place.start_worker(number)
    moved = "SELECT count(*) FROM jobs_job WHERE state = 'running' AND progress_done > 0"
    assert wait_until(lambda: place.count(moved) == 1)
    assert wait_until(lambda: place.count(DONE) == 1)
    assert place.rows("SELECT attempts FROM jobs_job") == [(1,)]
