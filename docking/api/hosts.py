"""Allowed hosts, and maintenance windows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint as Address
from accounts.api.endpoints import find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from docking import hosts, maintenance
from docking.api import shapes
from docking.models import AllowedHost, MaintenanceWindow
from docking.steps import docked
from obligations.api import versions
from obligations.api.bodies import Versioned
from obligations.models import Obligation


class Hosts(Listing):
    """Where this installation may probe, withdrawn ones too; the system administrator adds one."""

    verbs = {"GET": "allow_probing", "POST": "allow_probing"}
    operations = {"GET": "probing_hosts_list", "POST": "probing_hosts_allow"}
    tag = "docking"
    refusals = (409,)
    parser_classes = [JSONParser]
    serializer_class = shapes.HostSerializer
    queryset = AllowedHost.objects.none()

    def get_queryset(self) -> QuerySet[AllowedHost]:
        return AllowedHost.objects.all()

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = AllowedHost.objects.select_related("added_by", "withdrawn_by").in_bulk(keys)
        return [shapes.host(rows[key]) for key in keys if key in rows]

    @extend_schema(request=shapes.NewHost, responses={201: shapes.HostSerializer})
    def post(self, request: Request) -> Response:
        made = hosts.allow(by=self.user, **self.read(shapes.NewHost))
        return Response(self.present([made.pk])[0], status=201)


class WithdrawHost(Address):
    """Nothing there is probed any more."""

    verbs = {"POST": "allow_probing"}
    operations = {"POST": "probing_hosts_withdraw"}
    tag = "docking"
    refusals = (409, 412, 428)
    parser_classes = [JSONParser]
    serializer_class = Versioned

    @extend_schema(responses=shapes.HostSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = find(AllowedHost.objects.all(), pk)
        version = versions.required(request, field=self.read(Versioned).get("version"))
        hosts.withdraw(row, by=self.user, version=version)
        row.refresh_from_db()
        return Response(shapes.host(row))


class Windows(Listing):
    """Maintenance windows that the user may see; an officer announces one of an obligation."""

    verbs = {"GET": "read", "POST": "keep_maintenance"}
    operations = {"GET": "maintenance_list", "POST": "maintenance_announce"}
    tag = "docking"
    refusals = (409,)
    parser_classes = [JSONParser]
    serializer_class = shapes.WindowSerializer
    queryset = MaintenanceWindow.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> QuerySet[MaintenanceWindow]:
        return MaintenanceWindow.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = MaintenanceWindow.objects.in_bulk(keys)
        return [shapes.window(rows[key]) for key in keys if key in rows]

    @extend_schema(request=shapes.NewWindow, responses={201: shapes.WindowSerializer})
    def post(self, request: Request) -> Response:
        said = self.read(shapes.NewWindow)
        row = self._obligation(said.pop("obligation_id"))
        made = maintenance.announce(row, by=self.user, now=timezone.now(), **said)
        return Response(self.present([made.pk])[0], status=201)

    def _obligation(self, key: int | None) -> Obligation | None:
        if key is None:
            return None
        rows = docked(Obligation.objects.visible_to(self.user))
        row = rows.select_related("item__list", "department").filter(pk=key).first()
        if row is None:
            raise serializers.ValidationError(
                {"obligation_id": _("There is no such one; look up its number.")}
            )
        return row


class EndWindow(Address):
    """Call it off, or end it now."""

    verbs = {"POST": "keep_maintenance"}
    operations = {"POST": "maintenance_end"}
    tag = "docking"
    refusals = (409, 412, 428)
    parser_classes = [JSONParser]
    serializer_class = Versioned

    @extend_schema(responses=shapes.WindowSerializer)
    def post(self, request: Request, pk: int) -> Response:
        visible = MaintenanceWindow.objects.visible_to(self.user).select_related("obligation")
        row = find(visible, pk)
        version = versions.required(request, field=self.read(Versioned).get("version"))
        maintenance.end(row, by=self.user, version=version)
        row.refresh_from_db()
        return Response(shapes.window(row))
