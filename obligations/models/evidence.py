"""佐证材料: what shows that something is done, in versions, for the period that it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from obligations.models.obligation import Obligation
from obligations.models.records import Claim

if TYPE_CHECKING:
    from accounts.models import User


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        return self.filter(obligation__in=Obligation.objects.visible_to(user))

    def newest(self) -> EvidenceQuerySet:
        """Without what a newer version replaced."""
        newer = Evidence.objects.filter(replaces=OuterRef("pk"))
        return self.filter(~models.Exists(newer))


class Evidence(models.Model):
    """One piece of evidence. Once claimed it is never changed or deleted, only replaced."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("document number")
        CATALOGUE = "catalogue", _("catalogue code")
        REGISTRATION = "registration", pgettext_lazy("evidence", "registration number")
        INTERFACE = "interface", _("interface code")
        LINK = "link", _("link")
        RECEIPT = "receipt", _("delivery receipt")
        FILE = "file", _("file")

    # A number or code names something lasting; it covers no period.
    TIMELESS = (Kind.DOCUMENT, Kind.CATALOGUE, Kind.REGISTRATION)

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=1000, blank=True)
    # The days that it speaks of; both or neither. A receipt always has them.
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    # The older version of the same piece; both are kept.
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    number = models.PositiveIntegerField(default=1)
    # The file's name as given, and where it lies below MEDIA_ROOT.
    name = models.CharField(max_length=255, blank=True)
    path = models.CharField(max_length=300, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_on = models.DateField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The first claim that rests on it: from then on it is fixed.
    claim = models.ForeignKey(
        Claim, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_is_text_or_file",
                condition=(Q(kind="file") & ~Q(path="") & ~Q(sha256="") & Q(text=""))
                | (~Q(kind="file") & ~Q(text="") & Q(path="")),
            ),
            models.CheckConstraint(
                name="evidence_period_whole",
                condition=Q(period_from=None, period_to=None)
                | Q(period_from__isnull=False, period_to__gte=F("period_from")),
            ),
            models.CheckConstraint(
                name="evidence_versions_begin_with_one",
                condition=Q(replaces=None, number=1) | Q(replaces__isnull=False, number__gt=1),
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.name
