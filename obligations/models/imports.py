"""One uploaded list file on its way: received, read, shown, applied or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Level
from obligations.models.editions import Edition
from obligations.models.lists import ResponsibilityList

if TYPE_CHECKING:
    from accounts.models import User


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> ImportQuerySet:
        """Coordinators see the imports of their scope; nobody else sees any."""
        if user.role != "coordinator":
            return self.none()
        if user.region_id is None:
            return self
        return self.filter(created_by__region_id=user.region_id)


class Import(models.Model):
    """A file, what was understood of it, and what became of it. The web process never parses."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        READY = "ready", _("ready to apply")
        ROW_ERRORS = "row_errors", _("has problems")
        REFUSED = "refused", _("file refused")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        DISCARDED = "discarded", _("discarded")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=30)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.CENTRAL)
    issuer = models.CharField(max_length=200, blank=True)
    batch = models.PositiveIntegerField()
    issued_on = models.DateField(null=True, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=300, blank=True)
    # The same table with its faulty cells marked, where there are any.
    marked_path = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    row_count = models.PositiveIntegerField(default=0)
    # What the person chose. `mapping`: {"top", "bottom", "columns": {"3": field or ""}}, or {}.
    mapping = models.JSONField(default=dict)
    first_leads = models.BooleanField(default=False)
    allow_unresolved = models.BooleanField(default=False)
    keep_missing = models.BooleanField(default=False)
    # Identity of a draft -> key of the item that it replaces, as a person confirmed.
    replacements = models.JSONField(default=dict)
    # What was recognised in the sheet (tables.layouts.Layout), and the names nobody bears.
    layout = models.JSONField(default=dict)
    unresolved = models.JSONField(default=list)
    # Lists of {"row", "column", "kind", "message"}, and of {"kind", "message"}.
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    # The first rows as normalised values by column label, and what applying would do.
    sample = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    applied_list = models.ForeignKey(
        ResponsibilityList, null=True, blank=True, on_delete=models.PROTECT
    )
    edition = models.ForeignKey(Edition, null=True, blank=True, on_delete=models.PROTECT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # The job that is at work on it now, or was last.
    job_id = models.BigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ImportQuerySet.as_manager()

    def __str__(self) -> str:
        return self.file_name


class ColumnMapping(models.Model):
    """What the columns of a header mean, as a person said; remembered for files with the same one.

    `columns`: number of the column as text, counted from the header's first labelled one -> field
    of the kind, "" for none. `file_name`: the file of which it was said last.
    """

    kind = models.CharField(max_length=30)
    signature = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    file_name = models.CharField(max_length=255, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "signature"], name="column_mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.signature[:12]}"
