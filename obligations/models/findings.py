"""What machines found: results of checks, who was checked, and each department's day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from obligations.models.lists import ResponsibilityList
from obligations.models.obligation import Obligation

if TYPE_CHECKING:
    from accounts.models import User


class CheckResultQuerySet(models.QuerySet["CheckResult"]):
    def at(self, day: dt.date) -> CheckResultQuerySet:
        """The findings that hold at the end of a day, at most one per obligation and check."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


class CheckResult(models.Model):
    """One finding of one check, from the day it began until the day it ended."""

    class Outcome(models.TextChoices):
        PASS = "pass", _("passes")
        WARN = "warn", _("to be watched")
        FAIL = "fail", _("fails")
        CANNOT_TELL = "cannot_tell", _("could not tell")
        NOT_YET_DUE = "not_yet_due", _("not yet due")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="findings")
    check_code = models.CharField(max_length=40)
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    objects = CheckResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "check_code", "since"], name="finding_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["obligation", "check_code"],
                condition=Q(until=None),
                name="finding_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["obligation"],
                condition=Q(until=None, outcome="fail"),
                name="finding_open_failure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_code} {self.outcome}"


class DepartmentCheck(models.Model):
    """Whether a department was checked for a day, and when; how many applied, how many failed."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="checks")
    day = models.DateField()
    checked = models.BooleanField()
    counted = models.PositiveIntegerField(default=0)
    # Of these, how many fail in at least one check of what the department owes.
    failed = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "day"], name="department_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.day}"


class DepartmentDayQuerySet(models.QuerySet["DepartmentDay"]):
    def visible_to(self, user: User) -> DepartmentDayQuerySet:
        if user.role in user.ADMINISTRATORS:
            return self.none()
        return self.filter(department__in=Department.objects.visible_to(user))


class DepartmentDay(models.Model):
    """Totals of one department under one list at the end of one day, for trends."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="days")
    list = models.ForeignKey(ResponsibilityList, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    total = models.PositiveIntegerField()
    applicable = models.PositiveIntegerField()
    verified = models.PositiveIntegerField()
    # 按期完成率, numerator and denominator.
    on_time = models.PositiveIntegerField()
    fell_due = models.PositiveIntegerField()
    red = models.PositiveIntegerField()
    yellow = models.PositiveIntegerField()
    blue = models.PositiveIntegerField()
    green = models.PositiveIntegerField()
    purple = models.PositiveIntegerField()
    grey = models.PositiveIntegerField()

    objects = DepartmentDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "department", "list"], name="department_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.day}"
