"""Regions and departments, whose names and existence have dates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models.users import User


class Level(models.TextChoices):
    """The level of government of a body or of a list's issuer."""

    CENTRAL = "central", _("central")
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county")


class Region(models.Model):
    """A place. 新疆生产建设兵团 is an addressee without a GB/T 2260 code, so the key is our own."""

    name = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=6, null=True, blank=True, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    def __str__(self) -> str:
        return self.name


class DepartmentQuerySet(models.QuerySet["Department"]):
    def existing(self, *, on: dt.date) -> DepartmentQuerySet:
        """Departments that exist on a day."""
        started = Q(valid_from=None) | Q(valid_from__lte=on)
        return self.filter(started, Q(valid_to=None) | Q(valid_to__gte=on))

    def visible_to(self, user: User) -> DepartmentQuerySet:
        """Departments a user may read: those in scope; a department's people see their own."""
        if user.role in user.ADMINISTRATORS:
            return self
        if user.role in user.SCOPED:
            return self if user.region_id is None else self.filter(region_id=user.region_id)
        return self.none() if user.department_id is None else self.filter(pk=user.department_id)


class Department(models.Model):
    """A body that owes or coordinates; people of central bodies never sign in."""

    name = models.CharField(max_length=200, unique=True)
    short_name = models.CharField(max_length=200, blank=True)
    pinyin = models.CharField(max_length=400, blank=True, editable=False)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.PROVINCE)
    kind = models.CharField(max_length=50, blank=True)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    counterpart = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="counterparts"
    )
    position = models.PositiveIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    # 审签: the coordinators' rule, and how often it was changed.
    endorsement_required = models.BooleanField(default=True)
    endorsement_version = models.PositiveIntegerField(default=1)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="department_valid_from_before_valid_to",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_central(self) -> bool:
        return self.level == Level.CENTRAL


class DepartmentNameQuerySet(models.QuerySet["DepartmentName"]):
    def valid(self, *, on: dt.date) -> DepartmentNameQuerySet:
        """Names in use on a day; a former name stays a way to find its body for ever."""
        started = Q(valid_from=None) | Q(valid_from__lte=on)
        return self.filter(started, Q(valid_to=None) | Q(valid_to__gte=on) | Q(kind="former"))


class DepartmentName(models.Model):
    """One name of a body: official, short, alias or former, with the days on which it was valid."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official name")
        SHORT = "short", _("short name")
        ALIAS = "alias", _("alias")
        FORMER = "former", _("former name")

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    matching = models.CharField(max_length=200, db_index=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = DepartmentNameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "matching", "kind"], name="department_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
