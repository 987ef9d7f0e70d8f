"""Two beats and every worker keep the time at once: each period has one job, done once."""

import pytest

from tests.faults.queries import LIVE
from tests.faults.storm import Storm
from tests.installation import wait_until
from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long]

# 31 days are as many as are caught up.
KINDS, DAYS = (10, 31) if FULL else (3, 10)
INSTALLED_LONG_AGO = f"""
import datetime as dt
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
long_ago = timezone.now() - dt.timedelta(days={DAYS})
MigrationRecorder(connection).migration_qs.update(applied=long_ago)
"""
NO_UNIQUE_PERIOD = """
from django.db import connection
connection.cursor().execute("DROP INDEX job_period_once")
"""
PERIODS = "SELECT kind, period, count(*) FROM jobs_job WHERE period > '' GROUP BY kind, period"
MARKS_OF_PERIODS = """
SELECT count(*) FROM jobs_job JOIN jobs_noopmark ON job_id = jobs_job.id
WHERE period > '' GROUP BY kind, period
"""


def keep_time(install, script, **environment):
    """An installation in which so many days of so many kinds have come due at once."""
    place = install(DAILY=str(KINDS), **environment)
    place.manage("shell", "-v", "0", "-c", script)
    Storm(place, workers=2).start_beats(2)
    assert wait_until(lambda: len(place.rows(PERIODS)) >= KINDS * DAYS)
    return place


def test_two_beats_give_each_period_one_job(install):
    place = keep_time(install, INSTALLED_LONG_AGO)
    assert wait_until(lambda: place.count(LIVE) == 0)
    assert {count for *_period, count in place.rows(PERIODS)} == {1}
    assert {count for (count,) in place.rows(MARKS_OF_PERIODS)} == {1}


def test_without_the_constraint_a_period_would_come_twice(install):
    """The negative control: a look whether the row is there is not enough."""
    place = keep_time(install, INSTALLED_LONG_AGO + NO_UNIQUE_PERIOD, SLOW_LOOK="1")
    assert max(count for *_period, count in place.rows(PERIODS)) > 1
