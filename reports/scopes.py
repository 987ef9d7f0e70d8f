"""What a snapshot is about: the province, one city, or one department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Department, Region, User
from obligations.models import Status


@dataclass(frozen=True)
class Scope:
    """At most one of the two; without either it is the whole province."""

    region: Region | None = None
    department: Department | None = None

    @property
    def name(self) -> str:
        """How the reports call it."""
        if self.department:
            return self.department.name
        return self.region.name if self.region else "全省"

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> Scope:
        """The scope that a job's JSON arguments name."""
        region, department = args.get("region"), args.get("department")
        return cls(
            region=Region.objects.get(pk=region) if region else None,
            department=Department.objects.get(pk=department) if department else None,
        )

    @property
    def args(self) -> dict[str, int | None]:
        """As JSON values, for a job."""
        return {
            "region": self.region.pk if self.region else None,
            "department": self.department.pk if self.department else None,
        }

    def of(self, rows: QuerySet[Any], *, prefix: str = "") -> QuerySet[Any]:
        """The obligations in scope; `prefix` leads to the obligation from other rows."""
        if self.region:
            return rows.filter(**{f"{prefix}department__region": self.region})
        if self.department:
            # A department does not see what has not been issued to it yet.
            own = rows.filter(**{f"{prefix}department": self.department}, external=False)
            reached = {f"{prefix}issued_at": None, "status": Status.WITHDRAWN}
            return own.exclude(status=Status.DRAFT).exclude(**reached)
        return rows


def scope_of(user: User | None) -> Scope:
    """What a user's reports are about unless they say otherwise; the machine's: the province."""
    if user is None:
        return Scope()
    if user.role in user.OF_A_DEPARTMENT:
        return Scope(department=user.department)
    return Scope(region=user.region)


def require_in_scope(scope: Scope, *, by: User) -> None:
    """Raise PermissionDenied for a scope beyond the user's own."""
    own = scope_of(by)
    if scope == own or own == Scope():
        return
    inside = own.region and scope.department and scope.department.region_id == own.region.pk
    if not inside:
        raise PermissionDenied(_("This scope is not yours to report on."))
