"""下达通知, numbered by year; and whom a department names as the person in charge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Department
from obligations.models.obligation import Obligation

if TYPE_CHECKING:
    from accounts.models import User


class NoticeYear(models.Model):
    """The last number of a year: whoever issues locks it, so that no number is given twice."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        """Notices with at least one obligation that the user may see."""
        owed = Obligation.objects.visible_to(user).filter(notice=OuterRef("pk"))
        return self.filter(Exists(owed))


class Notice(models.Model):
    """下达通知: which obligations were issued together, to which departments."""

    year = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="notice_number_once"),
        ]

    def __str__(self) -> str:
        return _("Notice of issue %(number)s") % {"number": self.label}

    @property
    def label(self) -> str:
        """Such as 2026-001."""
        return f"{self.year}-{self.number:03d}"


class DepartmentContact(models.Model):
    """责任处室, 责任人, 联系电话 that a department's obligations carry unless they name others."""

    department = models.OneToOneField(
        Department, primary_key=True, on_delete=models.PROTECT, related_name="contact"
    )
    office = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.office} {self.name} {self.phone}".strip()

    @property
    def parts(self) -> tuple[str, str, str]:
        return self.office, self.name, self.phone
