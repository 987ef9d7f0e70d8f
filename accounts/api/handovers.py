"""Hand-overs: who stands in for whom in the own department."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import handovers
from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.models import Handover, User
from accounts.parsing import JSONParser

SHOWN = 200


class HandoverSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    person = serializers.CharField(help_text="User name.")
    deputy = serializers.CharField(
        help_text="User name. A program of theirs acts for the person with the header Acting-For."
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="This day included.")
    ended_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()


class NewHandover(StrictSerializer):
    deputy = serializers.CharField(max_length=150, help_text="User name.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class VersionOnly(StrictSerializer):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class Handovers(Endpoint):
    """The newest first; a new one names a deputy for the user of the token."""

    verbs = {"GET": "hand_over", "POST": "hand_over"}
    operations = {"GET": "handovers_list", "POST": "handovers_create"}
    tag = "me"
    parser_classes = [JSONParser]
    refusals = (409,)
    serializer_class = NewHandover

    @extend_schema(responses=HandoverSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = Handover.objects.visible_to(self.user).select_related("person", "deputy")
        return Response([_shown(row) for row in rows.order_by("-pk")[:SHOWN]])

    @extend_schema(responses={201: HandoverSerializer})
    def post(self, request: Request) -> Response:
        said = self.read(NewHandover)
        name = said.pop("deputy")
        deputy = User.objects.filter(
            username=name, department=self.user.department, is_active=True
        ).first()
        if deputy is None:
            raise serializers.ValidationError(
                {"deputy": _("There is no such one; look up its number.")}
            )
        made = handovers.hand_over(deputy, by=self.user, on=timezone.localdate(), **said)
        return Response(_shown(made), status=201)


class EndHandover(Endpoint):
    """Before its last day."""

    verbs = {"POST": "hand_over"}
    operations = {"POST": "handovers_end"}
    tag = "me"
    parser_classes = [JSONParser]
    refusals = (409,)
    serializer_class = VersionOnly

    @extend_schema(responses=HandoverSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = find(Handover.objects.visible_to(self.user), pk)
        version = self.read(VersionOnly)["version"]
        handovers.end(row, by=self.user, on=timezone.localdate(), version=version)
        return Response(_shown(Handover.objects.select_related("person", "deputy").get(pk=pk)))


def _shown(row: Handover) -> dict[str, Any]:
    same = ("version", "starts_on", "ends_on", "ended_on", "note")
    return {
        "id": row.pk,
        "person": row.person.username,
        "deputy": row.deputy.username,
        **{name: getattr(row, name) for name in same},
    }
