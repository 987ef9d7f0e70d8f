"""One filled-in workbook on its way back: received, read, compared, confirmed, applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department

if TYPE_CHECKING:
    from accounts.models import User


class FillingUploadQuerySet(models.QuerySet["FillingUpload"]):
    def visible_to(self, user: User) -> FillingUploadQuerySet:
        """Officers see what their department handed in; nobody else sees any."""
        if user.role != "officer" or user.department_id is None:
            return self.none()
        return self.filter(department_id=user.department_id)


class FillingUpload(models.Model):
    """A workbook, what it says anew, and what became of it. The web process never parses."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        READY = "ready", _("to be confirmed")
        UNCHANGED = "unchanged", _("nothing to change")
        PROBLEMS = "problems", _("has problems")
        REFUSED = "refused", _("file refused")
        APPLYING = "applying", _("being handed in")
        APPLIED = "applied", _("handed in")
        DISCARDED = "discarded", _("discarded")
        FAILED = "failed", _("failed")

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    # Erased as soon as it is read: what it says anew stands in `answers`.
    path = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    # When the workbook was downloaded, as its sealed sheet says.
    made_at = models.DateTimeField(null=True, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    # Lists of filling.answers.Answer and filling.comparing.Change.
    answers = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    # {"row", "column", "kind", "message"}; sentences.
    problems = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    # {"unchanged", "absent", "problems", "changed_meanwhile", "applied"}
    counts = models.JSONField(default=dict)
    # Obligation, as text -> "mine" or "theirs".
    choices = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # The job that is at work on it now, or was last.
    job_id = models.BigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = FillingUploadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.file_name
