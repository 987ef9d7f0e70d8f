"""History on one timeline of effective days: a row only where something changed."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from obligations.models.judged import JudgedFacts
from obligations.models.obligation import Obligation


class ObligationStateQuerySet(models.QuerySet["ObligationState"]):
    def at(self, day: dt.date) -> ObligationStateQuerySet:
        """The one row of each obligation that holds at the end of a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class ObligationState(JudgedFacts):
    """The judged facts from `valid_from` until the day before `valid_to`."""

    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="states",
        db_index=False,  # state_once_a_day begins with it
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    objects = ObligationStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["obligation", "valid_from"], name="state_once_a_day"),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(valid_to=None), name="state_one_open"
            ),
            models.CheckConstraint(
                name="state_from_before_to",
                condition=Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
            ),
        ]
        indexes = [models.Index(fields=["valid_from", "valid_to"], name="state_by_day")]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.valid_from}"
