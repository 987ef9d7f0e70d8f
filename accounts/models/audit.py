"""The audit trail: who did what to which object, without foreign keys, never updated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models.users import User


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def of(self, object_type: str, object_id: object) -> AuditEntryQuerySet:
        """Entries about one object, oldest first."""
        return self.filter(object_type=object_type, object_id=str(object_id)).order_by("pk")

    def visible_to(self, user: User) -> AuditEntryQuerySet:
        """The log as a whole is read by the auditor alone."""
        return self if user.role == "auditor" else self.none()


class AuditEntry(models.Model):
    """One act. Names are copied, so that the row still reads when its objects are gone."""

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=50)
    user_id = models.BigIntegerField(null=True)
    username = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=12, blank=True)
    object_type = models.CharField(max_length=50)
    object_id = models.CharField(max_length=50)
    department_id = models.BigIntegerField(null=True)
    # {"field": [before, after]} for changes, free facts otherwise; JSON values only.
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=50, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_of_object"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"
