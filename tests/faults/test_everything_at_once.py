"""Workers killed and frozen, broker flushed and restarted, database restarted, two beats: all in
one run, in an order of chance, over jobs that each leave one trace. Nothing is lost or doubled."""

import pytest

from tests.faults.database import AT_ONCE, IN_ORDER, ON_POSTGRES
from tests.faults.queries import MARKED, MARKS
from tests.faults.storm import NOTHING_HAPPENED, Storm
from tests.faults.test_two_beats import DAYS, INSTALLED_LONG_AGO, MARKS_OF_PERIODS, PERIODS
from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long, ON_POSTGRES]

KILLS, FLUSHES, BROKER_RESTARTS, DATABASE_RESTARTS = (50, 5, 6, 6) if FULL else (4, 1, 1, 1)
JOBS_EACH = 12  # 600 for 50 kills
KINDS = 2


def rage(storm):
    """Every fault in an order of chance. One worker stands still from the middle on, beyond its
    lease, through all faults but the last few."""
    storm.start_beats(2)
    faults = [lambda: storm.kill(jobs=JOBS_EACH)] * KILLS
    faults += [storm.flush_broker] * FLUSHES
    faults += [storm.restart_broker] * BROKER_RESTARTS
    hows = [(AT_ONCE, IN_ORDER)[number % 2] for number in range(DATABASE_RESTARTS)]
    faults += [lambda how=how: storm.restart_database(how) for how in hows]
    storm.chance.shuffle(faults)
    middle, last = len(faults) // 2, len(faults) - max(1, len(faults) // 10)
    for number, fault in enumerate(faults):
        if number == middle:
            storm.freeze(0)
        if number == last:
            storm.thaw()
        fault()


def test_through_everything_no_job_is_lost_and_none_done_twice(install, server):
    place = install(database_url=server.make(), DAILY=str(KINDS))
    place.manage("shell", "-v", "0", "-c", INSTALLED_LONG_AGO)
    storm = Storm(place, server=server)
    rage(storm)
    assert storm.has_ended()
    periods = [count for *_period, count in place.rows(PERIODS)]
    assert len(periods) >= KINDS * DAYS
    assert set(periods) == {1}
    assert {count for (count,) in place.rows(MARKS_OF_PERIODS)} == {1}
    assert storm.queued == KILLS * JOBS_EACH
    assert storm.harm() == NOTHING_HAPPENED


def test_without_the_fence_everything_does_jobs_twice(install, server):
    """The negative control: the same faults, the row outside the fenced transaction."""
    place = install(database_url=server.make(), NOOP_HANDLER="tests.faults.handlers.careless")
    storm = Storm(place, server=server)
    for how in (AT_ONCE, IN_ORDER):
        storm.kill(jobs=JOBS_EACH)
        storm.restart_database(how)
    assert storm.has_ended()
    assert place.count(MARKS) > place.count(MARKED) == storm.queued
