"""Responsibility lists and their items."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from obligations.api.filters import ItemQuery, ListQuery
from obligations.api.record import item_terms
from obligations.api.rows import item_rows, list_rows
from obligations.api.shapes import ItemDetailSerializer, ItemSerializer, ListSerializer
from obligations.models import ListItem, ResponsibilityList
from obligations.models.lists import ListItemQuerySet, ResponsibilityListQuerySet


class Lists(Listing):
    """Lists in which the user may see something."""

    operations = {"GET": "lists_list"}
    tag = "lists"
    serializer_class = ListSerializer
    filterset_class = ListQuery
    queryset = ResponsibilityList.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk"), "-batch": Order("batch", True)}

    def get_queryset(self) -> ResponsibilityListQuerySet:
        return ResponsibilityList.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return list_rows(keys)


class OneList(Endpoint):
    """One list as issued."""

    operations = {"GET": "lists_retrieve"}
    tag = "lists"
    serializer_class = ListSerializer

    def get(self, request: Request, pk: int) -> Response:
        found = find(ResponsibilityList.objects.visible_to(self.user).only("pk"), pk)
        return Response(list_rows([found.pk])[0])


class Items(Listing):
    """Rows of lists. What is owed under an item is at /obligations/?item=…"""

    operations = {"GET": "items_list"}
    tag = "lists"
    serializer_class = ItemSerializer
    filterset_class = ItemQuery
    queryset = ListItem.objects.none()
    orders = {"id": Order("pk"), "-id": Order("pk", True), "deadline_on": Order("deadline_on")}

    def get_queryset(self) -> ListItemQuerySet:
        return ListItem.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return item_rows(keys, by=self.user)


class OneItem(Endpoint):
    """One item with its terms, by field and by the column's official name."""

    operations = {"GET": "items_retrieve"}
    tag = "lists"
    serializer_class = ItemDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        visible = ListItem.objects.visible_to(self.user).select_related("list", "body")
        found = find(visible, pk)
        return Response(
            {**item_rows([pk], by=self.user)[0], "terms": item_terms(found, by=self.user)}
        )
