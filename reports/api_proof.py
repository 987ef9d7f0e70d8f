"""Checking a file in the API: the verdict of `manage.py verify_report --json`."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer
from obligations.today import today
from reports.verifying import handed_in


class CheckedFile(StrictSerializer):
    file = serializers.FileField(max_length=255, allow_empty_file=True)


class DifferenceSerializer(serializers.Serializer[Any]):
    """What differs; further fields say the same for programs, by kind. `shown`: every value is
    kept, but hidden, covered, or shown as another one."""

    kind = serializers.ChoiceField(
        choices=[
            *("unreadable", "foreign", "proof", "sheet", "cell", "shown", "record", "history"),
        ]
    )
    text = serializers.CharField()


class VerdictSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField(
        help_text="The file is what was made, and what history says otherwise was recorded since."
    )
    published = serializers.BooleanField(help_text="Whether its report is published now.")
    state = serializers.CharField(
        allow_blank=True, help_text="Of the snapshot; empty where none was found."
    )
    snapshot = serializers.IntegerField(allow_null=True)
    scope = serializers.CharField(allow_blank=True)
    as_of = serializers.CharField(allow_blank=True, help_text="The day in ISO's form, or empty.")
    differences = DifferenceSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class Verify(Endpoint):
    """Whether a file is the report that was made: its sheets, its snapshot, and its day taken once
    more from history. Nothing is kept; a report that you may not read is told as unknown."""

    verbs = {"POST": "verify_report"}
    operations = {"POST": "reports_verify"}
    tag = "reports"
    refusals = (409,)
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": CheckedFile}, responses=VerdictSerializer)
    def post(self, request: Request) -> Response:
        file = self.read(CheckedFile)["file"]
        verdict = handed_in.verify(file, name=file.name, by=self.user, today=today())
        return Response(verdict.as_json())


urlpatterns = [path("reports/verify/", Verify.as_view())]
