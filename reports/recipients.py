"""Who may receive reports about a scope: those who may read them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from reports.scopes import Scope


def coordinators(scope: Scope) -> QuerySet[User]:
    """Active coordinators who answer for reports about the scope: of its region where that has
    any, else of the province."""
    place = scope.department.region if scope.department else scope.region
    found = User.objects.filter(role=Role.COORDINATOR, is_active=True, department__isnull=False)
    own = found.filter(region=place) if place else found.none()
    answering = own if own.exists() else found.filter(region=None)
    return answering.select_related("department").order_by("department__position", "pk")


def readers(scope: Scope) -> QuerySet[User]:
    """Active people who may read a published report about the scope, as `visible_to` has it."""
    place = scope.department.region if scope.department else scope.region
    may = Q(role__in=User.SCOPED, region=None)
    if place:
        may |= Q(role__in=User.SCOPED, region=place)
    if scope.department:
        may |= Q(role__in=User.OF_A_DEPARTMENT, department=scope.department)
    return User.objects.filter(may, is_active=True)
