"""A log of the exchange platform or gateway on its way in, and its rows that nobody owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class DeliveryLogQuerySet(models.QuerySet["DeliveryLog"]):
    def visible_to(self, user: User) -> DeliveryLogQuerySet:
        """The province's coordinators see all; those of a region what their people brought."""
        if user.role != "coordinator":
            return self.none()
        if user.region_id is None:
            return self
        return self.filter(created_by__region_id=user.region_id)


class DeliveryLog(models.Model):
    """A file, what was understood of it, and what became of it. The web process never parses."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        READY = "ready", _("ready to take over")
        PROBLEMS = "problems", _("has problems")
        REFUSED = "refused", _("file refused")
        APPLYING = "applying", _("being taken over")
        APPLIED = "applied", _("taken over")
        DISCARDED = "discarded", _("discarded")
        FAILED = "failed", _("failed")

    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    # What a person said of its columns: {"top", "bottom", "columns": {"3": field or ""}}, or {}.
    mapping = models.JSONField(default=dict)
    layout = models.JSONField(default=dict)
    # {"rows", "matched", "unmatched"}, with {"to_add", "repeated"} foreseen, {"new", "known"} done.
    counts = models.JSONField(default=dict)
    # Lists of {"row", "column", "kind", "message"}, and the first rows with whom they mean.
    problems = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # The job that is at work on it now, or was last.
    job_id = models.BigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DeliveryLogQuerySet.as_manager()

    def __str__(self) -> str:
        return self.file_name


class UnmatchedRow(models.Model):
    """A row of a log whose resource nobody owes under that name: kept until somebody does."""

    log = models.ForeignKey(DeliveryLog, on_delete=models.PROTECT, related_name="unmatched")
    row = models.PositiveIntegerField()
    # What was understood, as log_rows.LogRow; and why nobody was found.
    values = models.JSONField(default=dict)
    why = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, unique=True)
    matched_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.log_id} {self.row}"
