"""共享申请 and 校核申请: what a department asks of a provider, and by when it is answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from obligations.models import Obligation

if TYPE_CHECKING:
    from accounts.models import User

# Once each: shared, and replied to or not; to be corrected.
_SHARE, _CORRECT = Q(kind="share"), Q(kind="correct")
_ASKED_TO_CORRECT = Q(correct_by__isnull=False, clock="correction", reply_by=None) & Q(
    reply_by_originally=None, replied_on=None, deliver_by=None, extension_days=0
)
_ASKED_TO_SHARE = Q(reply_by__isnull=False, reply_by_originally__isnull=False) & Q(
    clock__in=["reply_unconditional", "reply_conditional"], correct_by=None, corrected_on=None
)
_NOT_EXTENDED = Q(extension_days=0, extended_on=None, demander_told_on=None, extension_why="")
_EXTENDED = Q(
    # Said of each that it is there: a comparison with NULL would let the row pass.
    extension_days__gt=0,
    extended_on__isnull=False,
    demander_told_on__isnull=False,
    extended_on__gte=F("asked_on"),
    demander_told_on__gte=F("asked_on"),
    reply_by__gt=F("reply_by_originally"),
) & ~Q(extension_why="")
_AGREED = Q(
    answer="agreed",
    replied_on__isnull=False,
    deliver_by__isnull=False,
    deliver_by__gte=F("replied_on"),
)
_REFUSED = Q(answer="refused", replied_on__isnull=False, deliver_by=None) & ~Q(reason="")
_UNANSWERED = Q(answer="", replied_on=None, deliver_by=None, reason="")


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def visible_to(self, user: User) -> DataRequestQuerySet:
        """What was asked of obligations that the user may see, and what the own department, or
        one of the own region, asked."""
        mine = Q(obligation__in=Obligation.objects.visible_to(user).values("pk"))
        if not user.is_active:
            return self.none()
        if user.role in user.SCOPED:
            if user.region_id is None:
                return self
            return self.filter(mine | Q(department__region_id=user.region_id))
        if user.role in user.OF_A_DEPARTMENT and user.department_id is not None:
            return self.filter(mine | Q(department_id=user.department_id))
        return self.none()

    def standing(self) -> DataRequestQuerySet:
        """Without those that were recorded by mistake."""
        return self.filter(taken_back_on=None)

    def open(self) -> DataRequestQuerySet:
        """Those on which the provider owes something."""
        waits = Q(kind="share", replied_on=None) | Q(answer="agreed", delivered_on=None)
        return self.standing().filter(waits | Q(kind="correct", corrected_on=None))

    def late(self, on: dt.date) -> DataRequestQuerySet:
        """Open, and past the day."""
        found: DataRequestQuerySet = self.open().with_day().filter(day__lt=on)
        return found

    def with_day(self) -> Any:
        """Each with `day`, by when the next thing is owed, or the last one was."""
        day: Any = Case(
            When(kind="correct", then=F("correct_by")),
            When(deliver_by__isnull=False, then=F("deliver_by")),
            default=F("reply_by"),
        )
        return self.annotate(day=day)


class DataRequest(models.Model):
    """One request under one obligation to supply. `clock` is the one that ran from `asked_on`;
    an extension moves `reply_by` and leaves `reply_by_originally`. Never deleted."""

    class Kind(models.TextChoices):
        SHARE = "share", _("request for data")
        CORRECT = "correct", _("request for correction")

    class Answer(models.TextChoices):
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused with reasons")

    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="data_requests"
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # 需求部门
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="data_requests"
    )
    number = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=500)
    # The day on which the provider received it.
    asked_on = models.DateField()
    clock = models.CharField(max_length=20)
    reply_by = models.DateField(null=True, blank=True)
    reply_by_originally = models.DateField(null=True, blank=True)
    extension_days = models.PositiveIntegerField(default=0)
    extension_why = models.CharField(max_length=500, blank=True)
    extended_on = models.DateField(null=True, blank=True)
    demander_told_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=7, choices=Answer.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    replied_on = models.DateField(null=True, blank=True)
    deliver_by = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    correct_by = models.DateField(null=True, blank=True)
    corrected_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    taken_back_on = models.DateField(null=True, blank=True)
    taken_back_why = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="request_has_the_days_of_its_kind",
                condition=_SHARE & _ASKED_TO_SHARE | _CORRECT & _ASKED_TO_CORRECT,
            ),
            models.CheckConstraint(
                name="request_extended_with_reason_and_notice",
                condition=_NOT_EXTENDED | _EXTENDED,
            ),
            models.CheckConstraint(
                name="request_not_extended_keeps_its_day",
                condition=Q(extension_days__gt=0)
                | Q(reply_by=None)
                | Q(reply_by=F("reply_by_originally")),
            ),
            models.CheckConstraint(
                name="request_answered_whole", condition=_UNANSWERED | _AGREED | _REFUSED
            ),
            models.CheckConstraint(
                name="request_answered_after_it_was_asked",
                condition=(Q(replied_on=None) | Q(replied_on__gte=F("asked_on")))
                & (Q(corrected_on=None) | Q(corrected_on__gte=F("asked_on"))),
            ),
            models.CheckConstraint(
                name="request_delivered_after_it_was_agreed",
                condition=Q(delivered_on=None)
                | Q(answer="agreed", delivered_on__gte=F("replied_on")),
            ),
            models.CheckConstraint(
                name="request_corrected_with_a_result",
                condition=Q(corrected_on=None, result="")
                | Q(corrected_on__isnull=False) & ~Q(result=""),
            ),
            models.CheckConstraint(
                name="request_taken_back_with_a_reason",
                condition=Q(taken_back_on=None, taken_back_why="")
                | Q(taken_back_on__isnull=False) & ~Q(taken_back_why=""),
            ),
        ]
        indexes = [
            models.Index(fields=["asked_on", "id"], name="request_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.kind} {self.asked_on}"

    @property
    def waits_for(self) -> str:
        """What the provider owes next: reply, delivery or correction; "" where nothing."""
        if self.taken_back_on is not None:
            return ""
        if self.kind == self.Kind.CORRECT:
            return "" if self.corrected_on else "correction"
        if self.replied_on is None:
            return "reply"
        agreed = self.answer == self.Answer.AGREED
        return "delivery" if agreed and self.delivered_on is None else ""

    @property
    def due_on(self) -> dt.date | None:
        """By when that is owed."""
        days = {"reply": self.reply_by, "delivery": self.deliver_by, "correction": self.correct_by}
        return days.get(self.waits_for)

    @property
    def counted_from(self) -> dt.date:
        """The first day of the clock that runs now."""
        return (
            self.replied_on if self.waits_for == "delivery" and self.replied_on else self.asked_on
        )
