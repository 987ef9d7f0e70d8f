"""Where this installation may probe, and when it does not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from obligations.models import Obligation

if TYPE_CHECKING:
    from accounts.models import User


class AllowedHostQuerySet(models.QuerySet["AllowedHost"]):
    def in_force(self) -> AllowedHostQuerySet:
        return self.filter(withdrawn_at=None)


class AllowedHost(models.Model):
    """An authorised host and port, with the document that authorises it."""

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    # IP addresses, separated by commas, to which the name may lead; empty: any that is not this
    # machine's own or its link's.
    addresses = models.CharField(max_length=500, blank=True)
    document_number = models.CharField(max_length=100)
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1)

    objects = AllowedHostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["host", "port"], condition=Q(withdrawn_at=None), name="allowed_host_once"
            ),
            models.CheckConstraint(
                name="allowed_port_known", condition=Q(port__gte=1, port__lte=65535)
            ),
            models.CheckConstraint(name="allowed_by_a_document", condition=~Q(document_number="")),
            models.CheckConstraint(
                name="allowed_host_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class MaintenanceWindowQuerySet(models.QuerySet["MaintenanceWindow"]):
    def visible_to(self, user: User) -> MaintenanceWindowQuerySet:
        """Those of all probing, and of the obligations that the user may see."""
        mine = Obligation.objects.visible_to(user)
        return self.filter(Q(obligation=None) | Q(obligation__in=mine))

    def standing(self) -> MaintenanceWindowQuerySet:
        return self.filter(cancelled_at=None)

    def in_force(self, *, at: dt.datetime, until: dt.datetime | None = None) -> Self:
        """Those that stand at that moment, or at any from it until another."""
        return self.filter(cancelled_at=None, starts_at__lte=until or at, ends_at__gt=at)


class MaintenanceWindow(models.Model):
    """From `starts_at` until before `ends_at` no probe is made and none is counted."""

    # None: the system administrator's, for all probing.
    obligation = models.ForeignKey(
        Obligation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="maintenance_windows",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Called off before it began. One that has begun is ended instead.
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MaintenanceWindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="maintenance_starts_before_it_ends",
                condition=Q(starts_at__lt=F("ends_at")),
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="maintenance_by_end")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
