"""The five stages of docking, each with its planned and its actual day."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from obligations.models import Obligation


class Stage(models.TextChoices):
    """In the order in which docking passes them."""

    OPEN = "open", pgettext_lazy("docking stage", "interface opened")
    JOINT = "joint", pgettext_lazy("docking stage", "joint debugging")
    TEST = "test", pgettext_lazy("docking stage", "testing")
    LIVE = "live", pgettext_lazy("docking stage", "go-live")
    USE = "use", pgettext_lazy("docking stage", "in use")


ORDER: tuple[str, ...] = tuple(Stage.values)
MOST_WEIGHT = 100


class Milestone(models.Model):
    """One stage of one obligation. Which one comes next is written to the obligation."""

    obligation = models.ForeignKey(
        Obligation,
        on_delete=models.PROTECT,
        related_name="milestones",
        db_index=False,  # milestone_once begins with it
    )
    stage = models.CharField(max_length=5, choices=Stage.choices)
    planned_on = models.DateField(null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_WEIGHT)]
    )
    # Why this system does without the stage; empty: it is needed.
    not_needed = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["obligation", "stage"], name="milestone_once"),
            models.CheckConstraint(
                name="milestone_stage_known",
                condition=Q(stage__in=["open", "joint", "test", "live", "use"]),
            ),
            models.CheckConstraint(
                name="milestone_weighs_something",
                condition=Q(weight__gte=1, weight__lte=MOST_WEIGHT),
            ),
            models.CheckConstraint(
                name="milestone_reached_or_not_needed",
                condition=Q(reached_on=None) | Q(not_needed=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.stage}"

    @property
    def is_needed(self) -> bool:
        return not self.not_needed

    @property
    def is_open(self) -> bool:
        """Needed and not reached."""
        return self.is_needed and self.reached_on is None
