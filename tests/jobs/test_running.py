"""How a job ends: done, tried again, failed."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from accounts.errors import RuleViolation
from jobs import queue, running
from jobs.models import NoopMark

pytestmark = pytest.mark.django_db


@pytest.fixture
def do(handle, settings):
    """Do a job with this handler until nothing is left to try; the job as it ended."""
    settings.JOB_SWEEP_SECONDS = -1

    def perform(handler, **facts):
        handle("work", handler)
        job = queue.enqueue("work", **facts)
        while running.perform(job.pk):
            pass
        job.refresh_from_db()
        return job

    return perform


def test_a_handler_gets_arguments_and_person(do, officer):
    seen = []
    do(lambda run: seen.append((run.args, run.by)), args={"on": "2026-11-23"}, by=officer)
    assert seen == [({"on": "2026-11-23"}, officer)]


def test_a_handler_that_just_returns_has_done_its_job(do):
    job = do(lambda run: None)
    assert (job.state, job.attempts, job.result) == ("done", 1, {})
    assert job.finished_at >= job.started_at >= job.created_at


def test_the_result_is_kept(do):
    def handler(run):
        with run.finishing(result={"url": "/reports/1/"}):
            pass

    assert do(handler).outcome == {"url": "/reports/1/"}


def test_the_last_progress_is_kept(do):
    def handler(run):
        run.progress(3, 4, "第三个部门")
        with run.finishing():
            pass

    job = do(handler)
    assert (job.progress_done, job.progress_total, job.progress_message) == (3, 4, "第三个部门")


def test_what_cannot_be_done_at_present_is_tried_again_and_then_fails_in_its_own_words(
    do, settings
):
    tries = []

    def handler(run):
        tries.append(run.job.error)
        raise running.NotNow("数据库会话未提交")

    job = do(handler)

    assert job.state == "failed"
    assert job.error == "数据库会话未提交"
    assert tries == ["", *["数据库会话未提交"] * (settings.JOB_ATTEMPTS - 1)]


def test_an_error_is_tried_again_until_the_attempts_are_used_up(do, settings):
    tries = []

    def handler(run):
        tries.append(run.job.attempts)
        raise ZeroDivisionError

    job = do(handler)
    assert tries == [1, 2, 3]
    assert job.state == "failed"
    assert "ZeroDivisionError" in job.error
    assert "Traceback" not in job.error


def test_a_job_that_succeeds_at_last_shows_no_error(do):
    def handler(run):
        if run.job.attempts < 3:
            raise ZeroDivisionError

    job = do(handler)
    assert (job.state, job.error) == ("done", "")


@pytest.mark.parametrize("refusal", [RuleViolation("此清单已导入。"), PermissionDenied("无权。")])
def test_a_refusal_fails_at_once_with_its_sentence(do, refusal):
    def handler(run):
        raise refusal

    job = do(handler)
    assert (job.state, job.attempts, job.error) == ("failed", 1, str(refusal))


def test_an_error_after_the_end_does_not_undo_the_job(do):
    def handler(run):
        with run.finishing():
            NoopMark.objects.create(job=run.job)
        raise ZeroDivisionError

    assert do(handler).state == "done"
    assert NoopMark.objects.count() == 1


def test_after_an_error_a_job_rests_before_its_next_attempt(handle, settings):
    settings.JOB_SWEEP_SECONDS = 60

    def handler(run):
        raise ZeroDivisionError

    handle("work", handler)
    job = queue.enqueue("work")
    assert running.perform(job.pk)
    assert not running.perform(job.pk)


def test_run_jobs_does_everything_without_a_broker(capsys, settings):
    settings.JOB_SCHEDULE = {}
    call_command("enqueue_noop", count=5)
    call_command("run_jobs", until_empty=True)
    marks = NoopMark.objects.values_list("job", flat=True)
    assert len(marks) == len(set(marks)) == 5


def test_run_jobs_once_does_one(settings):
    settings.JOB_SCHEDULE = {}
    call_command("enqueue_noop", count=2)
    call_command("run_jobs", once=True)
    assert NoopMark.objects.count() == 1
