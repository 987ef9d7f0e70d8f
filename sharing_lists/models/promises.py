"""更新周期 as a promise: the grace of each cycle as versioned data, and what one item asks for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from obligations.models import ListItem
from sharing_lists.models.terms import SharingTerms


class PromiseRule(models.Model):
    """How many working days after its period a delivery of a cycle may still arrive."""

    cycle = models.CharField(max_length=12, choices=SharingTerms.UpdateCycle.choices)
    grace_days = models.PositiveIntegerField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(effective_to=None),
                name="promise_rule_one_open_version",
            ),
            models.CheckConstraint(
                name="promise_rule_ends_after_it_begins",
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.effective_from}"


class Promise(models.Model):
    """What a delivery under one item must hold besides arriving; set by the coordinator."""

    item = models.OneToOneField(
        ListItem, primary_key=True, on_delete=models.PROTECT, related_name="promise"
    )
    min_rows = models.PositiveBigIntegerField(null=True, blank=True)
    # Names of 信息项 that must be among the fields of a delivery.
    required_fields = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.item_id}"
