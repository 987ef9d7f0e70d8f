"""Checks of fulfilment: ask for one, see who was checked, read what was found."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.api.shapes import NamedSerializer
from accounts.models import Department
from accounts.parsing import JSONParser
from jobs.api import QueuedSerializer, accepted
from obligations import checking, freshness
from obligations.api import record
from obligations.api.bodies import DayField
from obligations.api.filters import FindingQuery
from obligations.api.shapes import FoundSerializer
from obligations.freshness import Freshness
from obligations.models import CheckResult, DepartmentCheck, Obligation
from obligations.today import today


class CheckOrder(StrictSerializer):
    on = DayField(required=False, help_text="The day that is judged; today where it is left out.")


class CheckedSerializer(serializers.Serializer[Any]):
    department = NamedSerializer()
    checked = serializers.BooleanField(help_text="false is “not checked”, which is no failure.")
    counted = serializers.IntegerField(allow_null=True, help_text="Applicable obligations.")
    failed = serializers.IntegerField(
        allow_null=True, help_text="How many of them fail in at least one check of what it owes."
    )
    error = serializers.CharField(allow_blank=True)
    recorded_at = serializers.DateTimeField(allow_null=True)
    unchecked_since = serializers.DateField(
        allow_null=True, help_text="The first day, up to `on`, that should be checked and is not."
    )


class ChecksSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    departments = CheckedSerializer(many=True)


class Checks(Endpoint):
    """Per department: whether it was checked for the day, when, how many, and what went wrong."""

    verbs = {"GET": "read", "POST": "run_checks"}
    operations = {"GET": "checks_retrieve", "POST": "checks_run"}
    tag = "checks"
    parser_classes = [JSONParser]
    refusals = (409,)

    @extend_schema(parameters=[CheckOrder], responses=ChecksSerializer)
    def get(self, request: Request) -> Response:
        on = self.read_query(CheckOrder).get("on") or today()
        own = Obligation.objects.visible_to(self.user).filter(external=False)
        owing = own.order_by().values("department_id")
        departments = Department.objects.filter(pk__in=owing).order_by("position", "pk")
        checks = DepartmentCheck.objects.filter(day=on, department__in=departments)
        found = {check.department_id: check for check in checks}
        fresh = freshness.for_user(self.user, on=on)
        lines = [_line(one, found.get(one.pk), fresh) for one in departments]
        return Response({"on": on, "departments": lines})

    @extend_schema(request=CheckOrder, responses={202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        on = self.read(CheckOrder).get("on") or today()
        return accepted(checking.request(by=self.user, on=on, today=today()))


class FindingSerializer(FoundSerializer):
    id = serializers.IntegerField()
    obligation_id = serializers.IntegerField()
    title = serializers.CharField()
    department = NamedSerializer()
    until = serializers.DateField(allow_null=True)


class Findings(Listing):
    """What checks found: what holds now, or (`on`) held at the end of a day."""

    operations = {"GET": "findings_list"}
    tag = "checks"
    serializer_class = FindingSerializer
    filterset_class = FindingQuery
    queryset = CheckResult.objects.none()
    orders = {"id": Order("pk"), "-id": Order("pk", True)}

    def get_queryset(self) -> QuerySet[CheckResult]:
        # Asked row by row, so that a page stops looking when it is full.
        seen = Obligation.objects.visible_to(self.user).filter(pk=OuterRef("obligation_id"))
        return CheckResult.objects.filter(Exists(seen))

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = CheckResult.objects.filter(pk__in=keys).values(
            *("id", "obligation_id", "check_code", "outcome", "since", "until"),
            *("obligation__item__title", "obligation__department_id"),
            "obligation__department__name",
        )
        return in_order([_finding(row) for row in rows], keys)


def _line(
    department: Department, check: DepartmentCheck | None, fresh: Freshness
) -> dict[str, Any]:
    return {
        "department": {"id": department.pk, "name": department.name},
        "checked": bool(check and check.checked),
        "counted": check.counted if check else None,
        "failed": check.failed if check else None,
        "error": _said() if check and check.error else "",
        "recorded_at": check.recorded_at if check else None,
        "unchecked_since": fresh.of(department.pk),
    }


def _said() -> str:
    """What went wrong, for those who can do nothing with the words of a program."""
    return _(
        "The check of this department broke off and renewed nothing. The next check tries again; "
        "if it breaks off once more, tell the system administrator."
    )


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    department = {
        "id": row["obligation__department_id"],
        "name": row["obligation__department__name"],
    }
    return {
        "id": row["id"],
        "obligation_id": row["obligation_id"],
        "title": row["obligation__item__title"],
        "department": department,
        **record.finding(row["check_code"], row["outcome"], row["since"]),
        "until": row["until"],
    }
