"""What arrived, or was called, under one obligation: kept as received, and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from obligations.models import Evidence, Obligation
from sharing_lists.models.keys import PushKey
from sharing_lists.models.logs import DeliveryLog

if TYPE_CHECKING:
    from accounts.models import User


class DataDeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> DataDeliveryQuerySet:
        return self.filter(obligation__in=Obligation.objects.visible_to(user))

    def standing(self) -> DataDeliveryQuerySet:
        """Without what was taken back: a mistake counts nowhere."""
        return self.exclude(outcome=Delivery.Outcome.TAKEN_BACK)

    def kept(self) -> DataDeliveryQuerySet:
        """Those that satisfy the periods they cover."""
        return self.filter(outcome=Delivery.Outcome.KEPT)

    def with_reporters(self) -> DataDeliveryQuerySet:
        """Each with who or what said so, without what was kept of a log for its preview."""
        said = self.select_related("key", "log", "recorded_by")
        return said.defer("log__sample", "log__problems", "log__layout", "log__mapping")


class Delivery(models.Model):
    """One delivery, or one line about calls. Never changed but for what it was judged as; what was
    recorded by mistake is taken back with a reason, and stays."""

    class Source(models.TextChoices):
        LOG = "log", _("log of the exchange platform or gateway")
        RECEIPT = "receipt", _("signed receipt")
        PERSON = "person", pgettext_lazy("source of a delivery", "recorded by a person")

    class Outcome(models.TextChoices):
        KEPT = "kept", pgettext_lazy("delivery", "counts")
        TOO_FEW_ROWS = "too_few_rows", _("too few rows")
        NO_SUCCESS = "no_success", _("no successful call")
        FIELDS_MISSING = "fields_missing", _("fields are missing")
        TAKEN_BACK = "taken_back", _("taken back")

    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_index=False,  # delivery_newest begins with it
    )
    source = models.CharField(max_length=7, choices=Source.choices)
    covers_from = models.DateField(null=True, blank=True)
    covers_to = models.DateField(null=True, blank=True)
    arrived_at = models.DateTimeField()
    # The day of arrival in Asia/Shanghai.
    arrived_on = models.DateField()
    rows = models.PositiveBigIntegerField(null=True, blank=True)
    newest_data_at = models.DateTimeField(null=True, blank=True)
    newest_data_on = models.DateField(null=True, blank=True)
    calls = models.PositiveBigIntegerField(null=True, blank=True)
    failures = models.PositiveBigIntegerField(null=True, blank=True)
    # Names of the fields delivered; None where nothing was said of them.
    fields = models.JSONField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # As received: the signed body, or the row of the log as JSON.
    raw = models.TextField(blank=True)
    # Judged: what it is worth, and the days whose periods it speaks of.
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    taken_back_why = models.CharField(max_length=500, blank=True)
    counts_from = models.DateField()
    counts_to = models.DateField()
    # The same again is the same delivery.
    fingerprint = models.CharField(max_length=64)
    key = models.ForeignKey(
        PushKey, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    nonce = models.CharField(max_length=64, blank=True)
    log = models.ForeignKey(
        DeliveryLog, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    log_row = models.PositiveIntegerField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    note = models.CharField(max_length=500, blank=True)
    evidence = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    # Receipts are kept first; the dates that they move are written soon after, for many at once.
    settled = models.BooleanField(default=True)

    objects = DataDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "source", "fingerprint"], name="delivery_once"
            ),
            models.UniqueConstraint(
                fields=["key", "nonce", "obligation"],
                condition=Q(key__isnull=False),
                name="delivery_nonce_once",
            ),
            models.CheckConstraint(
                name="delivery_period_has_both_ends",
                condition=Q(covers_from=None, covers_to=None)
                | Q(covers_from__isnull=False, covers_to__gte=F("covers_from")),
            ),
            models.CheckConstraint(
                name="delivery_counts_forward",
                condition=Q(counts_to__gte=F("counts_from"), counts_to__lte=F("arrived_on")),
            ),
            models.CheckConstraint(
                name="delivery_taken_back_with_a_reason",
                condition=Q(outcome="taken_back") & ~Q(taken_back_why="")
                | ~Q(outcome="taken_back") & Q(taken_back_why=""),
            ),
            models.CheckConstraint(
                name="delivery_says_who_said_so",
                condition=Q(source="receipt", key__isnull=False)
                | Q(source="log")
                | Q(source="person", recorded_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["obligation", "outcome", "counts_to"], name="delivery_newest"),
            models.Index(fields=["arrived_at", "id"], name="delivery_by_arrival"),
            models.Index(
                fields=["obligation"], condition=Q(settled=False), name="delivery_unsettled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.arrived_on}"

    @property
    def successes(self) -> int | None:
        """Successful calls, where calls were counted."""
        return None if self.calls is None else max(0, self.calls - (self.failures or 0))
