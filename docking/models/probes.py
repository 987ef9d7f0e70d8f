"""What probes saw: one row each, and the sums of a day for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from docking.models.endpoints import Endpoint
from docking.models.words import Word


class ProbeResult(models.Model):
    """One probe. What could not tell is neither up nor down."""

    class Outcome(models.TextChoices):
        UP = "up", pgettext_lazy("probe", "as expected")
        DOWN = "down", pgettext_lazy("probe", "not as expected")
        UNCLEAR = "unclear", pgettext_lazy("probe", "could not tell")

    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.PROTECT,
        related_name="results",
        db_index=False,  # probe_by_endpoint begins with it
    )
    at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    error = models.CharField(max_length=12, choices=Word.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="probe_up_has_no_error",
                condition=Q(outcome="up", error="") | (~Q(outcome="up") & ~Q(error="")),
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-at"], name="probe_by_endpoint"),
            models.Index(fields=["at"], name="probe_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.outcome}"


class ProbeDay(models.Model):
    """The sums of one endpoint's day, kept when its single results are gone."""

    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.PROTECT,
        related_name="days",
        db_index=False,  # probe_day_once begins with it
    )
    day = models.DateField()
    up_count = models.PositiveIntegerField(default=0)
    down_count = models.PositiveIntegerField(default=0)
    unclear_count = models.PositiveIntegerField(default=0)
    # The mean of what was answered; written when the day is over.
    latency_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "day"], name="probe_day_once"),
        ]
        indexes = [models.Index(fields=["day"], name="probe_day_by_day")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.day}"
