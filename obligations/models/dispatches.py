"""任务分解: what a coordinator let list items become, for whom, and the groups that were meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, DepartmentGroup
from obligations.models.lists import ListItem
from obligations.models.notices import Notice
from obligations.models.obligation import RoleInItem

if TYPE_CHECKING:
    from accounts.models import User


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def visible_to(self, user: User) -> DispatchQuerySet:
        """Coordinators see those of their scope; nobody else any."""
        if user.role != "coordinator":
            return self.none()
        if user.region_id is None:
            return self
        return self.filter(created_by__region_id=user.region_id)


class Dispatch(models.Model):
    """One fan-out: items × duties × bodies. What it would do is worked out anew at each look."""

    class State(models.TextChoices):
        PLANNED = "planned", _("to be confirmed")
        RUNNING = "running", _("being carried out")
        DONE = "done", _("carried out")
        DISCARDED = "discarded", _("discarded")

    items = models.ManyToManyField(ListItem, related_name="dispatches")
    # [{"duty": …, "due": text, "" for the item's own}]
    duties = models.JSONField(default=list)
    # [{"key": "department:3", "group:2", "name:…", "bureaus" or "own", "role": …}]
    bodies = models.JSONField(default=list)
    # The day on which groups are taken as they stand.
    members_on = models.DateField()
    document_number = models.CharField(max_length=100, blank=True)
    issue = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    # Not a person's choice: groups that the cells of a list name, remembered by its import.
    of_list = models.BooleanField(default=False)
    # Of the plan that a person confirmed; what a worker finds must be the same.
    digest = models.CharField(max_length=64, blank=True)
    failure = models.TextField(blank=True)
    made = models.PositiveIntegerField(default=0)
    there = models.PositiveIntegerField(default=0)
    notice = models.ForeignKey(
        Notice, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    job_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DispatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dispatch_done_whole",
                condition=Q(state="done", done_on__isnull=False)
                | (~Q(state="done") & Q(done_on=None, done_by=None)),
            ),
            models.CheckConstraint(
                name="dispatch_by_a_person_unless_of_a_list",
                condition=Q(of_list=True)
                | (Q(created_by__isnull=False) & (~Q(state="done") | Q(done_by__isnull=False))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class DispatchGroup(models.Model):
    """A group that a dispatch meant; None: the data bureaus of all cities."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="groups")
    group = models.ForeignKey(
        DepartmentGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="dispatches"
    )
    # Those of the dispatch for which it was meant: all, or those whose own cells name it.
    items = models.ManyToManyField(ListItem, related_name="+")
    role_in_item = models.CharField(max_length=10, choices=RoleInItem.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "group"], name="dispatch_group_once"),
            models.UniqueConstraint(
                fields=["dispatch"], condition=Q(group=None), name="dispatch_bureaus_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispatch_id} {self.group_id}"


class DispatchMember(models.Model):
    """A department that the group's dispatch reached, or that a person left out for a reason."""

    class Outcome(models.TextChoices):
        MADE = "made", _("dispatched")
        DISMISSED = "dismissed", _("left out")

    dispatch_group = models.ForeignKey(
        DispatchGroup, on_delete=models.CASCADE, related_name="members"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=500, blank=True)
    decided_on = models.DateField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch_group", "department"], name="dispatch_member_once"
            ),
            models.CheckConstraint(
                name="dispatch_member_left_out_for_a_reason",
                condition=~Q(outcome="dismissed") | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispatch_group_id} {self.department_id}"
