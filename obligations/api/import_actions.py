"""What is done with an import: choices, a corrected file, applying, discarding, its marked copy."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.api.endpoints import Endpoint, find
from accounts.parsing import JSONParser
from obligations import downloads
from obligations.api import import_shapes as shapes
from obligations.api import versions
from obligations.api.bodies import Versioned
from obligations.api.imports import chosen, visible
from obligations.importing import uploads
from obligations.models import Import


class Acting(Endpoint):
    """One import and the version of it that the caller read."""

    verbs = {"POST": "import_list"}
    tag = "imports"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    def asked(
        self, pk: int, shape: type[Serializer[Any]] = Versioned
    ) -> tuple[Import, dict[str, Any], int]:
        """The import, what the body says, and the version meant."""
        row = find(visible(self), pk)
        said = self.read(shape)
        return row, said, versions.required(self.request, field=said.get("version"))


class ReadImport(Acting):
    """Have the same file read anew with other choices: sheet, columns, ticks, replacements."""

    operations = {"POST": "imports_read"}

    @extend_schema(request=shapes.Choices, responses={202: shapes.ImportDetailSerializer})
    def post(self, request: Request, pk: int) -> Response:
        row, said, version = self.asked(pk, shapes.Choices)
        read = uploads.read_again(row, by=self.user, version=version, **chosen(said))
        return shapes.answer(read, status=202)


class ReplaceImport(Acting):
    """Put a corrected file in the place of the one that had problems."""

    operations = {"POST": "imports_replace"}
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": shapes.Corrected},
        responses={202: shapes.ImportDetailSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        row, said, version = self.asked(pk, shapes.Corrected)
        file = said["file"]
        read = uploads.replace(row, file, name=file.name, by=self.user, version=version)
        return shapes.answer(read, status=202)


class ApplyImport(Acting):
    """Have what was shown applied by a job, all or nothing."""

    operations = {"POST": "imports_apply"}

    @extend_schema(request=Versioned, responses={202: shapes.ImportDetailSerializer})
    def post(self, request: Request, pk: int) -> Response:
        row, _said, version = self.asked(pk)
        return shapes.answer(uploads.confirm(row, by=self.user, version=version), status=202)


class DiscardImport(Acting):
    """Give the import up and erase its file; nothing of it is applied."""

    operations = {"POST": "imports_discard"}

    @extend_schema(request=Versioned, responses=shapes.ImportDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row, _said, version = self.asked(pk)
        return shapes.answer(uploads.discard(row, by=self.user, version=version))


class MarkedImport(Endpoint):
    """The table as a workbook whose faulty cells are coloured and commented."""

    verbs = {"GET": "import_list"}
    operations = {"GET": "imports_marked"}
    tag = "imports"
    refusals = (409,)

    @extend_schema(responses={(200, downloads.SHEET_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> FileResponse:
        row = find(visible(self), pk)
        if not row.marked_path:
            raise Http404
        file = downloads.open_marked(row, by=self.user)
        name = downloads.marked_name(row)
        return FileResponse(
            file, as_attachment=True, filename=name, content_type=downloads.SHEET_TYPE
        )
