"""Where reminders may go besides the application, and what each person chose of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department

if TYPE_CHECKING:
    from accounts.models import User


class WebhookHost(models.Model):
    """A host and port to which this installation may post; it posts nowhere else."""

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "port"], name="webhook_host_once"),
            models.CheckConstraint(
                name="webhook_port_known", condition=Q(port__gte=1, port__lte=65535)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class WebhookTargetQuerySet(models.QuerySet["WebhookTarget"]):
    def visible_to(self, user: User) -> WebhookTargetQuerySet:
        """All for the system administrator, those in use for coordinators, else what was opened
        to the own department."""
        if user.role == "sysadmin":
            return self
        if user.role == "coordinator":
            return self.filter(in_use=True)
        return self.open_to(user)

    def open_to(self, user: User) -> WebhookTargetQuerySet:
        """Those through which the user may have reminders sent."""
        if user.department_id is None:
            return self.none()
        return self.filter(in_use=True, departments=user.department_id)


class WebhookTarget(models.Model):
    """A robot or gateway. What follows the “?” of its address is a key, sealed with the secret."""

    class Kind(models.TextChoices):
        PLAIN = "plain", _("HTTP with signature")
        WECOM = "wecom", _("WeCom group robot")
        DINGTALK = "dingtalk", _("DingTalk robot")

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Scheme, host, port and path.
    address = models.CharField(max_length=500)
    sealed = models.TextField(editable=False)
    in_use = models.BooleanField(default=True)
    # Coordinators open it to departments; their people then choose for themselves.
    departments = models.ManyToManyField(Department, blank=True, related_name="webhook_targets")
    # Robots take few messages a minute: nothing is posted before then.
    ready_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = WebhookTargetQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ReminderChoice(models.Model):
    """How one person wants to be reminded beside the application."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="reminder_choice",
    )
    by_mail = models.BooleanField(default=False)
    mail_address = models.EmailField(blank=True)
    targets = models.ManyToManyField(WebhookTarget, blank=True, related_name="chosen_by")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reminder_mail_has_an_address",
                condition=Q(by_mail=False) | ~Q(mail_address=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
