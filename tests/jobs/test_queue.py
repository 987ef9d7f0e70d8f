"""What goes into the queue, once."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from jobs import claiming, queue, running, waking
from jobs.models import Job

pytestmark = pytest.mark.django_db


def test_a_double_click_is_one_job():
    first = queue.enqueue("noop", key="import 7")
    assert queue.enqueue("noop", key="import 7") == first
    assert Job.objects.count() == 1


def test_a_key_is_free_again_when_its_job_has_ended():
    first = queue.enqueue("noop", key="import 7")
    running.perform(first.pk)
    assert queue.enqueue("noop", key="import 7") != first


def test_jobs_without_a_key_are_all_different():
    assert queue.enqueue("noop") != queue.enqueue("noop")


def test_one_key_may_serve_two_kinds(handle):
    handle("other", print)
    assert queue.enqueue("noop", key="7") != queue.enqueue("other", key="7")


def test_a_period_is_taken_for_ever():
    first = queue.enqueue("noop", period="2026-11-23")
    running.perform(first.pk)
    assert queue.enqueue("noop", period="2026-11-23") == first


def test_the_database_refuses_a_second_live_job_of_a_key():
    queue.enqueue("noop", key="import 7")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="noop", key="import 7")


def test_an_unknown_kind_is_refused_before_anything_is_written():
    with pytest.raises(LookupError):
        queue.enqueue("no such kind")
    assert not Job.objects.exists()


def test_a_job_leaves_with_the_transaction_that_made_it():
    @transaction.atomic
    def stumble():
        queue.enqueue("noop")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert not Job.objects.exists()


def test_a_broker_that_is_down_does_not_disturb_the_request(
    django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(waking._Broker, "down_until", 0.0)
    failures = waking.WAKE_FAILURES._value.get()
    with django_capture_on_commit_callbacks(execute=True):
        job = queue.enqueue("noop")
    assert waking.WAKE_FAILURES._value.get() == failures + 1
    job.refresh_from_db()
    assert job.state == "queued"


def test_the_system_administrator_starts_a_failed_job_again(noop, sysadmin):
    claiming.fail(claiming.claim(noop.pk), reason="no")
    queue.requeue(noop, by=sysadmin)
    assert (noop.state, noop.attempts, noop.error) == ("queued", 0, "")
    assert AuditEntry.objects.of("jobs.job", noop.pk).get().verb == "job.requeue"
    assert running.perform(noop.pk)


def test_an_officer_cannot_start_a_job_again(noop, officer):
    claiming.fail(claiming.claim(noop.pk), reason="no")
    with pytest.raises(PermissionDenied):
        queue.requeue(noop, by=officer)


def test_a_done_job_is_not_started_again(noop, sysadmin):
    running.perform(noop.pk)
    with pytest.raises(RuleViolation):
        queue.requeue(noop, by=sysadmin)


def test_a_failed_job_is_not_started_again_beside_its_twin(sysadmin):
    failed = queue.enqueue("noop", key="7")
    claiming.fail(claiming.claim(failed.pk), reason="no")
    queue.enqueue("noop", key="7")
    with pytest.raises(RuleViolation):
        queue.requeue(failed, by=sysadmin)


def test_people_cancel_their_own_jobs(officer):
    job = queue.cancel(queue.enqueue("noop", by=officer), by=officer)
    assert job.state == "cancelled"
    assert not running.perform(job.pk)
    assert AuditEntry.objects.of("jobs.job", job.pk).get().username == "officer"


def test_people_do_not_cancel_the_jobs_of_others(officer, officer2):
    job = queue.enqueue("noop", by=officer)
    with pytest.raises(PermissionDenied):
        queue.cancel(job, by=officer2)


def test_an_ended_job_is_not_cancelled(noop, sysadmin):
    running.perform(noop.pk)
    with pytest.raises(RuleViolation):
        queue.cancel(noop, by=sysadmin)
