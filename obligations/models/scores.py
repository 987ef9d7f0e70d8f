"""得分: the rule of scores in versions, and statements of scores that departments object to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region, Role
from obligations.models.obligation import Obligation
from obligations.models.records import Decision, decided_whole

if TYPE_CHECKING:
    from accounts.models import User


class Part(models.TextChoices):
    """What a score is made of."""

    COMPLETION = "completion", _("completion")
    ON_TIME = "on_time", _("in time")
    UPKEEP = "upkeep", _("updates and availability")
    RESPONSE = "response", _("answers to the monthly round")


class ScoreRuleQuerySet(models.QuerySet["ScoreRule"]):
    def in_force(self, *, on: dt.date) -> ScoreRuleQuerySet:
        """The version by which scores of a day are counted."""
        return self.filter(Q(effective_to=None) | Q(effective_to__gte=on), effective_from__lte=on)


class ScoreRule(models.Model):
    """One version: the weight of each part, in points of a hundred. None is edited."""

    number = models.PositiveIntegerField(unique=True)
    effective_from = models.DateField(unique=True)
    effective_to = models.DateField(null=True, blank=True)
    completion = models.PositiveSmallIntegerField(default=40)
    on_time = models.PositiveSmallIntegerField(default=30)
    upkeep = models.PositiveSmallIntegerField(default=20)
    response = models.PositiveSmallIntegerField(default=10)
    # A place in the ranking needs so many applicable obligations.
    least = models.PositiveSmallIntegerField(default=3)
    note = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScoreRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="score_rule_weighs_a_hundred",
                condition=Q(
                    completion=100 - F("on_time") - F("upkeep") - F("response"),
                ),
            ),
            models.CheckConstraint(
                name="score_rule_from_before_to",
                condition=Q(effective_to=None) | Q(effective_from__lte=F("effective_to")),
            ),
            models.CheckConstraint(name="score_rule_least", condition=Q(least__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.effective_from}"

    @property
    def weights(self) -> dict[str, int]:
        return {part: getattr(self, part) for part in Part.values}


class ScoreStatementQuerySet(models.QuerySet["ScoreStatement"]):
    def visible_to(self, user: User) -> ScoreStatementQuerySet:
        """Coordinators all of their scope; leaders and the scored departments once it is open."""
        if not user.is_active:
            return self.none()
        shown = self.filter(state__in=[ScoreStatement.State.OPENED, ScoreStatement.State.PUBLISHED])
        if user.role in user.SCOPED:
            found = self if user.role == Role.COORDINATOR else shown
            return found if user.region_id is None else found.filter(region_id=user.region_id)
        if user.role in user.OF_A_DEPARTMENT and user.department_id is not None:
            own = ScoreSheet.objects.filter(
                statement=OuterRef("pk"), department_id=user.department_id
            )
            return shown.filter(Exists(own))
        return self.none()


class ScoreStatement(models.Model):
    """Scores of a scope at the end of a day: drafted, open for objections, published for ever."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("drafted")
        OPENED = "opened", _("open for objections")
        PUBLISHED = "published", _("published")
        DISCARDED = "discarded", _("discarded")

    # None: the whole province.
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    as_of = models.DateField()
    rule = models.ForeignKey(ScoreRule, on_delete=models.PROTECT, related_name="statements")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTED)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    drafted_on = models.DateField()
    drafted_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_on = models.DateField(null=True, blank=True)
    objections_until = models.DateField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScoreStatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "as_of",
                Coalesce("region", 0),
                condition=~Q(state="discarded"),
                name="score_statement_once_a_day",
            ),
            models.CheckConstraint(
                name="score_statement_opened_whole",
                condition=Q(
                    state__in=["drafted", "discarded"],
                    opened_by=None,
                    opened_on=None,
                    objections_until=None,
                )
                | Q(
                    state__in=["opened", "published"],
                    opened_by__isnull=False,
                    opened_on__isnull=False,
                    objections_until__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="score_statement_published_whole",
                condition=(~Q(state="published") & Q(published_by=None, published_on=None))
                | Q(
                    state="published",
                    published_by__isnull=False,
                    published_on__gt=F("objections_until"),
                ),
            ),
            models.CheckConstraint(
                name="score_statement_published_by_another",
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}"

    def takes_objections(self, on: dt.date) -> bool:
        """Whether a department may object on the day."""
        until = self.objections_until
        return self.state == self.State.OPENED and until is not None and on <= until


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    def visible_to(self, user: User) -> ScoreSheetQuerySet:
        """All sheets of a statement that is seen in its scope; a department's own."""
        found = self.filter(statement__in=ScoreStatement.objects.visible_to(user))
        if user.role in user.OF_A_DEPARTMENT:
            return found.filter(department_id=user.department_id or 0)
        return found


class ScoreSheet(models.Model):
    """得分明细 of one department in one statement."""

    statement = models.ForeignKey(
        ScoreStatement, on_delete=models.PROTECT, related_name="sheets", db_index=False
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=200)
    position = models.IntegerField(default=0)
    # Of each part, as scores.PartScore.as_json: what counted, its weight, its points.
    parts = models.JSONField()
    # None: nothing could be counted.
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    rank = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "department"], name="score_sheet_once"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.department_name}"

    @property
    def applicable_count(self) -> int:
        """How many obligations there were to complete: a place needs some."""
        found = {one["part"]: one["denominator"] for one in self.parts}
        return int(found.get(Part.COMPLETION, 0))


class ScoreLine(models.Model):
    """One obligation in one part of a score, as it stood: what counted, why, and since when."""

    sheet = models.ForeignKey(
        ScoreSheet, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part.choices)
    # The indicator by which it counted.
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=500)
    numerator = models.DecimalField(max_digits=10, decimal_places=6)
    denominator = models.PositiveIntegerField()
    evidence = models.CharField(max_length=300)
    known_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "obligation", "code"], name="score_line_once"),
            models.CheckConstraint(
                name="score_line_numerator_within",
                condition=Q(numerator__gte=0, numerator__lte=F("denominator")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.code} {self.title}"


class ScoreObjection(Decision):
    """A department's objection to one line of its sheet, and the coordinator's ruling."""

    class Outcome(models.TextChoices):
        COUNTED = "counted", _("counts in full")
        LEFT_OUT = "left_out", _("is left out")
        REFUSED = "refused", _("stays as it is")

    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    line = models.ForeignKey(ScoreLine, on_delete=models.PROTECT, related_name="objections")
    # What the line said before the ruling.
    numerator = models.DecimalField(max_digits=10, decimal_places=6)
    denominator = models.PositiveIntegerField()

    class Meta:
        constraints = [
            decided_whole("score_objection"),
            models.UniqueConstraint(fields=["line"], name="score_objection_once"),
            models.CheckConstraint(
                name="score_objection_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}"
