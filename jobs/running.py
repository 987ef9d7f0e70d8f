"""Runs one job from claim to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from jobs import claiming, waking
from jobs.apart import Company
from jobs.claiming import LeaseLost
from jobs.heartbeat import Heartbeat
from jobs.models import Job

logger = structlog.get_logger(__name__)

# What may have ended its workers takes no other job with it when it ends the next one.
_company = Company()


class NotNow(Exception):
    """What the work needs is not there at present, in a sentence for people: it is tried again."""


class Run:
    """What a handler gets: the job, who asked for it, and the only way to finish it."""

    def __init__(self, job: Job, heartbeat: Heartbeat) -> None:
        self.job = job
        self.finished = False
        self._heartbeat = heartbeat

    @property
    def args(self) -> dict[str, Any]:
        return dict(self.job.args)

    @property
    def by(self) -> User | None:
        return self.job.created_by

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is. Costs nothing; the heartbeat writes it about once a second."""
        self._heartbeat.progress = {
            "progress_done": done,
            "progress_total": total,
            "progress_message": str(message)[:200],
        }

    def go_on(self) -> None:
        """Between steps of long work: raise LeaseLost where the job was cancelled or taken over, as
        far as the heartbeat has noticed. Costs nothing."""
        if self._heartbeat.lost:
            raise LeaseLost(f"job {self.job.pk}")

    def require_held(self) -> None:
        """Last in a transaction of the handler's own: what it wrote stands only while the job is
        ours. Raises LeaseLost."""
        claiming.hold(self.job)

    @contextmanager
    def finishing(self, *, result: dict[str, Any] | None = None) -> Iterator[None]:
        """One transaction: the job is done, and everything written inside is there, or neither.

        `result` are JSON values; the job's page shows its "message" and links to its "url".
        Raises LeaseLost, before anything is written, when the job is no longer ours.
        """
        try:
            with transaction.atomic():
                claiming.finish(self.job, result=result or {}, progress=self._heartbeat.progress)
                # Said before it is committed: a beat may wait for that, and find the job ended.
                self._heartbeat.ending = True
                yield
        except BaseException:
            self._heartbeat.ending = False
            raise
        self.finished = True


Handler = Callable[[Run], None]


def perform(job_id: int) -> bool:
    """Do a job if it is due. True when it was ours to do, however it ended."""
    with _company.joined(apart=Job.objects.suspects().filter(pk=job_id).exists()):
        job = claiming.claim(job_id)
        if job is None:
            return False
        with structlog.contextvars.bound_contextvars(job=job.pk, kind=job.kind):
            _attempt(job)
    if job.period:
        _wake_next_period(job)
    return True


def _attempt(job: Job) -> None:
    """The one place that catches everything: what went wrong becomes the job's state."""
    line = connection.connection
    try:
        with Heartbeat(job) as heartbeat:
            run = Run(job, heartbeat)
            _handler_of(job)(run)
            if not run.finished:
                with run.finishing():
                    pass
    except LeaseLost:
        logger.warning("job_taken_over")
    except (RuleViolation, PermissionDenied) as refusal:
        claiming.fail(job, reason=str(refusal))
    except NotNow as hindrance:
        logger.warning("job_put_off", attempt=job.attempts, reason=str(hindrance))
        _give_back_or_fail(job, str(hindrance))
    except Exception as problem:
        if _is_cut_off(line, problem):
            # That says nothing about the job: its lease runs out, as if its worker had vanished.
            logger.warning("job_interrupted", problem=str(problem))
            connection.close()
            return
        logger.exception("job_attempt_failed", attempt=job.attempts)
        _retry_or_fail(job, problem)


def _is_cut_off(line: object, problem: Exception) -> bool:
    """Whether the database went away during the work, even where Django has found it again."""
    is_of_the_line = isinstance(problem, OperationalError | InterfaceError)
    return is_of_the_line and (connection.connection is not line or not connection.is_usable())


def _handler_of(job: Job) -> Handler:
    handler: Handler = import_string(settings.JOB_HANDLERS[job.kind])
    return handler


def _retry_or_fail(job: Job, problem: Exception) -> None:
    reason = _(
        "The work stopped at attempt %(attempt)s of %(attempts)s with an unexpected error "
        "(%(error)s). The log has the details under job %(job)s."
    ) % {
        "attempt": job.attempts,
        "attempts": settings.JOB_ATTEMPTS,
        "error": type(problem).__name__,
        "job": job.pk,
    }
    _give_back_or_fail(job, reason)


def _give_back_or_fail(job: Job, reason: str) -> None:
    if job.attempts < settings.JOB_ATTEMPTS:
        claiming.give_back(job, reason=reason)
    else:
        claiming.fail(job, reason=reason)


def _wake_next_period(job: Job) -> None:
    """Periods of one kind run in their order: the end of one is the turn of the next."""
    following = Job.objects.due().filter(kind=job.kind, period__gt="").order_by("period").first()
    if following is not None and following.pk != job.pk:
        waking.wake(following.pk, kind=following.kind)
