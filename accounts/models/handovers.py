"""A/B 角: a person of a department names a deputy for a time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from accounts.models.users import User


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> HandoverQuerySet:
        """Within the own department everybody sees who stands in for whom."""
        if not user.is_active or user.department_id is None:
            return self.none()
        return self.filter(person__department_id=user.department_id)

    def in_force(self, *, on: dt.date) -> HandoverQuerySet:
        """Begun, not over, and both accounts still in the same department and in use."""
        return self.filter(
            starts_on__lte=on,
            ends_on__gte=on,
            ended_on=None,
            person__is_active=True,
            deputy__is_active=True,
            person__department_id=F("deputy__department_id"),
            person__role__in=["officer", "reviewer"],
            deputy__role__in=["officer", "reviewer"],
        )


class Handover(models.Model):
    """`deputy` may do what `person` may, from one day to another, both included."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="handovers"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="standing_in"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Ended before its last day.
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="handover_to_another", condition=~Q(person=F("deputy"))),
            models.CheckConstraint(
                name="handover_days_in_order", condition=Q(starts_on__lte=F("ends_on"))
            ),
            models.CheckConstraint(
                name="handover_end_whole",
                condition=Q(ended_on=None, ended_by=None)
                | Q(ended_on__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.deputy_id}"

    def is_over(self, on: dt.date) -> bool:
        return self.ended_on is not None or self.ends_on < on
