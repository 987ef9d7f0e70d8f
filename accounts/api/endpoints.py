"""What every address of the API has: who may call it, what it is called, how it reads input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import handovers, permissions
from accounts.api.schema import ProblemSchema
from accounts.models import User

M = TypeVar("M", bound=models.Model)

# The verb of an address that everybody who is signed in may call.
ANYBODY = ""


class RoleHasVerb(BasePermission):
    """401 for the anonymous, 403 for a role that never has the verb of this method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, User):
            return False
        colleague = request.headers.get("Acting-For", "").strip()
        if colleague:
            handovers.act_for(request.user, colleague, on=timezone.localdate())
        verb = view.verbs.get("GET" if request.method == "HEAD" else request.method)
        if verb:
            permissions.require(request.user, verb)
        return True


class Endpoint(GenericAPIView[Any]):
    """`verbs` names the verb of each method, `operations` its stable name in the description."""

    schema = ProblemSchema()
    permission_classes = [RoleHasVerb]
    metadata_class = None
    # OPTIONS would describe the address a second time, and less well.
    http_method_names = ["get", "head", "post", "delete"]
    verbs: ClassVar[Mapping[str, str]] = {"GET": "read"}
    operations: ClassVar[Mapping[str, str]] = {}
    tag: ClassVar[str] = ""

    @property
    def user(self) -> User:
        """The user of a request that has passed the permission class."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def read(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The body as `shape` understands it; 400 with every error otherwise."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def read_query(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The query as `shape` understands it; 400 with every error otherwise."""
        query = shape(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelt field must not be lost in silence."""

    refuses_unknown = True

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            require_known(data, self.fields)
        return super().to_internal_value(data)  # type: ignore[no-any-return]


def require_known(given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Raise ValidationError naming every field of `given` that is not known."""
    message = _("There is no such field here; check its spelling.")
    unknown = {
        name: [serializers.ErrorDetail(message, code="unknown")]
        for name in given
        if name not in known
    }
    if unknown:
        raise serializers.ValidationError(unknown)


def find(rows: models.QuerySet[M], pk: int) -> M:
    """The row among those that the user may see; 404 otherwise."""
    return get_object_or_404(rows, pk=pk)
