"""What hangs on an obligation: claims, and requests with a decision and dates."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from obligations.models.obligation import Obligation


def _differ(one: str, other: str) -> Q:
    """Two people, or one of them is not there."""
    return Q(**{one: None}) | Q(**{other: None}) | ~Q(**{one: F(other)})


class Claim(models.Model):
    """申报完成: one claim and what became of it; a new one follows after a return."""

    class Outcome(models.TextChoices):
        VERIFIED = "verified", _("verified")
        RETURNED = "returned", _("returned")
        TAKEN_BACK = "taken_back", _("taken back")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="claims")
    note = models.TextField(blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # 代: in whose place a deputy claimed or endorsed; neither of the two decides on it.
    claimed_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    endorsed_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    claimed_on = models.DateField()
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The formal claim: endorsement, or the claim itself where endorsement is off.
    endorsed_on = models.DateField(null=True, blank=True)
    # The coordinator's own clock.
    decide_by = models.DateField(null=True, blank=True)
    # The day that counted: its own, or the first claim's where it was mended in time.
    counted_on = models.DateField(null=True, blank=True)
    # The days to mend that its return gave: the first return of a formal claim alone gives some.
    mend_until = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(outcome=""), name="claim_one_open"
            ),
            models.CheckConstraint(
                name="claim_decision_whole",
                condition=Q(outcome="", decided_by=None, decided_on=None)
                | (~Q(outcome="") & Q(decided_by__isnull=False, decided_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="claim_nobody_decides_on_their_own",
                condition=Q(outcome="taken_back")
                | (
                    (Q(endorsed_by=None) | ~Q(endorsed_by=F("claimed_by")))
                    & (Q(decided_by=None) | ~Q(decided_by=F("claimed_by")))
                ),
            ),
            models.CheckConstraint(
                name="claim_nobody_decides_for_its_claimant",
                condition=Q(outcome="taken_back")
                | (
                    _differ("endorsed_by", "claimed_for")
                    & _differ("endorsed_for", "claimed_by")
                    & _differ("endorsed_for", "claimed_for")
                    & _differ("decided_by", "claimed_for")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.claimed_on}"

    @property
    def was_returned_by_coordinator(self) -> bool:
        """A formal claim that was sent back; the department's own return is none."""
        return self.outcome == self.Outcome.RETURNED and self.endorsed_on is not None


class Decision(models.Model):
    """A request with its decision: decision, decider and time are all there, or none."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    reason = models.TextField()
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_waiting(self) -> bool:
        return self.outcome == ""


class Lasting(Decision):
    """A request that, once confirmed, holds until it is ended."""

    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        abstract = True

    def is_in_force(self, on: dt.date) -> bool:
        """Confirmed and neither ended nor run out by the day."""
        return self.outcome == self.Outcome.CONFIRMED and self.ended_on is None


def decided_whole(name: str) -> models.CheckConstraint:
    """Decision, decider and time are all there, or none."""
    return models.CheckConstraint(
        name=f"{name}_decision_whole",
        condition=Q(outcome="", decided_by=None, decided_at=None, decided_on=None)
        | (
            ~Q(outcome="")
            & Q(decided_by__isnull=False, decided_at__isnull=False, decided_on__isnull=False)
        ),
    )


def _lasting_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        decided_whole(name),
        models.CheckConstraint(
            name=f"{name}_ends_only_when_confirmed",
            condition=Q(ended_on=None) | Q(outcome="confirmed"),
        ),
        models.UniqueConstraint(
            fields=["obligation"],
            condition=Q(ended_on=None) & ~Q(outcome="refused"),
            name=f"{name}_one_at_a_time",
        ),
    ]


class Block(Lasting):
    """受阻: counts from the coordinator's confirmation; lifting it sets the new due day."""

    class Cause(models.TextChoices):
        NOT_OPENED = "not_opened", _("the superior body has not opened it")
        TECHNICAL = "technical", _("technical")
        DISPUTED = "disputed", _("disputed")
        FUNDING = "funding", _("funding")
        OTHER = "other", _("other")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="blocks")
    cause = models.CharField(max_length=12, choices=Cause.choices)
    external_obligation = models.ForeignKey(
        Obligation, null=True, blank=True, on_delete=models.PROTECT, related_name="blocking"
    )
    # Working days that were left on the day it was asked for; the default when it is lifted.
    days_left = models.PositiveIntegerField(default=1)
    new_due_on = models.DateField(null=True, blank=True)
    # 文号 of the superior body, where the date of a national row moved with the lifting.
    document_number = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            *_lasting_constraints("block"),
            models.CheckConstraint(
                name="block_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.obligation_id}"


class Exemption(Lasting):
    """不适用: open-ended, or until a day after which the obligation is judged as before."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="exemptions")
    until_on = models.DateField(null=True, blank=True)
    document_number = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = _lasting_constraints("exemption")

    def __str__(self) -> str:
        return f"{self.obligation_id}"

    def is_in_force(self, on: dt.date) -> bool:
        """As every decision, and not after its last day."""
        return super().is_in_force(on) and (self.until_on is None or on <= self.until_on)
