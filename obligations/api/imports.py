"""List files on their way: uploaded, read by a job, applied or discarded."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import Level
from accounts.parsing import JSONParser
from jobs.api import JobSerializer
from jobs.api import represent as represent_job
from jobs.models import Job
from obligations.api import versions
from obligations.api.bodies import DayField, Versioned
from obligations.importing import Target, uploads
from obligations.kinds import kind_choices
from obligations.models import Import
from obligations.models.imports import ImportQuerySet

_FACTS = (
    *("id", "version", "kind", "level", "issuer", "batch", "issued_on", "sheet"),
    *("file_name", "size", "sha256", "state", "row_count", "failure", "created_at"),
    *("applied_list_id", "job_id"),
)
# Counties issue no lists.
ISSUING_LEVELS = [one for one in Level.choices if one[0] != Level.COUNTY]
_FINDINGS = ("problems", "warnings", "sample", "plan")


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
    job_id = serializers.IntegerField(allow_null=True)


class ProblemOfRowSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(allow_null=True, help_text="The row of the sheet.")
    column = serializers.CharField(allow_null=True, allow_blank=True)
    kind = serializers.CharField()
    message = serializers.CharField(help_text="What is wrong and what would be right.")


class WarningSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    message = serializers.CharField()


class ImportDetailSerializer(ImportSerializer):
    problems = ProblemOfRowSerializer(many=True)
    warnings = WarningSerializer(many=True)
    sample = serializers.ListField(
        child=serializers.DictField(), help_text="The first rows by column label."
    )
    plan = serializers.JSONField(help_text="What applying would do, counted.")
    job = JobSerializer(allow_null=True)


class Upload(StrictSerializer):
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    kind = serializers.ChoiceField(choices=kind_choices())
    batch = serializers.IntegerField(min_value=1, max_value=10_000)
    level = serializers.ChoiceField(choices=ISSUING_LEVELS, default=Level.CENTRAL)
    issuer = serializers.CharField(required=False, allow_blank=True, max_length=200)
    issued_on = DayField(required=False, allow_null=True)
    sheet = serializers.CharField(required=False, allow_blank=True, max_length=100)


class ImportQuery(df.FilterSet):  # type: ignore[misc]
    state = df.ChoiceFilter(choices=Import.State.choices)
    kind = df.ChoiceFilter(choices=kind_choices)

    class Meta:
        model = Import
        fields: list[str] = []


class Imports(Listing):
    """Uploads, newest first; a new one is read by a job and shown before anything is written."""

    verbs = {"GET": "import_list", "POST": "import_list"}
    operations = {"GET": "imports_list", "POST": "imports_upload"}
    tag = "imports"
    refusals = (409,)
    parser_classes = [MultiPartParser]
    serializer_class = ImportSerializer
    filterset_class = ImportQuery
    queryset = Import.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> ImportQuerySet:
        return Import.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Import.objects.select_related("created_by").defer(*_FINDINGS).in_bulk(keys)
        return [_facts(rows[key]) for key in keys if key in rows]

    @extend_schema(request={"multipart/form-data": Upload}, responses={202: ImportDetailSerializer})
    def post(self, request: Request) -> Response:
        said = self.read(Upload)
        file, sheet = said["file"], said.get("sheet", "")
        issuer, issued_on = said.get("issuer", ""), said.get("issued_on")
        received = uploads.receive(
            file,
            name=file.name,
            kind=said["kind"],
            target=Target(said["batch"], said["level"], issuer, issued_on),
            by=self.user,
            sheet=sheet,
        )
        return _answer(received, status=202)


class OneImport(Endpoint):
    """What was understood of the file: rows, every problem with its place, what it would do."""

    verbs = {"GET": "import_list"}
    operations = {"GET": "imports_retrieve"}
    tag = "imports"
    serializer_class = ImportDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(find(_visible(self), pk))


class ApplyImport(Endpoint):
    """Have what was shown applied by a job, all or nothing."""

    verbs = {"POST": "import_list"}
    operations = {"POST": "imports_apply"}
    tag = "imports"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(request=Versioned, responses={202: ImportDetailSerializer})
    def post(self, request: Request, pk: int) -> Response:
        row, version = _asked(self, pk)
        return _answer(uploads.confirm(row, by=self.user, version=version), status=202)


class DiscardImport(Endpoint):
    """Give the import up and erase its file; nothing of it is applied."""

    verbs = {"POST": "import_list"}
    operations = {"POST": "imports_discard"}
    tag = "imports"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(request=Versioned, responses=ImportDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row, version = _asked(self, pk)
        return _answer(uploads.discard(row, by=self.user, version=version))


def _visible(view: Endpoint) -> QuerySet[Import]:
    return Import.objects.visible_to(view.user).select_related("created_by")


def _asked(view: Endpoint, pk: int) -> tuple[Import, int]:
    row = find(_visible(view), pk)
    said = view.read(Versioned)
    return row, versions.required(view.request, field=said.get("version"))


def _facts(row: Import) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in _FACTS}
    return {**facts, "created_by": row.created_by.username if row.created_by else None}


def _answer(row: Import, *, status: int = 200) -> Response:
    jobs = Job.objects.select_related("created_by")
    job = jobs.filter(pk=row.job_id).first() if row.job_id else None
    findings = {name: getattr(row, name) for name in _FINDINGS}
    shown = represent_job(job) if job else None
    headers = {"ETag": versions.etag(row.version)}
    if shown and status == 202:
        headers["Location"] = shown["url"]
    return Response({**_facts(row), **findings, "job": shown}, status=status, headers=headers)
