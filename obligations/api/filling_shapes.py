"""Filled-in workbooks in the words of the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.endpoints import StrictSerializer
from jobs.api import JobSerializer
from jobs.api import represent as represent_job
from jobs.models import Job
from obligations.api import versions
from obligations.api.bodies import Versioned
from obligations.api.import_shapes import ProblemOfRowSerializer
from obligations.filling import making
from obligations.filling.applying import MINE, THEIRS
from obligations.models import FillingUpload

_FACTS = (
    *("id", "version", "department_id", "file_name", "size", "sha256", "state", "made_at"),
    *("row_count", "counts", "failure", "created_at", "job_id"),
)
FINDINGS = ("changes", "problems", "notices")
_WHOSE = [(MINE, MINE), (THEIRS, THEIRS)]


class Selection(StrictSerializer):
    department = serializers.IntegerField(
        required=False, min_value=1, help_text="For coordinators: whose workbook."
    )
    which = serializers.ChoiceField(
        choices=[(making.OPEN, making.OPEN), (making.OVERDUE, making.OVERDUE)], default=making.OPEN
    )
    list = serializers.IntegerField(required=False, min_value=1, help_text="Only of this list.")


class FilledWorkbook(StrictSerializer):
    file = serializers.FileField(max_length=255, allow_empty_file=True)


class FillingConfirmation(Versioned):
    """`choices` says of rows with conflicts whose word holds, by obligation; `everywhere` of all
    others."""

    everywhere = serializers.ChoiceField(choices=_WHOSE, required=False)
    choices = serializers.DictField(child=serializers.ChoiceField(choices=_WHOSE), required=False)


class FillingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    department_id = serializers.IntegerField()
    file_name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=FillingUpload.State.choices)
    made_at = serializers.DateTimeField(
        allow_null=True, help_text="When the workbook was downloaded."
    )
    row_count = serializers.IntegerField()
    counts = serializers.JSONField(
        help_text="unchanged, absent (rows deleted from the file), applied, changed_meanwhile"
    )
    failure = serializers.CharField(allow_blank=True)
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    job_id = serializers.IntegerField(allow_null=True)


class RowChangeSerializer(serializers.Serializer[Any]):
    pk = serializers.IntegerField(help_text="The obligation.")
    row = serializers.IntegerField(help_text="The row of the sheet.")
    title = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the obligation, when it was compared.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        help_text="Field -> [before, after].",
    )
    conflicts = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        help_text="Field -> [as downloaded, now (theirs), in the file (mine)].",
    )
    claims = serializers.BooleanField(help_text="Completion would be claimed.")
    note = serializers.CharField(allow_blank=True)
    evidence = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        help_text="[kind, text, first day, last day]; the days may be empty.",
    )
    asked = serializers.IntegerField(
        allow_null=True, help_text="The answer of the monthly round that the row would give."
    )
    asked_version = serializers.IntegerField()
    said = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        help_text="What it would say: the word, progress, problems, next_steps.",
    )


class FillingDetailSerializer(FillingSerializer):
    changes = RowChangeSerializer(many=True)
    problems = ProblemOfRowSerializer(many=True)
    notices = serializers.ListField(child=serializers.CharField())
    job = JobSerializer(allow_null=True)


def facts(row: FillingUpload) -> dict[str, Any]:
    """An upload in a listing."""
    own = {name: getattr(row, name) for name in _FACTS}
    return {**own, "created_by": row.created_by.username if row.created_by else None}


def answer(row: FillingUpload, *, status: int = 200) -> Response:
    """An upload in full, with its job."""
    jobs = Job.objects.select_related("created_by")
    job = jobs.filter(pk=row.job_id).first() if row.job_id else None
    shown = represent_job(job) if job else None
    headers = {"ETag": versions.etag(row.version)}
    if shown and status == 202:
        headers["Location"] = shown["url"]
    findings = {name: getattr(row, name) for name in FINDINGS}
    return Response({**facts(row), **findings, "job": shown}, status=status, headers=headers)
