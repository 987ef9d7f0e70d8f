"""The job row, which is the job, and the traces that prove what happened to it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


def database_time(*, plus_seconds: float = 0) -> models.Expression:
    """Now by the database's clock, the only one that all workers share."""
    span = models.Value(dt.timedelta(seconds=plus_seconds), output_field=models.DurationField())
    return models.ExpressionWrapper(Now() + span, output_field=models.DateTimeField())


class JobQuerySet(models.QuerySet["Job"]):
    def live(self) -> JobQuerySet:
        """Jobs that still have to end: queued or running."""
        return self.filter(state__in=Job.LIVE)

    def worth_a_look(self) -> JobQuerySet:
        """Without what ran every few minutes and left nothing to say."""
        return self.exclude(kind__in=settings.JOB_QUIET, state=Job.State.DONE)

    def is_live(self, job_id: int | None) -> bool:
        """Whether the job of this key, if any, can still change what it works on."""
        return job_id is not None and self.live().filter(pk=job_id).exists()

    def due(self) -> JobQuerySet:
        """Live jobs that no worker holds, and that may be begun once more."""
        return self.live().unheld().filter(attempts__lt=settings.JOB_CLAIMS)

    def exhausted(self) -> JobQuerySet:
        """Jobs that no worker holds and none may begin again: too many vanished with them."""
        return self.live().unheld().filter(attempts__gte=settings.JOB_CLAIMS)

    def suspects(self) -> JobQuerySet:
        """Jobs that more than one worker vanished with: a restart may be chance."""
        return self.filter(state=Job.State.RUNNING, attempts__gt=1).unheld()

    def unheld(self) -> JobQuerySet:
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=database_time()))

    def not_being_written(self) -> JobQuerySet:
        """Without rows that a transaction holds: a worker that stands still in the middle of one
        would make whoever waits for it stand still, too. The caller is in a transaction."""
        return Job.objects.filter(pk__in=self.select_for_update(of=("self",), skip_locked=True))

    def first_of_their_kind(self) -> JobQuerySet:
        """Without scheduled jobs that wait for an earlier period of the same kind."""
        earlier = Job.objects.live().filter(
            kind=models.OuterRef("kind"), period__gt="", period__lt=models.OuterRef("period")
        )
        return self.exclude(Q(period__gt="") & models.Exists(earlier))

    def visible_to(self, user: User) -> JobQuerySet:
        """The system administrator sees all jobs, others those that they started."""
        return self if user.role == "sysadmin" else self.filter(created_by=user)


class Job(models.Model):
    """One piece of work. Whoever holds the token holds the job, until `lease_until`."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    LIVE = (State.QUEUED, State.RUNNING)
    REQUEUEABLE = (State.FAILED, State.CANCELLED)

    kind = models.CharField(max_length=50)
    key = models.CharField(max_length=200, blank=True)
    period = models.CharField(max_length=40, blank=True)
    args = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=32, blank=True, editable=False)
    # Running: held until then. Queued: not before then (a pause after a failed attempt).
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="job_key_once_while_live",
                fields=["kind", "key"],
                condition=Q(state__in=["queued", "running"]) & ~Q(key=""),
            ),
            models.UniqueConstraint(
                name="job_period_once", fields=["kind", "period"], condition=~Q(period="")
            ),
            models.CheckConstraint(
                name="job_state_known",
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="job_running_is_held",
                condition=~Q(state="running") | (~Q(token="") & Q(lease_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="job_ended_has_a_time",
                condition=Q(state__in=["queued", "running"]) | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="job_live", fields=["id"], condition=Q(state__in=["queued", "running"])
            ),
            models.Index(name="job_by_creator", fields=["created_by", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def label(self) -> str:
        return str(settings.JOB_LABELS.get(self.kind, self.kind))

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def may_be_requeued(self) -> bool:
        return self.state in self.REQUEUEABLE

    @property
    def outcome(self) -> dict[str, Any]:
        """What the handler left for the page: {"url": …, "message": …} or nothing."""
        return self.result if self.state == self.State.DONE else {}


class NoopMark(models.Model):
    """The trace of one test job. Not unique on purpose: a job done twice leaves two rows."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="marks")
    left_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"mark of {self.job_id}"


class WorkerSeenQuerySet(models.QuerySet["WorkerSeen"]):
    def recent(self, *, seconds: float = 60) -> WorkerSeenQuerySet:
        return self.filter(seen_at__gt=database_time(plus_seconds=-seconds))


class WorkerSeen(models.Model):
    """When a worker was last able to take a job, by the database's clock."""

    name = models.CharField(max_length=200, unique=True)
    seen_at = models.DateTimeField(db_default=Now())

    objects = WorkerSeenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
