"""Evidence: attached, listed, downloaded as a file, taken back before a claim rests on it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.parsing import JSONParser
from obligations import downloads, evidence
from obligations.api import bodies, record, versions
from obligations.api.obligations import visible
from obligations.api.shapes import EvidenceSerializer
from obligations.evidence import NewEvidence
from obligations.models import Evidence, Obligation
from obligations.today import today

BINARY = OpenApiResponse(OpenApiTypes.BINARY, description="The file, as an attachment.")


class EvidenceOfObligation(Endpoint):
    """All evidence of one obligation; a new piece while it is in progress.

    The ETag is the version of the obligation, which a new piece must name and counts.
    """

    verbs = {"GET": "read", "POST": "attach_evidence"}
    operations = {"GET": "evidence_list", "POST": "evidence_attach"}
    tag = "evidence"
    parser_classes = [JSONParser, MultiPartParser]
    refusals = (409, 412, 428)

    @extend_schema(responses=EvidenceSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        row = find(visible(self.user), pk)
        pieces = row.evidence.select_related("added_by").order_by("pk")
        return Response([record.evidence(piece) for piece in pieces], headers=_etag(row))

    @extend_schema(
        request={
            "application/json": bodies.TextEvidenceBody,
            "multipart/form-data": bodies.NewEvidenceBody,
        },
        responses={201: EvidenceSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        row = find(visible(self.user), pk)
        said = self.read(bodies.NewEvidenceBody)
        version = versions.required(request, field=said.get("version"))
        piece, *_rest = evidence.attach(
            row, _piece(said), by=self.user, on=today(), version=version
        )
        return Response(record.evidence(piece), status=201, headers=_etag(row))


class OneEvidence(Endpoint):
    """One piece; it may be taken back as long as no claim rests on it.

    The ETag is the version of its obligation, which taking it back must name in If-Match.
    """

    verbs = {"GET": "read", "DELETE": "remove_evidence"}
    operations = {"GET": "evidence_retrieve", "DELETE": "evidence_remove"}
    tag = "evidence"
    refusals = (409, 412, 428)
    serializer_class = EvidenceSerializer

    def get(self, request: Request, pk: int) -> Response:
        pieces = Evidence.objects.visible_to(self.user).select_related("added_by", "obligation")
        piece = find(pieces, pk)
        return Response(record.evidence(piece), headers=_etag(piece.obligation))

    def delete(self, request: Request, pk: int) -> Response:
        piece = find(Evidence.objects.visible_to(self.user), pk)
        version = versions.required(request, field=None)
        evidence.remove(piece, by=self.user, on=today(), version=version)
        return Response(status=204)


class EvidenceDownload(Endpoint):
    """The file, never shown inline; who takes it is audited."""

    operations = {"GET": "evidence_download"}
    tag = "evidence"
    refusals = (409,)

    @extend_schema(responses={(200, "application/octet-stream"): BINARY})
    def get(self, request: Request, pk: int) -> FileResponse:
        files = Evidence.objects.visible_to(self.user).filter(kind=Evidence.Kind.FILE)
        piece = find(files.select_related("obligation"), pk)
        return downloads.attachment(downloads.open_evidence(piece, by=self.user), name=piece.name)


def _etag(row: Obligation) -> dict[str, str]:
    return {"ETag": versions.etag(row.version)}


def _piece(said: dict[str, Any]) -> NewEvidence:
    """A file goes with the kind file, a text with every other kind."""
    file, kind, text = said.get("file"), said["kind"], said.get("text", "")
    if kind == Evidence.Kind.FILE and file is None:
        raise serializers.ValidationError({"file": _("Send the file as multipart/form-data.")})
    if kind == Evidence.Kind.FILE and text:
        raise serializers.ValidationError({"text": _("A file has no text beside it.")})
    if kind != Evidence.Kind.FILE and (file is not None or not text):
        raise serializers.ValidationError({"text": _("This kind is a text without a file.")})
    about = {name: said.get(name) for name in ("period_from", "period_to", "replaces")}
    return NewEvidence(kind, text=text, file=file, name=file.name if file else "", **about)
