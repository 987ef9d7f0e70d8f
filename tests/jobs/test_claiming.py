"""Who may do a job, and who may finish it."""

import pytest

from jobs import claiming, queue, running, sweeping
from jobs.heartbeat import Heartbeat
from jobs.models import Job, NoopMark
from jobs.running import Run

pytestmark = pytest.mark.django_db


def test_only_one_worker_gets_a_job(noop):
    assert claiming.claim(noop.pk) is not None
    assert claiming.claim(noop.pk) is None


def test_a_job_whose_lease_is_over_is_taken_by_the_next_worker(noop, abandon):
    first = claiming.claim(noop.pk)
    abandon(noop)
    second = claiming.claim(noop.pk)
    assert second.token != first.token
    assert second.attempts == 2


def test_a_heartbeat_keeps_the_job(noop, abandon):
    held = claiming.claim(noop.pk)
    abandon(noop)
    assert claiming.extend(held)
    assert claiming.claim(noop.pk) is None


def test_a_heartbeat_does_not_take_a_job_back(noop, abandon):
    first = claiming.claim(noop.pk)
    abandon(noop)
    claiming.claim(noop.pk)
    assert not claiming.extend(first)


def finish_twice(noop, abandon):
    """A slow worker wakes up after another one has taken its job and finished it."""
    slow = Run(claiming.claim(noop.pk), Heartbeat(noop))
    abandon(noop)
    quick = Run(claiming.claim(noop.pk), Heartbeat(noop))
    with quick.finishing():
        NoopMark.objects.create(job=noop)
    with slow.finishing():
        NoopMark.objects.create(job=noop)


def test_a_worker_that_lost_its_lease_writes_nothing(noop, abandon):
    with pytest.raises(claiming.LeaseLost):
        finish_twice(noop, abandon)
    assert NoopMark.objects.filter(job=noop).count() == 1


def test_without_the_fence_the_same_work_would_be_done_twice(noop, abandon, monkeypatch):
    """The negative control of the test above: it can tell the difference."""
    monkeypatch.setattr(claiming, "finish", lambda job, **facts: None)
    finish_twice(noop, abandon)
    assert NoopMark.objects.filter(job=noop).count() == 2


def test_the_results_and_the_end_of_a_job_come_together_or_not_at_all(noop):
    run = Run(claiming.claim(noop.pk), Heartbeat(noop))

    def stumble():
        with run.finishing():
            NoopMark.objects.create(job=noop)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    noop.refresh_from_db()
    assert noop.state == "running"
    assert not NoopMark.objects.exists()


def test_a_cancelled_job_cannot_be_finished(noop, sysadmin):
    run = Run(claiming.claim(noop.pk), Heartbeat(noop))
    queue.cancel(noop, by=sysadmin)
    with pytest.raises(claiming.LeaseLost), run.finishing():
        NoopMark.objects.create(job=noop)
    assert not NoopMark.objects.exists()


def test_a_job_whose_workers_keep_vanishing_fails_with_a_reason(noop, abandon, settings):
    settings.JOB_CLAIMS = 2
    for _time in range(2):
        assert claiming.claim(noop.pk)
        abandon(noop)
    assert claiming.claim(noop.pk) is None
    assert sweeping.sweep().failed_count == 1
    noop.refresh_from_db()
    assert noop.state == "failed"
    assert "2" in noop.error


def test_the_sweeper_leaves_a_held_job_alone(noop, settings):
    settings.JOB_CLAIMS = 1
    claiming.claim(noop.pk)
    assert sweeping.sweep().failed_count == 0


def test_the_sweeper_finds_what_nobody_was_woken_for(noop, settings, abandon):
    settings.JOB_SWEEP_SECONDS = 10
    assert sweeping.overlooked() == []
    settings.JOB_SWEEP_SECONDS = -1
    assert sweeping.overlooked() == [noop.pk]
    claiming.claim(noop.pk)
    assert sweeping.overlooked() == []
    abandon(noop)
    assert sweeping.overlooked() == [noop.pk]


def test_a_finished_job_is_never_taken_again(noop, abandon):
    running.perform(noop.pk)
    abandon(noop)
    assert claiming.claim(noop.pk) is None
    assert Job.objects.get(pk=noop.pk).attempts == 1
