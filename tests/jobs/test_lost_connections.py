"""A connection that is gone is made anew: threads beside the work never end in silence."""

import threading

import pytest
from django.db import InterfaceError, connection
from django.db.backends.utils import CursorWrapper
from structlog.testing import capture_logs

from jobs import claiming, queue, running
from jobs.heartbeat import Heartbeat
from jobs.upkeep import Upkeep

pytestmark = pytest.mark.django_db(transaction=True)


def test_upkeep_skips_a_turn_and_goes_on(settings):
    settings.JOB_SWEEP_SECONDS, settings.JOB_SCHEDULE = 0, {}
    swept = []

    def sweep():
        swept.append("tried")
        raise InterfaceError("connection already closed")

    upkeep = Upkeep("worker@test", sweep=sweep)
    upkeep.take_turns()
    upkeep.take_turns()
    assert len(swept) == 2


def test_a_heartbeat_misses_a_beat_and_goes_on(noop, settings, monkeypatch):
    settings.JOB_LEASE_SECONDS = 0.3
    held = claiming.claim(noop.pk)
    problems, beaten = [InterfaceError("connection already closed")], threading.Event()
    execute = CursorWrapper.execute

    def failing_once(cursor, sql, params=None):
        if threading.current_thread().name != f"job-{held.pk}":
            return execute(cursor, sql, params)
        if problems:
            raise problems.pop()
        done = execute(cursor, sql, params)
        beaten.set()
        return done

    monkeypatch.setattr(CursorWrapper, "execute", failing_once)
    with Heartbeat(held):
        assert beaten.wait(10)
    assert not problems


def test_a_beat_after_the_jobs_end_takes_it_for_no_loss(handle, settings):
    settings.JOB_PROGRESS_SECONDS = 0.01

    def handler(run):
        [beating] = [one for one in threading.enumerate() if one.name == f"job-{run.job.pk}"]
        with run.finishing():
            run.progress(1, 1, "写入")
        beating.join(10)
        assert not beating.is_alive()
        run.go_on()

    handle("work", handler)
    job = queue.enqueue("work")
    with capture_logs() as said:
        assert running.perform(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    # On SQLite a beat within the transaction is missed, which is said; nothing is lost.
    assert {one["event"] for one in said} <= {"job_heartbeat_missed"}


def test_a_beat_that_finds_the_job_taken_over_says_so(noop, abandon, settings):
    settings.JOB_PROGRESS_SECONDS = 0.01
    held = claiming.claim(noop.pk)
    abandon(noop)
    claiming.claim(noop.pk)
    with capture_logs() as said, Heartbeat(held) as heartbeat:
        heartbeat.progress = {"progress_done": 1}
        heartbeat._thread.join(10)
    assert heartbeat.lost
    assert [one["event"] for one in said] == ["job_lease_lost"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file is not lost")
def test_a_lost_database_is_no_error_of_the_job(handle, abandon, settings):
    """However often it goes away, even while the job's end is being written."""
    settings.JOB_ATTEMPTS = 1

    def handler(run):
        with run.finishing():
            if run.job.attempts < 4:
                connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    handle("work", handler)
    job = queue.enqueue("work")
    for _time in range(4):
        assert running.perform(job.pk)
        abandon(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("done", 4, "")
