"""What a snapshot keeps beside its lines and totals: how it came there, what is doubted, and what
was recorded late."""

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


class CountedLine(models.Model):
    """One thing that a further rate counts: an obligation, a request, or the calls and probes of
    an obligation. Its obligation is among the lines; sums over these are the rate."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="counted_lines")
    code = models.CharField(max_length=30)
    obligation_id = models.BigIntegerField()
    department_id = models.BigIntegerField()
    # Of a request: its key, and who asked for what.
    subject_id = models.BigIntegerField(default=0)
    subject = models.CharField(max_length=900, blank=True)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    numerator = models.PositiveBigIntegerField()
    denominator = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "code", "obligation_id", "subject_id"],
                name="counted_line_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.obligation_id}"


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


class LateLine(models.Model):
    """补录: an act that took effect by the day, was put on record after it, and is in the figures.
    All of it in the words of the moment: people and departments are renamed later."""

    snapshot = models.ForeignKey(
        Snapshot,
        on_delete=models.PROTECT,
        related_name="late_acts",
        db_index=False,  # late_line_once begins with it
    )
    # The row of the audit trail.
    entry_id = models.BigIntegerField()
    # Of which obligation; without one it is about the department as such, such as its name.
    obligation_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField()
    department_name = models.CharField(max_length=200)
    title = models.CharField(max_length=500, blank=True)
    list_title = models.CharField(max_length=300, blank=True)
    act = models.CharField(max_length=100)
    person = models.CharField(max_length=150)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "entry_id"], name="late_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.act}"
