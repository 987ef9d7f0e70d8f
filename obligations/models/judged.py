"""The columns on which a day is judged: the same on the obligation and on its history."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    """Only people move it."""

    DRAFT = "draft", _("to be issued")
    ISSUED = "issued", _("to be accepted")
    IN_PROGRESS = "in_progress", _("in progress")
    CLAIMED = "claimed", _("to be endorsed")
    ENDORSED = "endorsed", _("to be verified")
    VERIFIED = "verified", _("verified")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Light(models.TextChoices):
    """What the day shows; always with a shape and a word beside the colour."""

    GREY = "grey", pgettext_lazy("light", "not counted")
    PURPLE = "purple", pgettext_lazy("light", "blocked")
    RED = "red", pgettext_lazy("light", "overdue")
    YELLOW = "yellow", pgettext_lazy("light", "lagging")
    BLUE = "blue", pgettext_lazy("light", "due soon")
    GREEN = "green", pgettext_lazy("light", "on course")


class JudgedFacts(models.Model):
    """Every fact that a light may depend on, written by the process that learns it."""

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    external = models.BooleanField(default=False)
    blocked = models.BooleanField(default=False)
    exempt = models.BooleanField(default=False)
    exempt_until = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    # The day of the department's standing formal claim, waiting or verified.
    completed_on = models.DateField(null=True, blank=True)
    first_completed_on = models.DateField(null=True, blank=True)
    mend_until = models.DateField(null=True, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    # The coordinator's own clock: verify or send back by this day.
    decide_by = models.DateField(null=True, blank=True)
    next_milestone_on = models.DateField(null=True, blank=True)
    delivery_due_on = models.DateField(null=True, blank=True)
    delivery_grace_on = models.DateField(null=True, blank=True)
    light = models.CharField(max_length=6, choices=Light.choices, default=Light.GREY)
    light_reason = models.CharField(max_length=20, default="not_issued")

    class Meta:
        abstract = True


FACTS = tuple(
    field.name
    for field in JudgedFacts._meta.local_fields
    if field.name not in ("light", "light_reason")
)
