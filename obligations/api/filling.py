"""The department's workbook: down prefilled, up again, compared, applied."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from obligations import downloads
from obligations.api import filling_shapes as shapes
from obligations.api import versions
from obligations.api.bodies import Versioned
from obligations.filling import making, uploads
from obligations.models import FillingUpload
from obligations.models.filling import FillingUploadQuerySet
from obligations.today import today


class Workbook(Endpoint):
    """The prefilled workbook of a department's open obligations; who takes it is audited."""

    verbs = {"GET": "download_workbook"}
    operations = {"GET": "filling_workbook"}
    tag = "filling"
    refusals = (404, 409)

    @extend_schema(
        parameters=[shapes.Selection],
        responses={(200, downloads.SHEET_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        said = self.read_query(shapes.Selection)
        department = making.department_for(self.user, said.get("department"))
        if department is None:
            raise Http404
        made = making.make(
            department,
            by=self.user,
            made_at=timezone.now(),
            which=said["which"],
            list_id=said.get("list"),
        )
        name = making.file_name(department, on=today())
        headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
        return HttpResponse(made, content_type=downloads.SHEET_TYPE, headers=headers)


class UploadQuery(df.FilterSet):  # type: ignore[misc]
    state = df.ChoiceFilter(choices=FillingUpload.State.choices)

    class Meta:
        model = FillingUpload
        fields: list[str] = []


class Uploads(Listing):
    """Workbooks that the own department handed in, newest first; a job reads a new one."""

    verbs = {"GET": "upload_workbook", "POST": "upload_workbook"}
    operations = {"GET": "filling_list", "POST": "filling_upload"}
    tag = "filling"
    refusals = (409,)
    parser_classes = [MultiPartParser]
    serializer_class = shapes.FillingSerializer
    filterset_class = UploadQuery
    queryset = FillingUpload.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> FillingUploadQuerySet:
        return FillingUpload.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = FillingUpload.objects.select_related("created_by").defer("answers", *shapes.FINDINGS)
        found = rows.in_bulk(keys)
        return [shapes.facts(found[key]) for key in keys if key in found]

    @extend_schema(
        request={"multipart/form-data": shapes.FilledWorkbook},
        responses={202: shapes.FillingDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        file = self.read(shapes.FilledWorkbook)["file"]
        return shapes.answer(uploads.receive(file, name=file.name, by=self.user), status=202)


class OneUpload(Endpoint):
    """What confirming would do: changes field by field, conflicts, problems, notices."""

    verbs = {"GET": "upload_workbook"}
    operations = {"GET": "filling_retrieve"}
    tag = "filling"
    serializer_class = shapes.FillingDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        return shapes.answer(find(_visible(self), pk))


class ApplyUpload(Endpoint):
    """Confirm: a job applies everything, or nothing."""

    verbs = {"POST": "upload_workbook"}
    operations = {"POST": "filling_apply"}
    tag = "filling"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(
        request=shapes.FillingConfirmation, responses={202: shapes.FillingDetailSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        row, said = find(_visible(self), pk), self.read(shapes.FillingConfirmation)
        confirmed = uploads.confirm(
            row,
            by=self.user,
            version=versions.required(self.request, field=said.get("version")),
            everywhere=said.get("everywhere", ""),
            choices=said.get("choices", {}),
        )
        return shapes.answer(confirmed, status=202)


class DiscardUpload(Endpoint):
    """Put the workbook aside; nothing of it is applied."""

    verbs = {"POST": "upload_workbook"}
    operations = {"POST": "filling_discard"}
    tag = "filling"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(request=Versioned, responses=shapes.FillingDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row, said = find(_visible(self), pk), self.read(Versioned)
        version = versions.required(self.request, field=said.get("version"))
        return shapes.answer(uploads.discard(row, by=self.user, version=version))


def _visible(view: Endpoint) -> QuerySet[FillingUpload]:
    """What the caller's department handed in."""
    return FillingUpload.objects.visible_to(view.user).select_related("created_by")
