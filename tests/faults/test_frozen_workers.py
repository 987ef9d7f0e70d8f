"""A worker stands still beyond its lease and goes on later: what it brings is refused."""

import time

import pytest

from tests.faults.database import ON_POSTGRES
from tests.faults.queries import DONE, RUNNING
from tests.faults.storm import MINUTE, NOTHING_HAPPENED, Storm
from tests.installation import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long]

WRITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = '{}' AND state = 'idle in transaction' AND query LIKE 'INSERT INTO "jobs_noopmark"%'
"""
HELD = "SELECT count(*) FROM jobs_job WHERE state = 'running' AND lease_until > now()"
REFUSED = "job_taken_over"


def freeze_and_thaw(place, *, jobs=2):
    """A worker is stopped with its hands full; another does its jobs; then it goes on."""
    storm = Storm(place, workers=1)
    storm.queue(jobs, seconds=1)
    assert wait_until(lambda: place.count(RUNNING) == jobs)
    storm.freeze(0)
    place.start_worker(1)
    assert wait_until(lambda: place.count(DONE) == jobs, seconds=MINUTE)
    storm.thaw()
    told = place.folder / "celery.log"
    assert wait_until(lambda: told.read_text().count(REFUSED) == jobs, seconds=MINUTE)
    assert storm.has_ended()
    return storm


def test_what_a_frozen_worker_brings_late_is_refused(install):
    assert freeze_and_thaw(install()).harm() == NOTHING_HAPPENED


def test_without_the_fence_a_frozen_worker_would_do_them_twice(install):
    """The negative control: what it brings is written whoever holds the job."""
    place = install(NOOP_HANDLER="tests.faults.handlers.late")
    assert freeze_and_thaw(place).harm() == NOTHING_HAPPENED | {"twice": 2}


@ON_POSTGRES
def test_who_stands_still_while_writing_holds_up_nobody_else(install):
    """Its transaction holds the row of its job: whoever waited for that row would stand still."""
    place = install(NOOP_HANDLER="tests.faults.handlers.stopping")
    storm = Storm(place, workers=1)
    storm.queue(1)
    writing = WRITING.format(place.database)
    assert wait_until(lambda: place.count(writing) == 1)
    place.start_worker(1)
    assert wait_until(lambda: place.count(HELD) == 0)
    # The sweepers wake for it once a second: time enough to catch both hands of the other worker.
    for _second in range(3):
        storm.queue(5, seconds=0)
        time.sleep(1)
    assert wait_until(lambda: place.count(DONE) == storm.queued - 1, seconds=3 * MINUTE)
    storm.frozen = 0
    storm.thaw()
    assert storm.has_ended()
    assert storm.harm() == NOTHING_HAPPENED
