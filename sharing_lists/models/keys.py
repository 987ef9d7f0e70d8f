"""Keys with which systems of departments sign their receipts, and what was refused of these."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Department

if TYPE_CHECKING:
    from accounts.models import User


class PushKeyQuerySet(models.QuerySet["PushKey"]):
    def visible_to(self, user: User) -> PushKeyQuerySet:
        """Coordinators see the keys of their scope, officers those of their department."""
        if user.role == "coordinator":
            return (
                self
                if user.region_id is None
                else self.filter(department__region_id=user.region_id)
            )
        if user.role == "officer" and user.department_id is not None:
            return self.filter(department_id=user.department_id)
        return self.none()

    def standing(self, at: dt.datetime) -> PushKeyQuerySet:
        """Keys that are accepted: not revoked, and not run out after a rotation."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class PushKey(models.Model):
    """One system's key: `code` is sent with each receipt, the secret is sealed and shown once."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="push_keys")
    system = models.CharField(max_length=100)
    code = models.CharField(max_length=40, unique=True)
    sealed = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Set by a rotation: until then the system may still sign with the old key.
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PushKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "system"],
                condition=Q(expires_at=None, revoked_at=None),
                name="push_key_one_current",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_standing(self, at: dt.datetime) -> bool:
        """Whether it is accepted, as `standing` says of many."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


class ReceiptRefusal(models.Model):
    """How often receipts were refused on a day, for which reason, under which key."""

    day = models.DateField()
    reason = models.CharField(max_length=20)
    # "" where none was named, or one that nobody knows.
    key_code = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "reason", "key_code"], name="receipt_refusal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"
