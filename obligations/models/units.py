"""Names of units that nobody could resolve when a list was applied: a queue, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, DepartmentGroup
from obligations.models.lists import ListItem

if TYPE_CHECKING:
    from accounts.models import User


class UnresolvedUnitQuerySet(models.QuerySet["UnresolvedUnit"]):
    def open(self) -> UnresolvedUnitQuerySet:
        """Those that still wait for somebody's decision."""
        return self.filter(outcome="")

    def name_count(self) -> int:
        """How many names that are, however many cells hold them."""
        return self.values("matching").distinct().count()

    def visible_to(self, user: User) -> UnresolvedUnitQuerySet:
        """Coordinators see those of the lists that their own imports wrote; nobody else any."""
        if user.role != "coordinator":
            return self.none()
        if user.region_id is None:
            return self
        return self.filter(item__list__created_by__region_id=user.region_id)


class UnresolvedUnit(models.Model):
    """One name in one cell of one item. `field` is the column's field, such as `lead_names`."""

    class Outcome(models.TextChoices):
        MATCHED = "matched", _("matched")
        AMENDED = "amended", _("no longer in the list")
        DISMISSED = "dismissed", _("names no unit")

    item = models.ForeignKey(ListItem, on_delete=models.PROTECT, related_name="unresolved")
    field = models.CharField(max_length=50)
    text = models.CharField(max_length=500)
    matching = models.CharField(max_length=500, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    group = models.ForeignKey(
        DepartmentGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = UnresolvedUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "field", "matching"],
                condition=Q(outcome=""),
                name="unresolved_unit_once",
            ),
            models.CheckConstraint(
                name="unresolved_unit_decided_or_open",
                condition=Q(outcome="", department=None, group=None, decided_at=None)
                | Q(outcome__in=["amended", "dismissed"], decided_at__isnull=False)
                | Q(outcome="matched", department__isnull=False, decided_at__isnull=False)
                | Q(outcome="matched", group__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text
