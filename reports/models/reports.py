"""A file made from a snapshot, as stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from reports.models.snapshots import Snapshot

if TYPE_CHECKING:
    from accounts.models import User


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> ReportQuerySet:
        return self.filter(snapshot__in=Snapshot.objects.visible_to(user))

    def leading(self) -> ReportQuerySet:
        """The first file of each snapshot, which stands for it."""
        firsts = Report.objects.order_by().values("snapshot").annotate(first=models.Min("pk"))
        return self.filter(pk__in=firsts.values("first"))

    def listed_for(self, user: User) -> ReportQuerySet:
        """As `leading`, of what the user sees; whoever sees the whole finds the departments' parts
        of it on its page, where sixty of them hide nothing else."""
        found = self.visible_to(user).leading()
        return found.filter(snapshot__excerpt_of=None) if user.role in user.SCOPED else found

    def with_what_it_is_of(self) -> ReportQuerySet:
        """With all that its page names, in the same query."""
        of = ("region", "department", "on_list", "previous", "excerpt_of")
        return self.select_related("made_by", *(f"snapshot__{name}" for name in of))


class Report(models.Model):
    """One file. The row is written only when the file stands complete on the disk."""

    class Form(models.TextChoices):
        WORKBOOK = "workbook", _("workbook")
        BULLETIN = "bulletin", _("bulletin")
        UPWARD = "upward", _("report to the superior body")
        DEPARTMENT = "department", _("a department's workbook")

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="reports")
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.WORKBOOK)
    name = models.CharField(max_length=255)
    # Below MEDIA_ROOT.
    path = models.CharField(max_length=300, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    # The first cells whose texts did not fit as they were, and how many there were in all:
    # [{"sheet", "cell", "removed", "cut"}].
    cleanings = models.JSONField(default=list, blank=True)
    cleaned_count = models.PositiveIntegerField(default=0)
    # What its sheet 校验 says: {"format", "snapshot", "content", "sheets": {name: digest}}.
    fingerprints = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="report_has_a_digest", condition=~Q(sha256="")),
            models.CheckConstraint(
                name="report_form_known",
                condition=Q(form__in=["workbook", "bulletin", "upward", "department"]),
            ),
            # A department's workbook belongs to the department's own excerpt.
            models.UniqueConstraint(fields=["snapshot", "form"], name="report_form_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def media_type(self) -> str:
        return WORD if self.form == self.Form.BULLETIN else EXCEL


EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
