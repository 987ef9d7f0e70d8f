"""可用 / 不可用: who uses what was opened, how often they are asked, and what they say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from obligations.models.lists import ListItem
from obligations.models.obligation import Obligation

if TYPE_CHECKING:
    from accounts.models import User


class ConfirmationRule(models.Model):
    """How often consumers are asked, and by when they answer; versions follow each other."""

    class Rhythm(models.IntegerChoices):
        """Months of one period."""

        MONTHLY = 1, _("once a month")
        QUARTERLY = 3, _("once a quarter")
        HALF_YEARLY = 6, _("once in half a year")
        YEARLY = 12, _("once a year")

    effective_from = models.DateField(unique=True)
    months = models.PositiveSmallIntegerField(choices=Rhythm.choices, default=Rhythm.QUARTERLY)
    # Working days from the start of the period.
    answer_days = models.PositiveSmallIntegerField(default=10)
    source = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="confirmation_rule_whole_periods", condition=Q(months__in=[1, 3, 6, 12])
            ),
            # Every month has so many working days, whatever the holidays.
            models.CheckConstraint(
                name="confirmation_rule_answer_within_a_month",
                condition=Q(answer_days__gte=1, answer_days__lte=15),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"


class ItemConsumerQuerySet(models.QuerySet["ItemConsumer"]):
    def at(self, day: dt.date) -> ItemConsumerQuerySet:
        """Named by the end of a day, and not released by then."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), named_on__lte=day)


class ItemConsumer(models.Model):
    """A department that a coordinator named as a consumer of an item, beside those that owe."""

    item = models.ForeignKey(
        ListItem, on_delete=models.PROTECT, related_name="consumers", db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="consumed_items"
    )
    note = models.CharField(max_length=200, blank=True)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    named_on = models.DateField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_on = models.DateField(null=True, blank=True)

    objects = ItemConsumerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "department"],
                condition=Q(ended_on=None),
                name="item_consumer_named_once",
            ),
            models.CheckConstraint(
                name="item_consumer_ended_whole",
                condition=Q(ended_on=None, ended_by=None)
                | Q(ended_on__gte=F("named_on"), ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["item", "department"], name="item_consumer")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.department_id}"


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def visible_to(self, user: User) -> ConfirmationQuerySet:
        """What was said of what the user may see, and what the own department said."""
        seen = Q(obligation__in=Obligation.objects.visible_to(user))
        if user.is_active and user.role in user.OF_A_DEPARTMENT and user.department_id is not None:
            seen |= Q(department_id=user.department_id)
        return self.filter(seen)

    def at(self, day: dt.date) -> ConfirmationQuerySet:
        """What stood at the end of a day: at most one word of each consumer of an obligation."""
        return self.filter(Q(until_on=None) | Q(until_on__gt=day), said_on__lte=day)

    def standing(self) -> ConfirmationQuerySet:
        return self.filter(until_on=None)


class Confirmation(models.Model):
    """One word of one consumer about what was opened; a later word ends it, nothing erases it."""

    class Word(models.TextChoices):
        USABLE = "usable", _("usable")
        UNUSABLE = "unusable", _("not usable")

    # What the provider owes, and says it fulfils.
    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="confirmations",
        db_index=False,  # confirmation_history begins with it
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="confirmations"
    )
    # The first day of the period in which it was asked.
    period_on = models.DateField()
    word = models.CharField(max_length=8, choices=Word.choices)
    reason = models.TextField(blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_on = models.DateField()
    said_at = models.DateTimeField()
    # The day of the word that followed; None: it stands.
    until_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "department"],
                condition=Q(until_on=None),
                name="confirmation_one_stands",
            ),
            models.CheckConstraint(
                name="confirmation_unusable_has_reason",
                condition=~Q(word="unusable", reason=""),
            ),
            models.CheckConstraint(
                name="confirmation_in_order",
                condition=Q(until_on=None) | Q(until_on__gte=F("said_on")),
            ),
            models.CheckConstraint(
                name="confirmation_in_its_period", condition=Q(period_on__lte=F("said_on"))
            ),
        ]
        indexes = [
            models.Index(fields=["obligation", "department", "id"], name="confirmation_history"),
            models.Index(
                fields=["obligation"],
                condition=Q(until_on=None, word="unusable"),
                name="confirmation_unusable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.department_id} {self.word}"
