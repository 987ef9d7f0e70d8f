"""The frozen lines of a snapshot: names are copied, so that later changes cannot reach them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from obligations.indicators import COUNTED, Counts, Figure
from obligations.models import Duty, JudgedFacts, Status
from reports.models.snapshots import Snapshot

_CHUNK = 2_000


class ObligationLineQuerySet(models.QuerySet["ObligationLine"]):
    def unopened(self) -> ObligationLineQuerySet:
        """What central bodies have not opened yet."""
        return self.filter(_UNOPENED)

    def to_coordinate(self) -> ObligationLineQuerySet:
        """What waits for others: confirmed blocks, and what is not opened."""
        return self.filter(Q(blocked=True) | _UNOPENED)

    def falling_due(self) -> ObligationLineQuerySet:
        """What falls due within the days of the light rule, and is not claimed."""
        return self.filter(light_reason__in=["due_soon", "due_close"])

    def read(self) -> Iterator[ObligationLine]:
        """The lines one after the other, whatever their number; what has their fields and nothing
        else is made in half the time."""
        names = [field.attname for field in self.model._meta.concrete_fields]
        found = self.values_list(*names, named=True).iterator(chunk_size=_CHUNK)
        return cast("Iterator[ObligationLine]", found)


_UNOPENED = Q(external=True, opened_on=None) & ~Q(status=Status.WITHDRAWN)


class ObligationLine(JudgedFacts):
    """One obligation as it stood. Its judged facts have the same columns as everywhere."""

    # Its index is the beginning of the constraint's; a second one would be written for each row.
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    obligation_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    list_id = models.BigIntegerField()
    list_title = models.CharField(max_length=300)
    list_level = models.CharField(max_length=10)
    batch = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=500)
    body_name = models.CharField(max_length=200)
    scenes = models.CharField(max_length=1000, blank=True)
    # Fields of the item and of its terms by column field, as the kind's columns name them.
    terms = models.JSONField(default=dict)
    department_id = models.BigIntegerField()
    department_name = models.CharField(max_length=200)
    department_position = models.PositiveIntegerField()
    duty = models.CharField(max_length=10)
    role_in_item = models.CharField(max_length=10)
    # Whether it counted in the figures: the one definition of applicable, at the day.
    counted = models.BooleanField()
    due_text = models.CharField(max_length=500, blank=True)
    due_kind = models.CharField(max_length=10)
    original_due_on = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    decide_by = models.DateField(null=True)
    # The coordinator's own clock: claims decided or past their days, and those decided in time.
    decided_count = models.PositiveIntegerField(default=0)
    decided_in_time_count = models.PositiveIntegerField(default=0)
    returned_count = models.PositiveIntegerField()
    reopened_count = models.PositiveIntegerField()
    return_reason = models.TextField(blank=True)
    progress_note = models.TextField(blank=True)
    contact_office = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=100, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    self_verified = models.BooleanField()
    opened_on = models.DateField(null=True)
    evidence = models.TextField(blank=True)
    # The central body on which it waits, by a block or by its list row.
    superior_name = models.CharField(max_length=200, blank=True)
    block_cause = models.CharField(max_length=12, blank=True)
    block_reason = models.TextField(blank=True)
    blocked_on = models.DateField(null=True)
    # Since when it waits for others: the block's confirmation, or the central body's due day.
    waiting_since = models.DateField(null=True)
    dependant_count = models.PositiveIntegerField(default=0)
    # Working days by the calendar of the day on which the snapshot was taken.
    overdue_days = models.PositiveIntegerField(default=0)
    waiting_days = models.PositiveIntegerField(default=0)
    # Of what falls due soon.
    left_days = models.PositiveIntegerField(default=0)

    objects = ObligationLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "obligation_id"], name="obligation_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_name} {self.title}"

    @property
    def duty_label(self) -> str:
        return str(Duty(self.duty).label)


class FigureLine(models.Model):
    """The figures of one group: the whole, a kind of list, a department, a list or a scene."""

    class Grouping(models.TextChoices):
        WHOLE = "whole", _("whole")
        KIND = "kind", _("kind of list")
        DEPARTMENT = "department", _("department")
        LIST = "list", _("list")
        SCENE = "scene", _("scene")

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="figures")
    grouping = models.CharField(max_length=10, choices=Grouping.choices)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, blank=True)
    item_count = models.PositiveIntegerField(default=0)
    # Items of 不予共享 and the like, under which nothing is owed.
    idle_item_count = models.PositiveIntegerField(default=0)
    # The same names as in indicators.Counts.
    total = models.PositiveIntegerField()
    applicable = models.PositiveIntegerField()
    verified = models.PositiveIntegerField()
    fell_due = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()
    originally_fell_due = models.PositiveIntegerField()
    originally_on_time = models.PositiveIntegerField()
    waiting_in_time = models.PositiveIntegerField()
    red = models.PositiveIntegerField()
    yellow = models.PositiveIntegerField()
    blue = models.PositiveIntegerField()
    green = models.PositiveIntegerField()
    purple = models.PositiveIntegerField()
    grey = models.PositiveIntegerField()
    # Of the applicable ones, by status.
    issued = models.PositiveIntegerField()
    in_progress = models.PositiveIntegerField()
    claimed = models.PositiveIntegerField()
    endorsed = models.PositiveIntegerField()
    docking = models.PositiveIntegerField()
    docking_verified = models.PositiveIntegerField()
    # The coordinator's own clock: claims decided or past their five working days.
    decided = models.PositiveIntegerField()
    decided_in_time = models.PositiveIntegerField()
    # Indicators that rest on more than lines: code -> [numerator, denominator].
    rates = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "grouping", "key"], name="figure_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grouping} {self.name}"

    @property
    def counts(self) -> Counts:
        return Counts(**{name: getattr(self, name) for name in COUNTED})

    def rate(self, code: str) -> Figure:
        """One of `rates`; 0/0 where nothing was counted."""
        return Figure(*self.rates.get(code, (0, 0)))

    @property
    def docking_rate(self) -> Figure:
        return Figure(self.docking_verified, self.docking)

    @property
    def decision_rate(self) -> Figure:
        return Figure(self.decided_in_time, self.decided)
