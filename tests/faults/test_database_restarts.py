"""The database is restarted while jobs run: none is lost, none is done twice."""

import pytest

from tests.faults.database import AT_ONCE, IN_ORDER, ON_POSTGRES
from tests.faults.queries import MARKED, MARKS
from tests.faults.storm import NOTHING_HAPPENED, Storm
from tests.installation import wait_until
from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long, ON_POSTGRES]

RESTARTS, JOBS_EACH = (6, 100) if FULL else (2, 15)


def restart_in_turn(storm):
    for number in range(RESTARTS):
        storm.catch_up(to=JOBS_EACH // 2)
        storm.queue(JOBS_EACH, seconds=0.2)
        storm.restart_database(IN_ORDER if number % 2 else AT_ONCE)


def test_a_restarted_database_loses_no_job_and_doubles_none(install, server):
    place = install(database_url=server.make())
    storm = Storm(place, server=server)
    restart_in_turn(storm)
    assert storm.has_ended()
    assert storm.harm() == NOTHING_HAPPENED


def test_without_the_fence_a_restarted_database_doubles_jobs(install, server):
    """The negative control: the row is there, though the end of its job was not to be written."""
    place = install(database_url=server.make(), NOOP_HANDLER="tests.faults.handlers.careless")
    storm = Storm(place, server=server)
    storm.queue(6, seconds=2)
    assert wait_until(lambda: place.count(MARKS) > 0)
    storm.restart_database(AT_ONCE)
    assert storm.has_ended()
    assert place.count(MARKS) > place.count(MARKED) == storm.queued
