"""A snapshot: one scope's state at the end of one day, frozen for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region
from jobs.models import Job

if TYPE_CHECKING:
    from accounts.models import User


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: User) -> SnapshotQuerySet:
        """The scope's for coordinators and leaders, the own department's for its people."""
        if not user.is_active:
            return self.none()
        if user.role in user.SCOPED and user.region_id is None:
            return self
        if user.role in user.SCOPED:
            region = user.region_id
            return self.filter(Q(region_id=region) | Q(department__region_id=region))
        if user.role in user.OF_A_DEPARTMENT:
            return self.filter(department=user.department)
        return self.none()


class Snapshot(models.Model):
    """Without region and department it is the whole province's."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    as_of = models.DateField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    # The job that took it: one that is repeated finds its snapshot and takes no second one.
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT)
    # As they were called when it was taken; empty where the system itself took it.
    scope_name = models.CharField(max_length=200, blank=True)
    taken_by_name = models.CharField(max_length=150, blank=True)
    reporting_body = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    rules_version = models.CharField(max_length=100)
    calendar_version = models.CharField(max_length=300)
    program_version = models.CharField(max_length=40)
    due_soon_days = models.PositiveIntegerField()
    # What was recorded after the day that is reported, and is in the figures all the same.
    recorded_later_count = models.PositiveIntegerField(default=0)
    # What 本期变化 compares with: found when it was taken, so that it stays the same.
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_demo = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="snapshot_has_one_scope", condition=Q(region=None) | Q(department=None)
            ),
            models.CheckConstraint(
                name="snapshot_state_known", condition=Q(state__in=["draft", "published"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_name} {self.as_of}"
