"""Reports by a rhythm: the plan, the report of each of its periods, and who received it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region, User
from jobs.models import Job
from obligations.models import ResponsibilityList
from reports import rhythm
from reports.models.signing import territory_and_matter
from reports.models.snapshots import SCOPE_FIELDS, Snapshot
from reports.rhythm import Rule
from reports.scopes import Scope


class ReportPlanQuerySet(models.QuerySet["ReportPlan"]):
    def visible_to(self, user: User) -> ReportPlanQuerySet:
        """Those of the own scope, to coordinators and leaders."""
        if not user.is_active or user.role not in user.SCOPED:
            return self.none()
        if user.region_id is None:
            return self
        own = user.region_id
        return self.filter(Q(region_id=own) | Q(department__region_id=own))

    def in_force(self) -> ReportPlanQuerySet:
        return self.filter(ended_on=None)

    def about_the_same(self, plan: ReportPlan) -> ReportPlanQuerySet:
        return self.filter(**{name: getattr(plan, name) for name in SCOPE_FIELDS})

    def with_scope(self) -> ReportPlanQuerySet:
        """With all that their scopes and names need."""
        return self.select_related("region", "department__region", "on_list")


class ReportPlan(models.Model):
    """When which report is made by itself, and who receives it."""

    class Rhythm(models.TextChoices):
        MONTH = rhythm.MONTH, _("monthly review")
        QUARTER = rhythm.QUARTER, _("quarterly bulletin")
        YEAR = rhythm.YEAR, _("yearly assessment")

    class Reported(models.TextChoices):
        PERIOD_END = rhythm.PERIOD_END, _("the last day of the period")
        DAY_BEFORE = rhythm.DAY_BEFORE, _("the day before it is due")

    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    number = models.PositiveSmallIntegerField(default=3)
    from_end = models.BooleanField(default=False)
    reported = models.CharField(
        max_length=12, choices=Reported.choices, default=Reported.PERIOD_END
    )
    # What the reports are about: one scope, read by `scope` alone.
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    on_list = models.ForeignKey(
        ResponsibilityList, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    batch = models.PositiveIntegerField(null=True, blank=True)
    batch_kind = models.CharField(max_length=30, blank=True)
    batch_level = models.CharField(max_length=10, blank=True)
    scene = models.CharField(max_length=200, blank=True)
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    active_from = models.DateField()
    # The first day of its first period: from then on every period has its report.
    covers_from = models.DateField()
    # From this day on nothing is due any more.
    ended_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReportPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce("region", 0),
                Coalesce("department", 0),
                Coalesce("on_list", 0),
                Coalesce("batch", 0),
                *("batch_kind", "batch_level", "scene", "rhythm"),
                condition=Q(ended_on=None),
                name="report_plan_once_in_force",
            ),
            *territory_and_matter("report_plan"),
            models.CheckConstraint(
                name="report_plan_rhythm_known",
                condition=Q(rhythm__in=["month", "quarter", "year"]),
            ),
            models.CheckConstraint(
                name="report_plan_number_within_a_month",
                condition=Q(number__gte=1, number__lte=rhythm.MAX_NUMBER),
            ),
            models.CheckConstraint(
                name="report_plan_reports_what_is_over",
                condition=Q(from_end=False, reported__in=["period_end", "day_before"])
                | Q(reported="day_before"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope.name} {self.get_rhythm_display()}"

    @property
    def scope(self) -> Scope:
        return Scope.of_row(self)

    @property
    def rule(self) -> Rule:
        return Rule(self.rhythm, self.number, self.from_end, self.reported)

    @property
    def place_id(self) -> int | None:
        """The region whose working days count, and whose coordinators answer for the plan."""
        return self.department.region_id if self.department else self.region_id


class PlannedReportQuerySet(models.QuerySet["PlannedReport"]):
    def visible_to(self, user: User) -> PlannedReportQuerySet:
        return self.filter(plan__in=ReportPlan.objects.visible_to(user))

    def to_publish(self) -> PlannedReportQuerySet:
        """Made, and not yet published by people."""
        ended = ("published", "withdrawn")
        return self.filter(snapshot__isnull=False).exclude(snapshot__state__in=ended)

    def not_made(self) -> PlannedReportQuerySet:
        """Due and wanted, and still without a report."""
        return self.filter(snapshot=None, job__isnull=False)


class PlannedReport(models.Model):
    """The report of one period of a plan; without a job there was nothing to report."""

    plan = models.ForeignKey(
        ReportPlan, on_delete=models.PROTECT, related_name="periods", db_index=False
    )
    period = models.CharField(max_length=10)
    due_on = models.DateField()
    as_of = models.DateField()
    is_provisional = models.BooleanField(default=False)
    # By which version of the plan.
    plan_version = models.PositiveIntegerField()
    # The day on which it was asked for: later than `due_on` where nobody kept the time.
    planned_on = models.DateField()
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.OneToOneField(
        Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="planned"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = PlannedReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "period"], name="planned_report_once"),
            models.CheckConstraint(
                name="planned_report_made_has_a_time",
                condition=Q(snapshot=None, made_at=None)
                | Q(snapshot__isnull=False, made_at__isnull=False),
            ),
            models.CheckConstraint(
                name="planned_report_delivered_was_made",
                condition=Q(delivered_at=None) | Q(snapshot__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.period}"


class ReportReceiptQuerySet(models.QuerySet["ReportReceipt"]):
    def received_by(self, user: User) -> ReportReceiptQuerySet:
        """What was sent to a person and that they still may read."""
        may = Snapshot.objects.visible_to(user)
        return self.sent().filter(user=user, snapshot__in=may)

    def sent(self) -> ReportReceiptQuerySet:
        return self.filter(withheld="")

    def unopened(self) -> ReportReceiptQuerySet:
        """Sent, never opened, and not withdrawn since."""
        return self.sent().filter(opened_at=None).exclude(snapshot__state="withdrawn")

    def readable(self) -> ReportReceiptQuerySet:
        """Of those whom they were sent to who may still read the report, as `recipients.readers`:
        roles and places change."""
        of_department = Q(
            user__role__in=User.OF_A_DEPARTMENT,
            user__department=F("snapshot__department"),
        )
        place = Coalesce("snapshot__department__region", "snapshot__region")
        everywhere = Q(user__region=None) | Q(user__region=F("place"))
        of_scope = Q(user__role__in=User.SCOPED) & everywhere
        found = self.annotate(place=place).filter(of_department | of_scope)
        return found.filter(user__is_active=True)


class ReportReceipt(models.Model):
    """送达, 已阅, 已下载: what became of a published report at one of those it was meant for."""

    class Withheld(models.TextChoices):
        LEFT = "left", _("the account is closed")
        MAY_NOT_READ = "may_not_read", _("the role or place changed: may not read it any more")

    planned = models.ForeignKey(PlannedReport, on_delete=models.PROTECT, related_name="receipts")
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="receipts", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # As they were called when it was sent.
    name = models.CharField(max_length=150)
    department_name = models.CharField(max_length=200, blank=True)
    # Why nothing was sent; "": it was.
    withheld = models.CharField(max_length=12, choices=Withheld.choices, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)

    objects = ReportReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "user"], name="report_receipt_once"),
            models.CheckConstraint(
                name="report_receipt_sent_or_withheld",
                condition=Q(withheld="", sent_at__isnull=False)
                | (~Q(withheld="") & Q(sent_at=None, opened_at=None)),
            ),
            models.CheckConstraint(
                name="report_receipt_downloaded_was_opened",
                condition=Q(downloaded_at=None) | Q(opened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.name}"
