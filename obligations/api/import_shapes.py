"""Imports in the words of the API: what is shown of them, and what may be said."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.endpoints import StrictSerializer
from accounts.models import Level
from jobs.api import JobSerializer
from jobs.api import represent as represent_job
from jobs.models import Job
from obligations.api import versions
from obligations.api.bodies import DayField, Versioned
from obligations.kinds import kind_choices
from obligations.models import Import

_FACTS = (
    *("id", "version", "kind", "level", "issuer", "batch", "issued_on", "sheet"),
    *("file_name", "size", "sha256", "state", "row_count", "failure", "created_at"),
    *("applied_list_id", "edition_id", "job_id"),
    *("first_leads", "allow_unresolved", "keep_missing"),
)
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")
# Counties issue no lists.
ISSUING_LEVELS = [one for one in Level.choices if one[0] != Level.COUNTY]
FINDINGS = (
    *("problems", "warnings", "unresolved", "sample", "plan"),
    *("layout", "mapping", "replacements"),
)


class ImportSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    kind = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)
    issuer = serializers.CharField(allow_blank=True)
    batch = serializers.IntegerField()
    issued_on = serializers.DateField(allow_null=True)
    sheet = serializers.CharField(allow_blank=True)
    file_name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=Import.State.choices)
    row_count = serializers.IntegerField()
    failure = serializers.CharField(allow_blank=True)
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    applied_list_id = serializers.IntegerField(allow_null=True)
    edition_id = serializers.IntegerField(allow_null=True)
    job_id = serializers.IntegerField(allow_null=True)
    first_leads = serializers.BooleanField()
    allow_unresolved = serializers.BooleanField()
    keep_missing = serializers.BooleanField()


class ProblemOfRowSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(allow_null=True, help_text="The row of the sheet.")
    column = serializers.CharField(allow_null=True, allow_blank=True)
    kind = serializers.CharField()
    message = serializers.CharField(help_text="What is wrong and what would be right.")


class WarningSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    message = serializers.CharField()


class SuggestionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="department:3 or group:2")
    name = serializers.CharField()
    why = serializers.CharField()


class UnresolvedSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="The name that nobody bears.")
    rows = serializers.ListField(child=serializers.IntegerField())
    columns = serializers.ListField(child=serializers.CharField())
    suggestions = SuggestionSerializer(many=True)


class ImportDetailSerializer(ImportSerializer):
    problems = ProblemOfRowSerializer(many=True)
    warnings = WarningSerializer(many=True)
    unresolved = UnresolvedSerializer(many=True)
    sample = serializers.ListField(
        child=serializers.DictField(), help_text="The first rows by column label."
    )
    plan = serializers.JSONField(help_text="What applying would do, counted.")
    layout = serializers.JSONField(help_text="What was recognised in the sheet, and why.")
    mapping = serializers.JSONField(help_text="What a person said of header and columns.")
    replacements = serializers.JSONField(help_text="Identity of a new item -> item it replaces.")
    job = JobSerializer(allow_null=True)


class Mapping(StrictSerializer):
    """Header rows, and what columns mean: number of the column -> field, "" for none."""

    top = serializers.IntegerField(min_value=1, max_value=2**20)
    bottom = serializers.IntegerField(min_value=1, max_value=2**20)
    columns = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=50), allow_empty=False
    )

    def validate_columns(self, columns: dict[str, str]) -> dict[str, str]:
        wrong = [number for number in columns if not _NUMBER.fullmatch(number)]
        if wrong:
            sentence = _("“%(text)s” is no number of a column.")
            raise serializers.ValidationError(sentence % {"text": wrong[0][:50]})
        return columns


class Choices(Versioned):
    """Fields that are left out stay as they are."""

    sheet = serializers.CharField(required=False, allow_blank=True, max_length=100)
    mapping = Mapping(required=False)
    first_leads = serializers.BooleanField(required=False)
    allow_unresolved = serializers.BooleanField(required=False)
    keep_missing = serializers.BooleanField(required=False)
    replacements = serializers.DictField(
        child=serializers.IntegerField(min_value=1), required=False
    )


class Corrected(Versioned):
    file = serializers.FileField(max_length=255, allow_empty_file=True)


class Upload(StrictSerializer):
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    kind = serializers.ChoiceField(choices=kind_choices())
    batch = serializers.IntegerField(min_value=1, max_value=10_000)
    level = serializers.ChoiceField(choices=ISSUING_LEVELS, default=Level.CENTRAL)
    issuer = serializers.CharField(required=False, allow_blank=True, max_length=200)
    issued_on = DayField(required=False, allow_null=True)
    sheet = serializers.CharField(required=False, allow_blank=True, max_length=100)
    first_leads = serializers.BooleanField(required=False)
    allow_unresolved = serializers.BooleanField(required=False)
    keep_missing = serializers.BooleanField(required=False)


def facts(row: Import) -> dict[str, Any]:
    """An import in a listing."""
    own = {name: getattr(row, name) for name in _FACTS}
    return {**own, "created_by": row.created_by.username if row.created_by else None}


def answer(row: Import, *, status: int = 200) -> Response:
    """An import in full, with its job."""
    jobs = Job.objects.select_related("created_by")
    job = jobs.filter(pk=row.job_id).first() if row.job_id else None
    findings = {name: getattr(row, name) for name in FINDINGS}
    shown = represent_job(job) if job else None
    headers = {"ETag": versions.etag(row.version)}
    if shown and status == 202:
        headers["Location"] = shown["url"]
    return Response({**facts(row), **findings, "job": shown}, status=status, headers=headers)
