"""What the database holds of a report: whose it is, and that who decides stands with the day."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import CheckConstraint, Q

_NO_BATCH = Q(batch=None, batch_kind="", batch_level="")
_WHOLE_BATCH = Q(batch__isnull=False) & ~Q(batch_kind="") & ~Q(batch_level="")


def territory_and_matter(name: str) -> list[CheckConstraint]:
    """At most one territory, and at most one matter: a list, a batch or a scene."""
    nothing_else = Q(batch=None, scene="") | Q(on_list=None, scene="") | Q(on_list=None, batch=None)
    return [
        CheckConstraint(
            name=f"{name}_has_one_scope", condition=Q(region=None) | Q(department=None)
        ),
        CheckConstraint(name=f"{name}_has_one_matter", condition=nothing_else),
        CheckConstraint(name=f"{name}_batch_is_whole", condition=_NO_BATCH | _WHOLE_BATCH),
    ]


def signed(act: str, *, in_states: Sequence[str]) -> CheckConstraint:
    """Who, when and under which name stand together, and exactly in these states."""
    named = Q(**{f"{act}_by__isnull": False, f"{act}_at__isnull": False})
    named &= Q(state__in=in_states) & ~Q(**{f"{act}_by_name": ""})
    nobody = Q(**{f"{act}_by": None, f"{act}_at": None, f"{act}_by_name": ""})
    return CheckConstraint(
        name=f"snapshot_{act}_whole", condition=named | (nobody & ~Q(state__in=in_states))
    )
