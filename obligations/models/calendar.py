"""Days that a calendar knows: official, or provisional until the year is announced."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Region


class CalendarDay(models.Model):
    """One day that differs from Monday to Friday; without a region it is the whole country's."""

    day = models.DateField()
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    is_workday = models.BooleanField()
    provisional = models.BooleanField(default=False)
    note = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "region"], name="calendar_day_once_in_region"),
            models.UniqueConstraint(
                fields=["day"], condition=Q(region=None), name="calendar_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class CalendarLoad(models.Model):
    """A year of a calendar as a file gives it: looked at first, then put in force as a whole."""

    class State(models.TextChoices):
        READ = "read", _("to be confirmed")
        APPLIED = "applied", _("in force since")
        DISCARDED = "discarded", _("discarded")

    year = models.PositiveIntegerField()
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    provisional = models.BooleanField(default=False)
    # The announcement, by its document number or title.
    source = models.CharField(max_length=100)
    source_name = models.CharField(max_length=255)
    source_sha256 = models.CharField(max_length=64)
    # [[day, is it a workday, what it is called], …] in the order of days.
    days = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    read_at = models.DateTimeField(auto_now_add=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # How many days it changed when it was put in force.
    changed = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendar_load_decision_whole",
                condition=Q(state="read", decided_by=None, decided_at=None)
                | (~Q(state="read") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="calendar_load_year", condition=Q(year__gte=2000, year__lte=2099)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.source}"
