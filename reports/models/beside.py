"""What a snapshot keeps beside its lines and totals: how it came there, and what is doubted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from obligations.indicators import Figure
from reports.models.lines import ObligationLine
from reports.models.snapshots import Snapshot


class TrendPoint(models.Model):
    """The sums of the scope at the end of an earlier day, as the totals of that day stood."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="trend")
    day = models.DateField()
    applicable = models.PositiveIntegerField()
    verified = models.PositiveIntegerField()
    fell_due = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "day"], name="trend_point_once"),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.day}"

    @property
    def completion_rate(self) -> Figure:
        return Figure(self.verified, self.applicable)

    @property
    def on_time_rate(self) -> Figure:
        return Figure(self.on_time, self.fell_due)


class ContradictionLine(models.Model):
    """疑点: one that was open at the end of the day, both sides in the words of the report."""

    snapshot = models.ForeignKey(
        Snapshot,
        on_delete=models.PROTECT,
        related_name="contradictions",
        db_index=False,  # contradiction_line_once begins with it
    )
    line = models.ForeignKey(
        ObligationLine, on_delete=models.PROTECT, related_name="contradictions"
    )
    case_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    claim = models.TextField()
    found = models.TextField()
    expected = models.TextField()
    found_on = models.DateField()
    recurrence = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "case_id"], name="contradiction_line_once"),
            models.CheckConstraint(
                name="contradiction_line_has_both_sides", condition=~Q(claim="") & ~Q(found="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.code}"
