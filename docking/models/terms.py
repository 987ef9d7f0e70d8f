"""The own columns of a system docking list's item."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from obligations.models import ListItem


class DockingTerms(models.Model):
    """Which system is opened for docking, how, and down to which level."""

    class Tier(models.TextChoices):
        CENTRAL = "central", _("run by a central body")
        PROVINCIAL = "provincial", _("run by a provincial body")
        CITY = "city", _("run by a city body")
        OWN = "own", _("own system")

    class Mode(models.TextChoices):
        INTERFACE = "interface", _("interface")
        SINGLE_SIGN_ON = "sso", _("single sign-on")
        EMBEDDED = "embedded", _("embedded pages")
        FRONT_END = "front_end", _("front-end processor")
        GATEWAY = "gateway", _("gateway")
        BATCH = "batch", _("batch exchange")
        OTHER = "other", _("other")

    item = models.OneToOneField(
        ListItem, primary_key=True, on_delete=models.PROTECT, related_name="docking_terms"
    )
    tier = models.CharField(max_length=12, choices=Tier.choices, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, blank=True)
    # Values of the content and reach columns, in the order of their choices.
    contents = models.JSONField(default=list)
    reach = models.JSONField(default=list)
    technical_standard = models.TextField(blank=True)
    # The names as understood, so that the export reads as the list did.
    lead_names = models.CharField(max_length=1000, blank=True)
    supporting_names = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.item_id}"
