"""Indicators: numerator and denominator over one definition of applicable (domain, indicators)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from obligations.models import Light, Status
from obligations.models.obligation import applicable


@dataclass(frozen=True)
class Figure:
    """A rate: 0/0 is "—", never 0 % or 100 %."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """To one decimal, half-up; None for 0/0."""
        if not self.denominator:
            return None
        rate = Decimal(self.numerator) * 100 / Decimal(self.denominator)
        return rate.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    def __str__(self) -> str:
        return "—" if self.percent is None else f"{self.percent}%"

    def __add__(self, other: Figure) -> Figure:
        """The rate of both together: sums over sums, never a mean of rates."""
        return Figure(self.numerator + other.numerator, self.denominator + other.denominator)


@dataclass(frozen=True)
class Counts:
    """How many obligations of a set are what, at the end of a day."""

    total: int = 0
    applicable: int = 0
    verified: int = 0
    # By the current due day, and by the original one.
    fell_due: int = 0
    on_time: int = 0
    originally_fell_due: int = 0
    originally_on_time: int = 0
    # 按期申报待核验: claimed in time, not yet decided; shown apart.
    waiting_in_time: int = 0
    red: int = 0
    yellow: int = 0
    blue: int = 0
    green: int = 0
    purple: int = 0
    grey: int = 0

    @property
    def completion_rate(self) -> Figure:
        return Figure(self.verified, self.applicable)

    @property
    def on_time_rate(self) -> Figure:
        return Figure(self.on_time, self.fell_due)

    @property
    def original_on_time_rate(self) -> Figure:
        return Figure(self.originally_on_time, self.originally_fell_due)

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTED))


COUNTED = tuple(Counts.__dataclass_fields__)


def conditions(on: dt.date, *, prefix: str = "") -> dict[str, Q]:
    """What each count counts. `prefix` leads to the obligation from rows that are not its own."""
    counted = applicable(on)
    verified = counted & Q(status=Status.VERIFIED)
    found = {
        "total": Q(),
        "applicable": counted,
        "verified": verified,
        "waiting_in_time": counted & _waiting("due_on"),
    }
    for name, due in (("", "due_on"), ("originally_", f"{prefix}original_due_on")):
        fell_due = counted & Q(**{f"{due}__lte": on}, blocked=False) & ~_waiting(due)
        found[f"{name}fell_due"] = fell_due
        found[f"{name}on_time"] = fell_due & verified & Q(completed_on__lte=F(due))
    return found | {light: Q(light=light) for light in Light.values}


def totals(on: dt.date, *, prefix: str = "") -> dict[str, Count]:
    """Aggregates for `.aggregate()` or `.values(…).annotate()`, one per field of Counts."""
    return {
        # The n_ keeps them clear of the columns of the same name.
        f"n_{name}": Count("pk", filter=condition) if condition else Count("pk")
        for name, condition in conditions(on, prefix=prefix).items()
    }


def counts_of(row: dict[str, Any]) -> Counts:
    """Counts from a row that `totals` made."""
    return Counts(**{name: row[f"n_{name}"] or 0 for name in COUNTED})


def count(rows: QuerySet[Any], *, on: dt.date, prefix: str = "") -> Counts:
    """Counts of a set of obligations, or of states with `prefix="obligation__"`."""
    return counts_of(rows.aggregate(**totals(on, prefix=prefix)))


def count_by(
    rows: QuerySet[Any], *keys: str, on: dt.date, prefix: str = ""
) -> dict[tuple[Any, ...], Counts]:
    """Counts by the values of `keys`."""
    grouped = rows.order_by().values(*keys).annotate(**totals(on, prefix=prefix))
    return {tuple(row[key] for key in keys): counts_of(row) for row in grouped}


def _waiting(due: str) -> Q:
    return Q(status=Status.ENDORSED, completed_on__lte=F(due))
