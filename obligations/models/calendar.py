"""Days that a calendar knows: official, or provisional until the year is announced."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

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
