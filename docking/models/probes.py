"""What probes saw: one row each, and the sums of a day for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from docking.models.endpoints import Endpoint


class Word(models.TextChoices):
    """The first thing that was wrong."""

    TIMEOUT = "timeout", pgettext_lazy("probe", "no complete answer within 5 seconds")
    REFUSED = "refused", pgettext_lazy("probe", "connection refused")
    NO_ROUTE = "no_route", pgettext_lazy("probe", "host cannot be reached")
    NO_NAME = "no_name", pgettext_lazy("probe", "host name does not exist")
    CLOSED = "closed", pgettext_lazy("probe", "connection broken off")
    CERTIFICATE = "certificate", pgettext_lazy("probe", "certificate is not valid")
    TLS = "tls", pgettext_lazy("probe", "encryption failed")
    NOT_HTTP = "not_http", pgettext_lazy("probe", "answer is not HTTP")
    REDIRECT = "redirect", pgettext_lazy("probe", "redirects, which is not followed")
    STATUS = "status", pgettext_lazy("probe", "another status than expected")
    TOO_LONG = "too_long", pgettext_lazy("probe", "answer longer than 64 kB")
    NO_TEXT = "no_text", pgettext_lazy("probe", "expected text is missing")
    NOT_JSON = "not_json", pgettext_lazy("probe", "answer is not JSON")
    NO_FIELD = "no_field", pgettext_lazy("probe", "JSON field is missing")
    OTHER_VALUE = "other_value", pgettext_lazy("probe", "JSON field has another value")
    SLOW = "slow", pgettext_lazy("probe", "slower than its limit")
    # What says nothing about the other side.
    ADDRESS = "address", pgettext_lazy("probe", "name leads to an address that is not approved")
    NAMES = "names", pgettext_lazy("probe", "our name service does not answer")
    NETWORK = "network", pgettext_lazy("probe", "our own network is down")


class ProbeResult(models.Model):
    """One probe. What could not tell is neither up nor down."""

    class Outcome(models.TextChoices):
        UP = "up", pgettext_lazy("probe", "as expected")
        DOWN = "down", pgettext_lazy("probe", "not as expected")
        UNCLEAR = "unclear", pgettext_lazy("probe", "could not tell")

    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.PROTECT,
        related_name="results",
        db_index=False,  # probe_by_endpoint begins with it
    )
    at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    error = models.CharField(max_length=12, choices=Word.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="probe_up_has_no_error",
                condition=Q(outcome="up", error="") | (~Q(outcome="up") & ~Q(error="")),
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-at"], name="probe_by_endpoint"),
            models.Index(fields=["at"], name="probe_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.outcome}"


class ProbeDay(models.Model):
    """The sums of one endpoint's day, kept when its single results are gone."""

    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.PROTECT,
        related_name="days",
        db_index=False,  # probe_day_once begins with it
    )
    day = models.DateField()
    up_count = models.PositiveIntegerField(default=0)
    down_count = models.PositiveIntegerField(default=0)
    unclear_count = models.PositiveIntegerField(default=0)
    # The mean of what was answered; written when the day is over.
    latency_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "day"], name="probe_day_once"),
        ]
        indexes = [models.Index(fields=["day"], name="probe_day_by_day")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.day}"
