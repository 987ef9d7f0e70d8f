"""Jobs in the API: one's own, all of them for the system administrator; how all of it runs."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.conf import settings
from django.db.models import QuerySet
from django.urls import path, reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import ANYBODY, Endpoint, StrictSerializer, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from jobs import operations, queue, watching
from jobs.models import Job
from jobs.operations import Picture, QueueLine
from jobs.watching import Line


class ProgressSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 as long as it is not known.")
    message = serializers.CharField(allow_blank=True)


class JobSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=Job.State.choices)
    attempts = serializers.IntegerField()
    progress = ProgressSerializer()
    error = serializers.CharField(allow_blank=True)
    result = serializers.JSONField(help_text="What the job left, as its kind defines.")
    created_by = serializers.CharField(allow_null=True, help_text="null is the schedule.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


def represent(job: Job) -> dict[str, Any]:
    """A job as JobSerializer describes it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "label": job.label,
        "state": job.state,
        "attempts": job.attempts,
        "progress": {
            "done": job.progress_done,
            "total": job.progress_total,
            "message": job.progress_message,
        },
        "error": job.error,
        "result": job.result,
        "created_by": job.created_by.username if job.created_by else None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "url": reverse("api:job", args=[job.pk]),
    }


def accepted(job: Job, **more: Any) -> Response:
    """202: the work is queued, and where to follow it."""
    # The database set its times.
    job.refresh_from_db()
    answer = {"job": represent(job), **more}
    return Response(answer, status=202, headers={"Location": answer["job"]["url"]})


class QueuedSerializer(serializers.Serializer[Any]):
    job = JobSerializer()


class JobFilter(df.FilterSet):  # type: ignore[misc]
    kind = df.ChoiceFilter(choices=[(kind, kind) for kind in settings.JOB_HANDLERS])
    state = df.ChoiceFilter(choices=Job.State.choices)

    class Meta:
        model = Job
        fields: list[str] = []


class Jobs(Listing):
    """Jobs, newest first."""

    verbs = {"GET": ANYBODY}
    operations = {"GET": "jobs_list"}
    tag = "jobs"
    serializer_class = JobSerializer
    filterset_class = JobFilter
    orders = {"-id": Order("pk", True), "id": Order("pk")}
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        jobs = Job.objects.select_related("created_by").in_bulk(keys)
        return [represent(jobs[key]) for key in keys if key in jobs]


class OneJob(Endpoint):
    """One job: ask until `state` is done, failed or cancelled."""

    verbs = {"GET": ANYBODY}
    operations = {"GET": "jobs_retrieve"}
    tag = "jobs"
    serializer_class = JobSerializer

    def get(self, request: Request, pk: int) -> Response:
        visible = Job.objects.visible_to(self.user).select_related("created_by")
        return Response(represent(find(visible, pk)))


class Requeue(Endpoint):
    """Let a failed or cancelled job start over, with all its attempts."""

    verbs = {"POST": "requeue_job"}
    operations = {"POST": "jobs_requeue"}
    tag = "jobs"
    refusals = (409,)
    serializer_class = JobSerializer

    def post(self, request: Request, pk: int) -> Response:
        self.read(StrictSerializer)
        job = find(Job.objects.visible_to(self.user), pk)
        return Response(represent(queue.requeue(job, by=self.user)))


class ServicePartSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="database, broker or worker.")
    up = serializers.BooleanField()


class PassageSerializer(serializers.Serializer[Any]):
    done_at = serializers.DateTimeField()
    seconds = serializers.FloatField(help_text="From its row to its end.")


class QueueSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    age_seconds = serializers.FloatField(help_text="How long the oldest has waited; 0: none waits.")


class ScheduleLineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    standing = serializers.ChoiceField(choices=list(watching.WORDS.items()))
    takes_minutes = serializers.IntegerField()
    grace_minutes = serializers.IntegerField(help_text="So much longer until it is late.")
    late_since = serializers.DateTimeField(allow_null=True)
    due_since = serializers.DateTimeField(
        allow_null=True, help_text="The moment of the oldest period that is due and not done."
    )
    next_due_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True, help_text="When it was last done.")
    newest_job_id = serializers.IntegerField(allow_null=True)


class WorkerSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    seen_at = serializers.DateTimeField()
    at_work = serializers.BooleanField(help_text="Seen consuming within a minute.")


class OperationsSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    well = serializers.BooleanField(help_text="All parts work, nothing is late or failed.")
    parts = ServicePartSerializer(many=True)
    worker_seen_at = serializers.DateTimeField(allow_null=True)
    canary = PassageSerializer(allow_null=True)
    queues = QueueSerializer(many=True)
    schedule = ScheduleLineSerializer(many=True)
    workers = WorkerSerializer(many=True)
    failed = JobSerializer(many=True, help_text="Of the last 7 days, the newest 20.")


class Operations(Endpoint):
    """What runs, waits, failed and is late: the page of operations as data."""

    verbs = {"GET": "see_operations"}
    operations = {"GET": "operations_retrieve"}
    tag = "jobs"
    serializer_class = OperationsSerializer

    def get(self, request: Request) -> Response:
        return Response(_told(operations.picture()))


def _told(picture: Picture) -> dict[str, Any]:
    seen = picture.canary
    return {
        "at": picture.at,
        "well": picture.is_well,
        "parts": [{"name": name, "up": works} for name, works in picture.parts.items()],
        "worker_seen_at": picture.last_seen,
        "canary": {"done_at": seen.done_at, "seconds": seen.seconds} if seen else None,
        "queues": [_queue(one) for one in picture.queues],
        "schedule": [_line(one) for one in picture.schedule],
        "workers": [
            {"name": one.name, "seen_at": one.seen_at, "at_work": one.is_here}
            for one in picture.workers
        ],
        "failed": [represent(job) for job in picture.failed],
    }


def _queue(queue: QueueLine) -> dict[str, Any]:
    return {
        "name": queue.name,
        "waiting": queue.waiting_count,
        "running": queue.running_count,
        "age_seconds": queue.age_seconds,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "kind": line.beat.kind,
        "label": line.label,
        "standing": line.standing.word,
        "takes_minutes": line.takes_minutes,
        "grace_minutes": line.grace_minutes,
        "late_since": line.standing.late_since,
        "due_since": line.standing.unmet_at,
        "next_due_at": line.standing.next_at,
        "done_at": line.done_at,
        "newest_job_id": line.newest.pk if line.newest else None,
    }


urlpatterns = [
    path("operations/", Operations.as_view()),
    path("jobs/", Jobs.as_view()),
    path("jobs/<int:pk>/", OneJob.as_view(), name="job"),
    path("jobs/<int:pk>/requeue/", Requeue.as_view()),
]
