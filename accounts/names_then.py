"""What departments were called on a day."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from accounts.models import DepartmentName


def on(day: dt.date) -> dict[int, str]:
    """Key -> name, of those departments alone whose official name was another one on the day."""
    former = DepartmentName.objects.filter(kind=DepartmentName.Kind.FORMER, valid_to__gte=day)
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    existed = Q(department__valid_from=None) | Q(department__valid_from__lte=day)
    # Of several the one that ended first: what follows it in the answer replaces it.
    found = former.filter(begun, existed).order_by("-valid_to", "-pk")
    return dict(found.values_list("department_id", "name"))
