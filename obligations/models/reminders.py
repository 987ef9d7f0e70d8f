"""提醒: what each person is told on a working day, and what became of each way it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.models import database_time
from obligations.models.channels import WebhookTarget

if TYPE_CHECKING:
    from accounts.models import User


class ReminderDay(models.Model):
    """A day whose reminders were made. `missed_since` is the first working day before it whose
    reminders never were."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField(db_default=Now())
    missed_since = models.DateField(null=True, blank=True)
    digest_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}"


class DigestQuerySet(models.QuerySet["Digest"]):
    def visible_to(self, user: User) -> DigestQuerySet:
        """Everybody reads their own."""
        return self.filter(user=user)

    def unread(self) -> DigestQuerySet:
        return self.filter(read_at=None)


class Digest(models.Model):
    """Everything that one person is reminded of on one day, as it stood when it was made.

    `lines` are JSON objects, as `reminding.digests.Line` writes them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="digests",
        db_index=False,  # digest_once begins with it
    )
    day = models.DateField()
    lines = models.JSONField(default=list)
    item_count = models.PositiveIntegerField()
    missed_since = models.DateField(null=True, blank=True)
    # [{"person": name, "until": day}]: for whom the reader stood in on the day.
    standing_in = models.JSONField(default=list)
    made_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once")]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at=None), name="digest_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"

    def line(self, source: str) -> dict[str, Any] | None:
        """The line of one source, if the digest has it."""
        return next((line for line in self.lines if line["source"] == source), None)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        """The system administrator sees how all were sent, others their own."""
        return self if user.role == "sysadmin" else self.filter(digest__user=user)

    def waiting(self) -> DeliveryQuerySet:
        """Those that still have to end."""
        return self.filter(state__in=Delivery.WAITING)

    def due(self) -> DeliveryQuerySet:
        """Waiting, held by nobody, and not to be left alone for a while."""
        return self.waiting().filter(Q(lease_until=None) | Q(lease_until__lt=database_time()))


class Delivery(models.Model):
    """One digest on its way to one mailbox or robot. Whoever holds the token sends it."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        WEBHOOK = "webhook", _("message robot")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")
        OVERTAKEN = "overtaken", _("replaced by a newer one")

    WAITING = (State.QUEUED, State.SENDING)

    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    target = models.ForeignKey(
        WebhookTarget, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    # The mailbox as it stood when the digest was made.
    address = models.EmailField(blank=True)
    # Names the message for ever: Message-ID of the mail, delivery number of the post.
    name = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    # How often nobody knows whether it arrived, because its holder vanished or the line broke:
    # so often it may have arrived once more than it should.
    unsure_count = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=32, blank=True, editable=False)
    # Being sent: held until then. Waiting: not before then.
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField(db_default=Now())
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=Q(channel="mail"), name="delivery_mail_once"
            ),
            models.UniqueConstraint(
                fields=["digest", "target"],
                condition=Q(channel="webhook"),
                name="delivery_target_once",
            ),
            models.CheckConstraint(
                name="delivery_goes_somewhere",
                condition=Q(channel="mail", target=None) & ~Q(address="")
                | Q(channel="webhook", target__isnull=False, address=""),
            ),
            models.CheckConstraint(
                name="delivery_in_hand_is_held",
                condition=~Q(state="sending") | (~Q(token="") & Q(lease_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="delivery_sent_has_a_time",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["queued", "sending"]),
                name="delivery_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Where it goes, as a person says it."""
        return self.target.name if self.target else self.address

    @property
    def may_be_retried(self) -> bool:
        return self.state == self.State.FAILED
