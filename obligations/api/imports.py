"""List files on their way: uploaded, read by a job, shown."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from obligations.api import import_shapes as shapes
from obligations.importing import Target, uploads
from obligations.kinds import kind_choices
from obligations.models import Import
from obligations.models.imports import ImportQuerySet


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
    serializer_class = shapes.ImportSerializer
    filterset_class = ImportQuery
    queryset = Import.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> ImportQuerySet:
        return Import.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Import.objects.select_related("created_by").defer(*shapes.FINDINGS).in_bulk(keys)
        return [shapes.facts(rows[key]) for key in keys if key in rows]

    @extend_schema(
        request={"multipart/form-data": shapes.Upload},
        responses={202: shapes.ImportDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        said = self.read(shapes.Upload)
        file = said["file"]
        issuer, issued_on = said.get("issuer", ""), said.get("issued_on")
        received = uploads.receive(
            file,
            name=file.name,
            kind=said["kind"],
            target=Target(said["batch"], said["level"], issuer, issued_on),
            by=self.user,
            **chosen(said),
        )
        return shapes.answer(received, status=202)


class OneImport(Endpoint):
    """What was understood of the file: rows, every problem with its place, what it would do."""

    verbs = {"GET": "import_list"}
    operations = {"GET": "imports_retrieve"}
    tag = "imports"
    serializer_class = shapes.ImportDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        return shapes.answer(find(visible(self), pk))


def visible(view: Endpoint) -> QuerySet[Import]:
    """The imports of the caller's scope."""
    return Import.objects.visible_to(view.user).select_related("created_by")


def chosen(said: dict[str, Any]) -> dict[str, Any]:
    """What a body says of the choices that an import has."""
    return {name: value for name, value in said.items() if name in uploads.CHOICES}
