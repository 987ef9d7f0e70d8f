"""The obligation: item × department × duty × role in the item."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from obligations.models.judged import JudgedFacts, Status

if TYPE_CHECKING:
    from accounts.models import User


class Duty(models.TextChoices):
    SUPPLY = "supply", _("supply data")
    CATALOGUE = "catalogue", _("publish the catalogue entry")
    APPLY = "apply", _("apply for the data")
    CONNECT = "connect", _("connect the system")
    USE = "use", _("use the data")
    RETURN = "return", _("return data to localities")
    VERIFY = "verify", _("correct the data")


class RoleInItem(models.TextChoices):
    LEAD = "lead", _("lead")
    SUPPORTING = "supporting", _("supporting")


def acceptance_is_overdue(on: dt.date) -> Q:
    return Q(status=Status.ISSUED, accept_by__lt=on)


def applicable(on: dt.date, prefix: str = "") -> Q:
    """Issued, not external, not withdrawn, no exemption in force: the one definition."""
    exempted = Q(**{f"{prefix}exempt": True}) & (
        Q(**{f"{prefix}exempt_until": None}) | Q(**{f"{prefix}exempt_until__gte": on})
    )
    counted = Q(**{f"{prefix}external": False}) & ~Q(
        **{f"{prefix}status__in": [Status.DRAFT, Status.WITHDRAWN]}
    )
    return counted & ~exempted


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, user: User) -> ObligationQuerySet:
        """What the user may read: the scope of coordinators and leaders, else own rows."""
        if not user.is_active:
            return self.none()
        if user.role in user.SCOPED:
            return (
                self
                if user.region_id is None
                else self.filter(department__region_id=user.region_id)
            )
        if user.role in user.OF_A_DEPARTMENT and user.department_id is not None:
            own = self.filter(department_id=user.department_id, external=False)
            # What was withdrawn before it was issued never reached the department.
            return own.exclude(status=Status.DRAFT).exclude(status=Status.WITHDRAWN, issued_at=None)
        return self.none()

    def applicable(self, *, on: dt.date) -> ObligationQuerySet:
        return self.filter(applicable(on))

    def open(self) -> ObligationQuerySet:
        """Issued and neither verified nor withdrawn."""
        closed = [Status.DRAFT, Status.VERIFIED, Status.WITHDRAWN]
        return self.exclude(status__in=closed).filter(external=False)

    def overdue(self) -> ObligationQuerySet:
        return self.filter(light="red")

    def acceptance_overdue(self, *, on: dt.date) -> ObligationQuerySet:
        """Issued, and not accepted by the day that the clock gave."""
        return self.filter(acceptance_is_overdue(on))


class Obligation(JudgedFacts):
    """What one department owes under one item. Its judged facts stand in JudgedFacts."""

    item = models.ForeignKey(
        "obligations.ListItem",
        on_delete=models.PROTECT,
        related_name="obligations",
        db_index=False,  # obligation_once begins with it
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="obligations",
        db_index=False,  # obligation_desk begins with it
    )
    duty = models.CharField(max_length=10, choices=Duty.choices)
    role_in_item = models.CharField(
        max_length=10, choices=RoleInItem.choices, default=RoleInItem.LEAD
    )
    # For a provincial duty under a ministry's resource or system.
    depends_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="dependants"
    )
    # 任务分解: the act that made it, and the group as whose member the department owes it.
    dispatch = models.ForeignKey(
        "obligations.Dispatch",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="obligations",
    )
    dispatch_group = models.ForeignKey(
        "obligations.DispatchGroup",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="obligations",
    )
    due_text = models.CharField(max_length=500, blank=True)
    due_kind = models.CharField(max_length=10, default="date")
    original_due_on = models.DateField(null=True, blank=True)
    raised_on = models.DateField()
    issued_at = models.DateTimeField(null=True, blank=True)
    # 下达通知: the notice with which it was issued, and the day by which it is to be accepted.
    notice = models.ForeignKey(
        "obligations.Notice",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="obligations",
    )
    accept_by = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    claim_note = models.TextField(blank=True)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # 自核: a coordinator verified an obligation of the coordinators' own bureau.
    self_verified = models.BooleanField(default=False)
    returned_count = models.PositiveIntegerField(default=0)
    return_reason = models.TextField(blank=True)
    reopened_count = models.PositiveIntegerField(default=0)
    # 复开: why, until it is verified again; a return after it has a reason of its own.
    reopen_reason = models.TextField(blank=True)
    # 已开放: when the central body opened what this external obligation asks for.
    opened_on = models.DateField(null=True, blank=True)
    progress_note = models.TextField(blank=True)
    contact_office = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=100, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    # What the newest check found, a letter for each check (obligations.findings): a night compares
    # it with one look at each row. The findings themselves stand in CheckResult.
    last_found = models.CharField(max_length=60, default="", blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "department", "duty"], name="obligation_once"),
            models.CheckConstraint(
                name="obligation_nobody_endorses_own_claim",
                condition=Q(endorsed_by=None) | ~Q(endorsed_by=F("claimed_by")),
            ),
            models.CheckConstraint(
                name="obligation_nobody_verifies_own_claim",
                condition=Q(verified_by=None)
                | (~Q(verified_by=F("claimed_by")) & ~Q(verified_by=F("endorsed_by"))),
            ),
            models.CheckConstraint(
                name="obligation_verified_has_day_and_claim",
                condition=~Q(status="verified")
                | Q(verified_on__isnull=False, completed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="obligation_not_verified_has_no_day",
                condition=Q(status__in=["verified", "withdrawn"]) | Q(verified_on=None),
            ),
            models.CheckConstraint(
                name="obligation_of_central_body_is_only_opened",
                condition=Q(external=False) | Q(status__in=["draft", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="obligation_only_external_is_opened",
                condition=Q(external=True) | Q(opened_on=None),
            ),
            models.CheckConstraint(
                name="obligation_blocked_is_open",
                condition=Q(blocked=False)
                | Q(status__in=["issued", "in_progress", "claimed", "endorsed"]),
            ),
            models.CheckConstraint(
                name="obligation_mended_was_claimed_first",
                condition=Q(mend_until=None)
                | Q(first_completed_on__isnull=False, completed_on=None),
            ),
            models.CheckConstraint(
                name="obligation_standing_claim_has_day",
                condition=~Q(status="endorsed") | Q(completed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="obligation_unclaimed_has_no_day",
                condition=~Q(status__in=["draft", "issued", "in_progress", "claimed"])
                | Q(completed_on=None),
            ),
            models.CheckConstraint(
                name="obligation_ongoing_has_no_due_day",
                condition=~Q(due_kind="ongoing") | Q(original_due_on=None),
            ),
            models.CheckConstraint(
                name="obligation_original_due_day_with_due_day",
                condition=Q(due_kind="ongoing")
                | Q(due_on__isnull=False, original_due_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["department", "due_on"], name="obligation_desk"),
            models.Index(fields=["status", "due_on"], name="obligation_by_status"),
            # None on the light: it changes every night, and PostgreSQL then rewrites no index.
            models.Index(fields=["due_on", "id"], name="obligation_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_ongoing(self) -> bool:
        """持续推进 and the like: never overdue, outside timeliness."""
        return self.due_kind == "ongoing"

    @property
    def was_completed_late(self) -> bool:
        """逾期办结: a mark, not a colour."""
        return bool(self.completed_on and self.due_on and self.completed_on > self.due_on)
