"""Who may receive reports about a scope: those who may read them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from reports.scopes import Scope


def readers(scope: Scope) -> QuerySet[User]:
    """Active people who may read a published report about the scope, as `visible_to` has it."""
    place = scope.department.region if scope.department else scope.region
    may = Q(role__in=User.SCOPED, region=None)
    if place:
        may |= Q(role__in=User.SCOPED, region=place)
    if scope.department:
        may |= Q(role__in=User.OF_A_DEPARTMENT, department=scope.department)
    return User.objects.filter(may, is_active=True)
