"""进展报告 and 月调度: what departments say about a period, asked or of their own accord."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region
from obligations.models.lists import ResponsibilityList
from obligations.models.obligation import Obligation

if TYPE_CHECKING:
    from accounts.models import User

# Every month has so many working days, whatever the holidays.
MAX_NUMBER = 15


class Said(models.TextChoices):
    """What a department says; each is an answer, and none is silence."""

    CHANGED = "changed", _("progress reported")
    NO_CHANGE = "no_change", _("no change this period")
    NOTHING = "nothing", _("nothing to report this period")


class ProgressReport(models.Model):
    """One statement about one obligation and one period; never changed, never evidence."""

    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="progress_reports"
    )
    kind = models.CharField(max_length=10, choices=Said.choices)
    period_from = models.DateField()
    period_to = models.DateField()
    note = models.TextField(blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField(auto_now_add=True)
    said_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="progress_report_period_in_order",
                condition=Q(period_from__lte=F("period_to")),
            ),
            models.CheckConstraint(
                name="progress_report_change_has_words", condition=~Q(kind="changed", note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.kind} {self.period_from}–{self.period_to}"


class RoundRule(models.Model):
    """When rounds open by themselves, and when they are cut off; of one scope."""

    # None: the whole province.
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    enabled = models.BooleanField(default=False)
    opens_number = models.PositiveSmallIntegerField(default=1)
    opens_from_end = models.BooleanField(default=False)
    cut_off_number = models.PositiveSmallIntegerField(default=3)
    cut_off_from_end = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("region", 0), name="round_rule_once"),
            models.CheckConstraint(
                name="round_rule_numbers_within_a_month",
                condition=Q(
                    opens_number__gte=1,
                    opens_number__lte=MAX_NUMBER,
                    cut_off_number__gte=1,
                    cut_off_number__lte=MAX_NUMBER,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id}"


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """The rounds of the own scope, and the province's that ask departments of the own city; to
        a department those that ask it."""
        if user.role in user.SCOPED:
            if user.region_id is None:
                return self
            asked = RoundAnswer.objects.filter(
                round=OuterRef("pk"), department__region_id=user.region_id
            )
            return self.filter(Q(region_id=user.region_id) | Exists(asked))
        if user.role in user.OF_A_DEPARTMENT and user.department_id is not None:
            asked = RoundAnswer.objects.filter(
                round=OuterRef("pk"), department_id=user.department_id
            )
            return self.filter(Exists(asked))
        return self.none()

    def open(self) -> RoundQuerySet:
        return self.filter(closed_on=None)


class Round(models.Model):
    """月调度: one month's question about all that was open when it was asked."""

    month = models.DateField()
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    list = models.ForeignKey(ResponsibilityList, null=True, blank=True, on_delete=models.PROTECT)
    opened_on = models.DateField()
    cut_off_on = models.DateField()
    # The schedule opens a round without a person.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "month", Coalesce("region", 0), Coalesce("list", 0), name="round_once_a_month"
            ),
            models.CheckConstraint(
                name="round_cut_off_after_opening", condition=Q(cut_off_on__gte=F("opened_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    def is_past(self, on: dt.date) -> bool:
        """After the cut-off an answer is late, not refused."""
        return on > self.cut_off_on


class RoundAnswerQuerySet(models.QuerySet["RoundAnswer"]):
    def visible_to(self, user: User) -> RoundAnswerQuerySet:
        return self.filter(
            round__in=Round.objects.visible_to(user),
            obligation__in=Obligation.objects.visible_to(user),
        )

    def unanswered(self) -> RoundAnswerQuerySet:
        return self.filter(kind="")


class RoundAnswer(models.Model):
    """One obligation in one round: asked when the round opened, answered or not."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="round_answers"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Said.choices, blank=True, default="")
    # 进展, 存在问题, 下步措施; before the answer they hold last month's words.
    progress = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = RoundAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "obligation"], name="round_answer_once"),
            models.CheckConstraint(
                name="round_answer_whole",
                condition=Q(kind="", answered_by=None, answered_at=None, answered_on=None)
                | (
                    ~Q(kind="")
                    & Q(
                        answered_by__isnull=False,
                        answered_at__isnull=False,
                        answered_on__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="round_answer_change_has_words", condition=~Q(kind="changed", progress="")
            ),
        ]
        indexes = [models.Index(fields=["department", "round", "kind"], name="round_answer_desk")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.obligation_id}"
