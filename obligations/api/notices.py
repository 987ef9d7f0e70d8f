"""下达通知, and whom a department names as the person in charge."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.parsing import JSONParser
from obligations import contacts
from obligations.api import bodies, versions
from obligations.api.record import person
from obligations.api.rows import obligation_rows
from obligations.api.shapes import ObligationRowSerializer, PersonSerializer
from obligations.models import DepartmentContact, Notice, Obligation
from obligations.models.notices import NoticeQuerySet
from obligations.today import today


class NoticeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField(help_text="Such as 2026-001.")
    issued_on = serializers.DateField()
    issued_by = PersonSerializer()
    note = serializers.CharField(allow_blank=True)


class NoticeDetailSerializer(NoticeSerializer):
    obligations = ObligationRowSerializer(many=True)


class Notices(Listing):
    """Notices with at least one obligation that the user may see."""

    operations = {"GET": "notices_list"}
    tag = "obligations"
    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> NoticeQuerySet:
        return Notice.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = Notice.objects.filter(pk__in=keys).select_related("issued_by")
        return in_order([_notice(row) for row in rows], keys)


class OneNotice(Endpoint):
    """With its obligations, as far as the user may see them."""

    operations = {"GET": "notices_retrieve"}
    tag = "obligations"
    serializer_class = NoticeDetailSerializer

    def get(self, request: Request, pk: int) -> Response:
        row = find(Notice.objects.visible_to(self.user).select_related("issued_by"), pk)
        owed = Obligation.objects.visible_to(self.user).filter(notice=row).order_by("pk")
        rows = obligation_rows(list(owed.values_list("pk", flat=True)))
        return Response({**_notice(row), "obligations": rows})


class ContactSerializer(serializers.Serializer[Any]):
    office = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()


class Contact(Endpoint):
    """责任处室, 责任人, 联系电话 of the own department; open obligations that name nobody else
    follow."""

    verbs = {"GET": "keep_contact", "POST": "keep_contact"}
    operations = {"GET": "contact_retrieve", "POST": "contact_keep"}
    tag = "departments"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = bodies.Contact

    @extend_schema(responses=ContactSerializer)
    def get(self, request: Request) -> Response:
        return self._answer()

    @extend_schema(responses=ContactSerializer)
    def post(self, request: Request) -> Response:
        said = self.read(bodies.Contact)
        version = versions.required(request, field=said.pop("version", None))
        department = self.user.department
        assert department is not None  # a constraint of accounts
        contacts.keep(department, by=self.user, on=today(), version=version, **said)
        return self._answer()

    def _answer(self) -> Response:
        department = self.user.department
        assert department is not None  # a constraint of accounts
        row = DepartmentContact.objects.filter(department=department).first()
        row = row or DepartmentContact(department=department)
        facts = {name: getattr(row, name) for name in ("office", "name", "phone", "version")}
        return Response(facts, headers={"ETag": versions.etag(row.version)})


def _notice(row: Notice) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.label,
        "issued_on": row.issued_on,
        "issued_by": person(row.issued_by),
        "note": row.note,
    }
