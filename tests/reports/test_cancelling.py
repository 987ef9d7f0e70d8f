"""A report in the making shows how far it is, and cancelled it leaves nothing behind."""

import datetime as dt
import itertools

import pytest
import time_machine
from django.db import connection

from accounts.models import AuditEntry
from jobs import claiming, queue, running
from jobs.models import Job
from obligations import filing
from reports import making, rows, snapshots
from reports.models import FigureLine, ObligationLine, Report, Snapshot
from reports.scopes import Scope

AS_OF = dt.date(2025, 11, 21)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(dt.datetime(2025, 11, 21, 2, 0, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def job(owe, police, coordinator):
    for _number in range(12):
        owe(police, status="issued")
    return making.ask(on=AS_OF, today=AS_OF, by=coordinator, scope=Scope())


@pytest.fixture
def at_step(monkeypatch):
    """at_step(n, act): `act` happens when the n-th step of the work begins."""

    def arrange(number, act):
        steps, known = itertools.count(), running.Run.go_on

        def go_on(run):
            if next(steps) == number:
                act(run)
            known(run)

        monkeypatch.setattr(running.Run, "go_on", go_on)

    return arrange


@pytest.fixture
def cancelled(coordinator, monkeypatch):
    """Cancelled by the person who asked; the next beat of the heart finds it so."""

    def cancel(run):
        queue.cancel(Job.objects.get(pk=run.job.pk), by=coordinator)

    def act(run):
        if not connection.in_atomic_block:
            cancel(run)
            run._heartbeat._write()
            return
        # On this one connection the cancelling would be rolled back with the freezing.
        run._heartbeat.lost = True
        known = snapshots.discard_cancelled
        monkeypatch.setattr(snapshots, "discard_cancelled", lambda: cancel(run) or known())

    return act


def files():
    folder = filing.absolute(making.FOLDER)
    return list(folder.iterdir()) if folder.is_dir() else []


def left_behind():
    kept = [Snapshot, ObligationLine, FigureLine, Report]
    return [model.__name__ for model in kept if model.objects.exists()] + files()


def steps_of(job):
    """What was shown, in its order."""
    shown = []
    known = running.Run.progress

    def progress(run, done, total, message=""):
        shown.append((done, total, str(message)))
        known(run, done, total, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running.Run, "progress", progress)
        assert running.perform(job.pk)
    return shown


@pytest.mark.django_db(transaction=True)
def test_every_step_is_shown_with_the_rows_that_are_written(job, monkeypatch):
    monkeypatch.setattr(rows, "_BATCH", 5)
    shown = steps_of(job)

    parts = [done / total for done, total, _message in shown]
    assert parts == sorted(parts)
    assert parts[-1] == 1
    assert len(set(parts)) >= 6
    written = [message for _done, _total, message in shown if "12" in message]
    assert written
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", range(9))
def test_a_report_cancelled_at_any_step_leaves_nothing_behind(
    job, at_step, cancelled, step, monkeypatch
):
    monkeypatch.setattr(rows, "_BATCH", 5)
    at_step(step, cancelled)

    assert running.perform(job.pk)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert left_behind() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_look_between_the_batches_the_file_would_be_written(
    job, at_step, coordinator, monkeypatch
):
    """The negative control: only the fence at the end would stop it."""
    asked = []
    monkeypatch.setattr(running.Run, "go_on", lambda run: asked.append(1))
    written = making.write
    finished = []

    def write(snapshot, **more):
        queue.cancel(Job.objects.get(pk=job.pk), by=coordinator)
        made = written(snapshot, **more)
        finished.append(made)
        return made

    monkeypatch.setattr(making, "write", write)
    assert running.perform(job.pk)
    assert len(finished) == 1
    assert left_behind() == []  # the fence refuses, and what it refuses is taken away


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_of_a_job_that_another_worker_goes_on_with_stays(job, at_step):
    def taken_over(run):
        Job.objects.filter(pk=run.job.pk).update(token="another")
        run._heartbeat._write()

    at_step(6, taken_over)
    assert running.perform(job.pk)

    assert Snapshot.objects.filter(job=job).exists()
    Job.objects.filter(pk=job.pk).update(state="queued", token="", lease_until=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running.Run, "go_on", lambda run: None)
        assert running.perform(job.pk)
    assert Report.objects.get().snapshot == Snapshot.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_report_may_be_asked_for_again(job, at_step, cancelled, sysadmin):
    at_step(5, cancelled)
    running.perform(job.pk)

    queue.requeue(job, by=sysadmin)
    assert running.perform(job.pk)
    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_what_a_vanished_worker_froze_is_removed_by_the_next_report(job, coordinator):
    claimed = claiming.claim(job.pk)
    frozen = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, job=claimed)
    queue.cancel(claimed, by=coordinator)

    assert snapshots.discard_cancelled() == 1
    assert not Snapshot.objects.exists()
    entry = AuditEntry.objects.of("reports.snapshot", frozen.pk).last()
    assert entry.verb == "discard_snapshot"


@pytest.mark.django_db
def test_a_snapshot_with_a_report_is_never_removed(job, coordinator):
    assert running.perform(job.pk)
    Job.objects.filter(pk=job.pk).update(state="cancelled")

    assert snapshots.discard_cancelled() == 0
    assert Snapshot.objects.exists()
