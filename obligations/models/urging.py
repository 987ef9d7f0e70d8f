"""催办单: what a coordinator urges a department to do, its receipt and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region
from obligations.models.obligation import Obligation

if TYPE_CHECKING:
    from accounts.models import User


class UrgingNoteQuerySet(models.QuerySet["UrgingNote"]):
    def visible_to(self, user: User) -> UrgingNoteQuerySet:
        """The scope of coordinators and leaders, else what went to the own department."""
        if not user.is_active:
            return self.none()
        if user.role in user.SCOPED:
            if user.region_id is None:
                return self
            return self.filter(department__region_id=user.region_id)
        if user.role in user.OF_A_DEPARTMENT and user.department_id is not None:
            return self.filter(department_id=user.department_id)
        return self.none()

    def not_received(self) -> UrgingNoteQuerySet:
        return self.filter(received_at=None)

    def not_answered(self) -> UrgingNoteQuerySet:
        return self.filter(answered_at=None)


class UrgingNote(models.Model):
    """One note to one department; numbered within the year and its issuer's region."""

    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="urging_notes"
    )
    text = models.TextField()
    # The department is asked to answer by this day.
    answer_by = models.DateField()
    sent_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = UrgingNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "number"], name="urging_number_once_in_region"
            ),
            models.UniqueConstraint(
                fields=["year", "number"], condition=Q(region=None), name="urging_number_once"
            ),
            models.CheckConstraint(
                name="urging_receipt_whole",
                condition=Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False),
            ),
            models.CheckConstraint(
                name="urging_answer_whole",
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="urging_received_before_answered",
                condition=Q(answered_at=None) | Q(received_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The number as official papers write it; the same in every language."""
        return f"催办〔{self.year}〕{self.number}号"


class UrgedRow(models.Model):
    """One obligation on a note, as it stood that day."""

    class Why(models.TextChoices):
        OVERDUE = "overdue", _("overdue")
        NOT_ACCEPTED = "not_accepted", _("not accepted")

    note = models.ForeignKey(UrgingNote, on_delete=models.PROTECT, related_name="rows")
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="urgings")
    on = models.DateField()
    why = models.CharField(max_length=12, choices=Why.choices)
    due_on = models.DateField(null=True, blank=True)
    # Working days past the due day.
    days_late = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            # Not twice for the same row on one day, whoever tries.
            models.UniqueConstraint(fields=["obligation", "on"], name="urged_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.obligation_id}"
