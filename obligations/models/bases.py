"""Why a date of an obligation is what it is, what it was before, and what moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from obligations.models.calendar import CalendarLoad
from obligations.models.obligation import Obligation
from obligations.models.rules import DeadlineRule

if TYPE_CHECKING:
    from accounts.models import User


class Recount(models.Model):
    """One run over the dates that a changed calendar or rule touches; it goes on after `cursor`."""

    # A calendar changed between two days, in a region or everywhere; or a rule did.
    first_on = models.DateField(null=True, blank=True)
    last_on = models.DateField(null=True, blank=True)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    load = models.OneToOneField(
        CalendarLoad, null=True, blank=True, on_delete=models.PROTECT, related_name="recount"
    )
    rule = models.ForeignKey(
        DeadlineRule, null=True, blank=True, on_delete=models.PROTECT, related_name="recounts"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Bases up to this key are done, in the order of keys, up to the last one there was.
    cursor = models.PositiveBigIntegerField(default=0)
    last = models.PositiveBigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recount_for_one_reason",
                condition=Q(rule__isnull=False, load=None, first_on=None, last_on=None)
                | Q(rule=None, first_on__isnull=False, last_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class DateBasisQuerySet(models.QuerySet["DateBasis"]):
    def visible_to(self, user: User) -> DateBasisQuerySet:
        return self.filter(obligation__in=Obligation.objects.visible_to(user))

    def current(self) -> DateBasisQuerySet:
        return self.filter(superseded_at=None)

    def moved(self) -> DateBasisQuerySet:
        """Those that a recount set anew: what moved."""
        return self.filter(recount__isnull=False)


class DateBasis(models.Model):
    """How one date of an obligation came about; at most one counts for each date.

    A due date without any row is the list's own: its text stands on the obligation.
    """

    class Field(models.TextChoices):
        DUE_ON = "due_on", _("Due date")
        MEND_UNTIL = "mend_until", _("To be mended by")
        DECIDE_BY = "decide_by", _("To be decided by")
        ACCEPT_BY = "accept_by", _("To be accepted by")
        PLANNED_ON = "planned_on", _("Planned date")
        DELIVERY_DUE_ON = "delivery_due_on", _("Next delivery")
        DELIVERY_GRACE_ON = "delivery_grace_on", _("End of the grace for a delivery")

    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="date_bases",
        db_index=False,  # date_basis_history begins with it
    )
    field = models.CharField(max_length=20, choices=Field.choices)
    value = models.DateField()
    # What started it, as a verb; "list" is what the list says.
    event = models.CharField(max_length=30)
    start_on = models.DateField()
    # A clock was counted: its code, the rule where it stands in the table, and so many units.
    clock = models.CharField(max_length=20, blank=True)
    rule = models.ForeignKey(
        DeadlineRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    days = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=12, choices=DeadlineRule.Unit.choices, blank=True)
    provisional = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    document_number = models.CharField(max_length=100, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    # Set by a recount: the day that it replaced.
    recount = models.ForeignKey(
        Recount, null=True, blank=True, on_delete=models.PROTECT, related_name="bases"
    )
    previous = models.DateField(null=True, blank=True)

    objects = DateBasisQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "field"],
                condition=Q(superseded_at=None),
                name="date_basis_one_current",
            ),
            models.CheckConstraint(
                name="date_basis_counts_a_clock_or_repeats_a_word",
                condition=Q(clock="", days=None, unit="", rule=None)
                | (~Q(clock="") & Q(days__isnull=False) & ~Q(unit="")),
            ),
            models.CheckConstraint(
                name="date_basis_previous_of_a_recount",
                condition=Q(previous=None) | Q(recount__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["obligation", "field", "id"], name="date_basis_history"),
            models.Index(
                fields=["start_on", "value"],
                condition=~Q(clock="") & Q(superseded_at=None),
                name="date_basis_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.field} {self.value}"
