"""Light rules: which conditions give which light, in which order, and since when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from obligations import lights


class LightRuleQuerySet(models.QuerySet["LightRule"]):
    def in_force(self, *, on: dt.date) -> LightRuleQuerySet:
        """The version by which a day is judged."""
        return self.filter(Q(effective_to=None) | Q(effective_to__gte=on), effective_from__lte=on)


class LightRule(models.Model):
    """One version. A day goes by the version of that day, for ever: none is edited."""

    number = models.PositiveIntegerField(unique=True)
    effective_from = models.DateField(unique=True)
    effective_to = models.DateField(null=True, blank=True)
    # In order: {"code": a condition of obligations.lights, "days": working days or null}.
    conditions = models.JSONField()
    note = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What it turned on its first day, by the facts of that day: {"from", "to", "count"} of lights.
    turned = models.JSONField(null=True, blank=True)
    rejudged_at = models.DateTimeField(null=True, blank=True)

    objects = LightRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="light_rule_from_before_to",
                condition=Q(effective_to=None) | Q(effective_from__lte=F("effective_to")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.effective_from}"

    @property
    def as_rule(self) -> lights.LightRule:
        """As the expression takes it."""
        days = {one["code"]: one["days"] for one in self.conditions if one["days"] is not None}
        codes = tuple(one["code"] for one in self.conditions)
        return lights.LightRule(version=str(self.number), reasons=codes, days=days)


def conditions_of(rule: lights.LightRule) -> list[dict[str, Any]]:
    """As the column keeps them."""
    return [{"code": code, "days": rule.days.get(code)} for code in rule.reasons]
