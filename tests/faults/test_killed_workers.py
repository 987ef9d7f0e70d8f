"""Workers are killed: no job is lost, none is done twice."""

import pytest

from tests.faults.queries import MARKED, MARKS
from tests.faults.storm import NOTHING_HAPPENED, Storm
from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long]

KILLS, JOBS_EACH = (50, 12) if FULL else (6, 10)
AGAIN = "SELECT count(*) FROM jobs_job WHERE attempts > 1"


def test_killed_workers_lose_no_job_and_double_none(install):
    place = install()
    storm = Storm(place)
    for _kill in range(KILLS):
        storm.kill(jobs=JOBS_EACH)
    assert storm.has_ended()
    assert storm.harm() == NOTHING_HAPPENED
    assert place.count(AGAIN) >= KILLS / 4, "kills hit nothing"


def test_without_the_fence_killed_workers_double_jobs(install):
    """The negative control: the same kills, but the row is left outside the fenced transaction."""
    place = install(NOOP_HANDLER="tests.faults.handlers.careless")
    storm = Storm(place)
    for _kill in range(3):
        storm.kill(jobs=4)
    assert storm.has_ended()
    assert place.count(MARKS) > place.count(MARKED) == storm.queued
