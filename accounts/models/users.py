"""Users: one role, one department, one scope (domain, roles)."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.departments import Department, Region


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("coordinator")
    OFFICER = "officer", _("officer")
    REVIEWER = "reviewer", _("reviewer")
    LEADER = "leader", _("leader")
    AUDITOR = "auditor", _("auditor")
    SECURITY_ADMINISTRATOR = "secadmin", _("security administrator")
    SYSTEM_ADMINISTRATOR = "sysadmin", _("system administrator")


class User(AbstractUser):
    """An account. Without a region a coordinator or leader works for the whole province."""

    ADMINISTRATORS = (Role.AUDITOR, Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR)
    SCOPED = (Role.COORDINATOR, Role.LEADER)
    OF_A_DEPARTMENT = (Role.OFFICER, Role.REVIEWER)

    # An account made by the system administrator has no role until the security
    # administrator grants one.
    role = models.CharField(max_length=12, choices=Role.choices, blank=True, default="")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="users"
    )
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    phone = models.CharField(max_length=40, blank=True)

    # Whom this person stands in for in the present request; never stored (accounts.handovers).
    acting_for: User | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_of_a_department_has_one",
                condition=~Q(role__in=["officer", "reviewer"]) | Q(department__isnull=False),
            ),
            models.CheckConstraint(
                name="user_role_known", condition=Q(role__in=["", *Role.values])
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return f"{self.last_name}{self.first_name}" or self.username

    @property
    def people(self) -> set[int]:
        """Who acts: the person, and whoever they stand in for."""
        return {self.pk} | ({self.acting_for.pk} if self.acting_for else set())
