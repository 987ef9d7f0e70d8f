"""疑点: a claim and what speaks against it, from the day it was seen until it was settled."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from obligations.models.obligation import Obligation

if TYPE_CHECKING:
    from accounts.models import User


class ContradictionCaseQuerySet(models.QuerySet["ContradictionCase"]):
    def visible_to(self, user: User) -> ContradictionCaseQuerySet:
        """Those of the obligations that the user may see."""
        return self.filter(obligation__in=Obligation.objects.visible_to(user))

    def open(self) -> ContradictionCaseQuerySet:
        return self.filter(outcome="")

    def accepted_at(self, day: dt.date) -> ContradictionCaseQuerySet:
        """Accepted with a reason that still holds on the day."""
        return self.filter(outcome="accepted", accepted_until__gte=day)


class ContradictionCase(models.Model):
    """One contradiction on one obligation; when it comes again that is another case."""

    class Outcome(models.TextChoices):
        REOPENED = "reopened", _("reopened")
        SENT_BACK = "sent_back", _("sent back")
        ACCEPTED = "accepted", _("accepted with a reason")
        RESOLVED = "resolved", _("resolved by the facts")

    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="contradiction_cases",
        db_index=False,  # contradiction_memory begins with it
    )
    code = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField()
    # Both sides' facts as they were seen on the day.
    facts = models.JSONField(default=dict)
    found_on = models.DateField()
    found_at = models.DateTimeField()
    # How often the same was seen on the same obligation before, and the last time.
    recurrence = models.PositiveIntegerField(default=0)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # None: any coordinator of the scope.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    reason = models.TextField(blank=True)
    # Accepted until then: it is not raised again before.
    accepted_until = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # None: the facts themselves.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ContradictionCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "code"],
                condition=Q(outcome=""),
                name="contradiction_one_open",
            ),
            models.CheckConstraint(
                name="contradiction_closed_whole",
                condition=Q(outcome="", closed_on=None, closed_at=None)
                | ~Q(outcome="") & Q(closed_on__gte=F("found_on"), closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="contradiction_decided_by_a_person",
                condition=Q(outcome__in=["", "resolved"], closed_by=None, reason="")
                | ~Q(outcome__in=["", "resolved"]) & Q(closed_by__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="contradiction_accepted_until_a_day",
                condition=Q(outcome="accepted", accepted_until__isnull=False)
                | ~Q(outcome="accepted") & Q(accepted_until=None),
            ),
        ]
        indexes = [
            models.Index(fields=["obligation", "code", "id"], name="contradiction_memory"),
            models.Index(
                fields=["-weight", "-recurrence", "id"],
                condition=Q(outcome=""),
                name="contradiction_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.code}"

    @property
    def is_open(self) -> bool:
        return self.outcome == ""
