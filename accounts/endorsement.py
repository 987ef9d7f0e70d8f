"""审签: whether a department's claims are endorsed; off only where one person is all there is."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, Level, User
from accounts.models.departments import DepartmentQuerySet
from accounts.versions import require_same


@dataclass(frozen=True)
class Standing:
    """One department and its people. Where there are two again, endorsing is possible again."""

    department: Department
    people: list[User]

    @property
    def may_endorse(self) -> bool:
        return len(self.people) > 1


@transaction.atomic
def switch(
    department: Department, *, required: bool, by: User, reason: str, version: int
) -> Department:
    """Endorsement on or off, within the coordinator's scope. Claims that wait stay as they are."""
    permissions.require(by, "switch_endorsement")
    if not reason.strip():
        raise RuleViolation(_("Please give the reason: it is kept with the decision."))
    row = Department.objects.select_for_update(of=("self",)).get(pk=department.pk)
    if not in_scope(by).filter(pk=row.pk).exists():
        raise PermissionDenied(_("This lies outside your region."))
    require_same(row.endorsement_version, version)
    if row.endorsement_required == required:
        raise RuleViolation(_("It is so already: look at the present state."))
    count = _people().filter(department=row).count()
    if not required and count != 1:
        raise RuleViolation(
            _("Only a department of one person goes without endorsement: this one has %(count)s.")
            % {"count": count}
        )
    row.endorsement_required, row.endorsement_version = required, version + 1
    row.save(update_fields=["endorsement_required", "endorsement_version"])
    detail = {"required": required, "reason": reason.strip()[:500], "people": count}
    audit.record(row, verb="switch_endorsement", by=by, detail=detail, department_id=row.pk)
    return row


def in_scope(by: User) -> DepartmentQuerySet:
    """Departments that owe, as far as the coordinator reaches."""
    return Department.objects.visible_to(by).exclude(level=Level.CENTRAL)


def standing(by: User) -> list[Standing]:
    """Where it is off or could be: departments of one person, and those without endorsement."""
    people: dict[int, list[User]] = {}
    for user in _people().order_by("pk"):
        # A constraint: people of a department have one.
        people.setdefault(user.department_id or 0, []).append(user)
    alone = [pk for pk, users in people.items() if len(users) == 1]
    rows = in_scope(by).filter(pk__in=alone) | in_scope(by).filter(endorsement_required=False)
    ordered = rows.select_related("region").order_by("endorsement_required", "position", "pk")
    return [Standing(row, people.get(row.pk, [])) for row in ordered]


def _people() -> QuerySet[User]:
    """Who claims or endorses."""
    return User.objects.filter(is_active=True, role__in=User.OF_A_DEPARTMENT)
