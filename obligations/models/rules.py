"""Deadline rules: how long each clock runs, since when, where, and by which article or policy."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Region


class Clock(models.TextChoices):
    """What is timed. The first seven are the clocks of Decree 809, and there are no others."""

    CATALOGUE_UPDATE = "catalogue_update", _("update of the catalogue")
    CATALOGUE_REVIEW = "catalogue_review", _("review and publication of an updated catalogue")
    REPLY_UNCONDITIONAL = "reply_unconditional", _("reply to a request, unconditional sharing")
    REPLY_CONDITIONAL = "reply_conditional", _("reply to a request, conditional sharing")
    DELIVERY = "delivery", _("delivery of the shared data")
    CORRECTION = "correction", _("correction of data")
    KEEP_RECORDS = "keep_records", _("keeping of usage records")
    ACCEPT = "accept", _("acceptance of what was issued")
    VERIFY = "verify", _("decision on a formal claim")
    MEND = "mend", _("mending after a return")
    REOPEN = "reopen", _("completion after a reopening")
    RESUME = "resume", _("completion after a block")
    OBJECTION = "objection", _("objection")
    EXTENSION = "extension", _("longest extension of an own list")
    DUE_SOON = "due_soon", _("notice before the due date")


def in_words(count: int, unit: str) -> str:
    """So many working days, natural days or years."""
    words = {
        "working_days": gettext("%(days)s working days"),
        "natural_days": gettext("%(days)s natural days"),
        "years": gettext("%(days)s years"),
    }
    return words[unit] % {"days": count}


class DeadlineRuleQuerySet(models.QuerySet["DeadlineRule"]):
    def in_force(self, *, on: dt.date) -> DeadlineRuleQuerySet:
        """The rules for events of a day."""
        return self.filter(Q(effective_to=None) | Q(effective_to__gte=on), effective_from__lte=on)


class DeadlineRule(models.Model):
    """One version of one clock. An event of a day goes by the version of that day, for ever."""

    class Unit(models.TextChoices):
        WORKING_DAYS = "working_days", _("working days")
        NATURAL_DAYS = "natural_days", _("natural days")
        YEARS = "years", _("years")

    class Basis(models.TextChoices):
        LAW = "law", _("law")
        POLICY = "policy", _("policy")
        LOCAL = "local", _("local rule")

    class Debtor(models.TextChoices):
        DEPARTMENT = "department", _("department")
        PROVIDER = "provider", _("providing department")
        DEMANDER = "demander", _("demanding department")
        COORDINATOR = "coordinator", _("coordinator")

    clock = models.CharField(max_length=20, choices=Clock.choices)
    # Without a region it holds everywhere.
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    days = models.PositiveIntegerField()
    unit = models.CharField(max_length=12, choices=Unit.choices, default=Unit.WORKING_DAYS)
    max_extension_days = models.PositiveIntegerField(default=0)
    owed_by = models.CharField(max_length=12, choices=Debtor.choices)
    starts_with = models.CharField(max_length=200)
    # The article, or the document that says so.
    source = models.CharField(max_length=200)
    basis = models.CharField(max_length=6, choices=Basis.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DeadlineRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "region", "effective_from"], name="deadline_rule_once_in_region"
            ),
            models.UniqueConstraint(
                fields=["clock", "effective_from"],
                condition=Q(region=None),
                name="deadline_rule_once",
            ),
            models.UniqueConstraint(
                fields=["clock", "region"],
                condition=Q(effective_to=None),
                name="deadline_rule_one_open_in_region",
            ),
            models.UniqueConstraint(
                fields=["clock"],
                condition=Q(effective_to=None, region=None),
                name="deadline_rule_one_open",
            ),
            models.CheckConstraint(
                name="deadline_rule_from_before_to",
                condition=Q(effective_to=None) | Q(effective_from__lte=F("effective_to")),
            ),
            models.CheckConstraint(name="deadline_rule_has_days", condition=Q(days__gte=1)),
            models.CheckConstraint(
                name="deadline_rule_of_a_region_is_local",
                condition=Q(basis="local", region__isnull=False)
                | (~Q(basis="local") & Q(region=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.days} {self.effective_from}"

    @property
    def length(self) -> str:
        """Its days in words."""
        return in_words(self.days, self.unit)

    @property
    def extension(self) -> str:
        """Its longest extension in words; nothing where there is none."""
        return in_words(self.max_extension_days, self.unit) if self.max_extension_days else ""

    @property
    def is_law(self) -> bool:
        return self.basis == self.Basis.LAW
