"""How often somebody was refused a report: the audit trail is told, without being flooded."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class RefusedAttempts(models.Model):
    """One person's refused attempts within one hour."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "hour"], name="refused_attempts_once_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.hour}: {self.count}"
