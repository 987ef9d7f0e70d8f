"""Whether a department's claims are endorsed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import endorsement
from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.parsing import JSONParser


class SwitchSerializer(StrictSerializer):
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The department's endorsement_version."
    )
    endorsement_required = serializers.BooleanField()
    reason = serializers.CharField(max_length=500)


class EndorsementSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    endorsement_required = serializers.BooleanField()
    endorsement_version = serializers.IntegerField()


class SwitchEndorsement(Endpoint):
    """On or off; off only where the department has one officer or reviewer."""

    verbs = {"POST": "switch_endorsement"}
    operations = {"POST": "departments_endorsement"}
    tag = "departments"
    parser_classes = [JSONParser]
    refusals = (409,)
    serializer_class = EndorsementSerializer

    def post(self, request: Request, pk: int) -> Response:
        row = find(endorsement.in_scope(self.user), pk)
        said = self.read(SwitchSerializer)
        done = endorsement.switch(
            row,
            required=said["endorsement_required"],
            by=self.user,
            reason=said["reason"],
            version=said["version"],
        )
        return Response(EndorsementSerializer(done).data)
