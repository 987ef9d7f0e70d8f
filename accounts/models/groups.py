"""Sets of departments that documents name as one: 市直相关部门, 各市州, a …协调机制."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.departments import Department


class DepartmentGroup(models.Model):
    """A named set; who belongs to it has dates, or follows from a rule."""

    class Kind(models.TextChoices):
        GROUP = "group", _("group of departments")
        MECHANISM = "mechanism", _("coordination mechanism")

    class Rule(models.TextChoices):
        LISTED = "listed", _("the departments listed")
        PROVINCE = "province", _("all departments of the province")
        CITIES = "cities", _("all departments of the cities")

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.GROUP)
    rule = models.CharField(max_length=10, choices=Rule.choices, default=Rule.LISTED)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class GroupName(models.Model):
    """One name by which documents call a group; a name means one group only."""

    group = models.ForeignKey(DepartmentGroup, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    matching = models.CharField(max_length=200, unique=True, editable=False)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A department belongs to a listed group from one day to another, both included."""

    group = models.ForeignKey(DepartmentGroup, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "department", "valid_from"], name="membership_once"
            ),
            models.CheckConstraint(
                name="membership_valid_from_before_valid_to",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.department_id}"
