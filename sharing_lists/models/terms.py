"""The own columns of a data sharing list's item."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from obligations.models import ListItem


class SharingTerms(models.Model):
    """What is shared, with whom, how and how often."""

    class ShareType(models.TextChoices):
        UNCONDITIONAL = "unconditional", _("shared unconditionally")
        CONDITIONAL = "conditional", _("shared conditionally")
        REFUSED = "refused", _("not shared")

    class ShareMode(models.TextChoices):
        INTERFACE = "interface", _("service interface")
        QUERY = "query", _("query and verification")
        BATCH = "batch", _("batch exchange")
        FILE = "file", _("file download")
        OTHER = "other", _("other")

    class UpdateCycle(models.TextChoices):
        REAL_TIME = "real_time", _("real time")
        DAILY = "daily", _("daily")
        WORKDAILY = "workdaily", _("every working day")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        HALF_YEARLY = "half_yearly", _("half-yearly")
        YEARLY = "yearly", _("yearly")
        ONCE = "once", _("once")
        IRREGULAR = "irregular", _("irregular")
        OTHER = "other", _("other")

    item = models.OneToOneField(
        ListItem, primary_key=True, on_delete=models.PROTECT, related_name="sharing_terms"
    )
    catalogue_code = models.CharField(max_length=500, blank=True)
    data_items = models.JSONField(default=list)
    share_type = models.CharField(max_length=15, choices=ShareType.choices)
    share_conditions = models.TextField(blank=True)
    share_scope = models.TextField(blank=True)
    share_mode = models.CharField(max_length=10, choices=ShareMode.choices, blank=True)
    update_cycle = models.CharField(max_length=12, choices=UpdateCycle.choices, blank=True)
    update_cycle_text = models.CharField(max_length=500, blank=True)
    source_system = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.item_id}"
