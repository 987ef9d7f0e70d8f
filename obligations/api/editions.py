"""Editions of a list, what they did, taking one back; the list in its official layout."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from obligations import downloads, editions, giving_back
from obligations.api import edition_shapes as shapes
from obligations.api import versions
from obligations.filters import FORCE, items_of
from obligations.importing import undo_requests
from obligations.models import Edition, ItemChange, ResponsibilityList
from obligations.models.editions import EditionQuerySet, ItemChangeQuerySet
from obligations.today import today
from obligations.views.giving_back import attached


class Editions(Listing):
    """The editions of a list, newest first; those that did nothing the caller may see are not."""

    operations = {"GET": "editions_list"}
    tag = "lists"
    serializer_class = shapes.EditionSerializer
    queryset = Edition.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        find(ResponsibilityList.objects.visible_to(self.user).only("pk"), pk)
        return super().get(request)

    def get_queryset(self) -> EditionQuerySet:
        return Edition.objects.visible_to(self.user).filter(list=self.kwargs["pk"])

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Edition.objects.select_related("applied_by", "undone_by").in_bulk(keys)
        return shapes.facts([rows[key] for key in keys if key in rows], user=self.user)


class OneEdition(Endpoint):
    """One edition, with the version that undoing it is based on."""

    operations = {"GET": "editions_retrieve"}
    tag = "lists"
    serializer_class = shapes.EditionDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        return shapes.answer(_find(self, pk), user=self.user)


class ChangeQuery(df.FilterSet):  # type: ignore[misc]
    change = df.ChoiceFilter(choices=ItemChange.Change.choices)

    class Meta:
        model = ItemChange
        fields: list[str] = []


class Changes(Listing):
    """What an edition did, item by item and field by field."""

    operations = {"GET": "editions_changes"}
    tag = "lists"
    serializer_class = shapes.ChangeSerializer
    filterset_class = ChangeQuery
    queryset = ItemChange.objects.none()
    orders = {"id": Order("pk"), "-id": Order("pk", True)}

    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        self.edition = _find(self, pk)
        return super().get(request)

    def get_queryset(self) -> ItemChangeQuerySet:
        return ItemChange.objects.visible_to(self.user).filter(edition=self.edition)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = ItemChange.objects.defer("before").select_related("item__replaces").in_bulk(keys)
        found = [rows[key] for key in keys if key in rows]
        kind = editions.kind_of(self.edition)
        return [shapes.change(one) for one in editions.shown(found, kind=kind, user=self.user)]


class UndoEdition(Endpoint):
    """Have a job take the edition back; refused while anything stands against it."""

    verbs = {"POST": "undo_import"}
    operations = {"POST": "editions_undo"}
    tag = "lists"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)

    @extend_schema(request=shapes.Undo, responses={202: shapes.EditionDetailSerializer})
    def post(self, request: Request, pk: int) -> Response:
        edition = _find(self, pk)
        said = self.read(shapes.Undo)
        version = versions.required(request, field=said.get("version"))
        undo_requests.ask(edition, by=self.user, reason=said["reason"], version=version)
        return shapes.answer(_find(self, pk), user=self.user, status=202)


class ExportQuery(serializers.Serializer[Any]):
    form = serializers.ChoiceField(choices=giving_back.FORMS, default="xlsx")
    force = serializers.ChoiceField(choices=FORCE, default="in_force")


class ExportList(Endpoint):
    """The list in the layout of the official file: importing it finds no change. Audited."""

    operations = {"GET": "lists_export"}
    tag = "lists"
    refusals = (409,)

    @extend_schema(
        parameters=[
            OpenApiParameter("form", enum=giving_back.FORMS, default="xlsx"),
            OpenApiParameter("force", enum=[code for code, _label in FORCE], default="in_force"),
        ],
        responses={
            (200, downloads.SHEET_TYPE): OpenApiTypes.BINARY,
            (200, "text/csv"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        home = find(ResponsibilityList.objects.visible_to(self.user), pk)
        asked = self.read_query(ExportQuery)
        items = items_of(home)
        if asked["force"] != "all":
            items = items.filter(withdrawn_on__isnull=asked["force"] == "in_force")
        given = giving_back.give_back(
            items,
            by=self.user,
            form=asked["form"],
            on=today(),
            asked=request.query_params.urlencode(),
            home=home,
        )
        return attached(given)


def _find(view: Endpoint, pk: int) -> Edition:
    found = Edition.objects.visible_to(view.user)
    return find(found.select_related("list", "applied_by", "undone_by"), pk)
