"""延期 and 申诉: what a department asks for once, and what the coordinator ruled."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from obligations.models.obligation import Obligation
from obligations.models.records import Claim, Decision, decided_whole


class Extension(Decision):
    """延期: more working days, asked for before the due day; several add up."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("approved")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")

    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="extensions")
    days = models.PositiveIntegerField()
    # The due day from which the days count, and the one that the approval set.
    due_on = models.DateField()
    new_due_on = models.DateField(null=True, blank=True)
    document_number = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            decided_whole("extension"),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(outcome=""), name="extension_one_at_a_time"
            ),
            models.CheckConstraint(
                name="extension_decided_by_another",
                condition=Q(decided_by=None) | Q(outcome="lapsed") | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="extension_has_days", condition=Q(days__gte=1, days__lte=366)
            ),
            models.CheckConstraint(
                name="extension_moves_only_when_approved",
                condition=(Q(outcome="confirmed") & Q(new_due_on__gt=F("due_on")))
                | (~Q(outcome="confirmed") & Q(new_due_on=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} +{self.days}"


class Objection(Decision):
    """申诉: against a red light or a returned claim, and the ruling."""

    class Subject(models.TextChoices):
        LIGHT = "light", _("the red light")
        RETURN = "return", _("the return of the claim")

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("upheld")
        REFUSED = "refused", _("not upheld")
        LAPSED = "lapsed", _("lapsed")

    class Consequence(models.TextChoices):
        DATE_CORRECTED = "date_corrected", _("the due date is corrected")
        EXPLAINED = "explained", _("the light is explained")
        CLAIM_RESTORED = "claim_restored", _("the claim stands again")

    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="objections")
    subject = models.CharField(max_length=6, choices=Subject.choices)
    # What was contested: the reason of the light and the due day, or the returned claim.
    light_reason = models.CharField(max_length=20, blank=True)
    due_on = models.DateField(null=True, blank=True)
    claim = models.ForeignKey(
        Claim, null=True, blank=True, on_delete=models.PROTECT, related_name="objections"
    )
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_on = models.DateField(null=True, blank=True)
    return_reason = models.TextField(blank=True)
    consequence = models.CharField(
        max_length=14, choices=Consequence.choices, blank=True, default=""
    )
    corrected_due_on = models.DateField(null=True, blank=True)
    document_number = models.CharField(max_length=100, blank=True)
    # There was nobody else: who returned the claim ruled on the objection too.
    self_ruled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            decided_whole("objection"),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(outcome=""), name="objection_one_at_a_time"
            ),
            models.CheckConstraint(
                name="objection_names_what_it_contests",
                condition=(Q(subject="light", claim=None) & ~Q(light_reason=""))
                | Q(subject="return", claim__isnull=False, light_reason=""),
            ),
            models.CheckConstraint(
                name="objection_decided_by_another",
                condition=Q(decided_by=None)
                | Q(outcome="lapsed")
                | (
                    ~Q(decided_by=F("asked_by"))
                    & (Q(returned_by=None) | Q(self_ruled=True) | ~Q(decided_by=F("returned_by")))
                ),
            ),
            models.CheckConstraint(
                name="objection_upheld_has_consequence",
                condition=(Q(outcome="confirmed") & ~Q(consequence=""))
                | (~Q(outcome="confirmed") & Q(consequence="")),
            ),
            models.CheckConstraint(
                name="objection_corrects_date_of_light_only",
                condition=Q(corrected_due_on=None)
                | Q(subject="light", consequence="date_corrected"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.obligation_id}"
