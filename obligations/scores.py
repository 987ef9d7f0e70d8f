"""Arithmetic of scores: parts with weights, exact until the last step. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

# What counted, and out of how many.
Counted = tuple[Fraction, int]
NOTHING: Counted = (Fraction(0), 0)


@dataclass(frozen=True)
class PartScore:
    """One part: what counted, its weight after those of empty parts were shared out, points."""

    part: str
    numerator: Fraction
    denominator: int
    weight: Fraction

    @property
    def points(self) -> Fraction:
        return self.weight * self.numerator / self.denominator if self.denominator else Fraction(0)

    def points_of(self, numerator: Fraction) -> Fraction:
        """What one line of the part adds."""
        return self.weight * numerator / self.denominator if self.denominator else Fraction(0)

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "numerator": f"{rounded(self.numerator, 2):f}".removesuffix(".00"),
            "denominator": self.denominator,
            "weight": str(rounded(self.weight, 2)),
            "points": str(rounded(self.points, 2)),
        }


@dataclass(frozen=True)
class Score:
    """The parts in their order, and their sum; None where no part could be counted."""

    parts: tuple[PartScore, ...]

    @property
    def exact(self) -> Fraction | None:
        if not any(one.denominator for one in self.parts):
            return None
        return sum((one.points for one in self.parts), Fraction(0))

    @property
    def shown(self) -> Decimal | None:
        """Half-up to one decimal."""
        return None if self.exact is None else rounded(self.exact, 1)

    def part(self, name: str) -> PartScore:
        return next(one for one in self.parts if one.part == name)


def score(counted: Mapping[str, Counted], weights: Mapping[str, int]) -> Score:
    """A part without a denominator gives its weight to the others, in proportion to theirs."""
    found = {part: counted.get(part, NOTHING) for part in weights}
    carried = sum(weights[part] for part, (_numerator, denominator) in found.items() if denominator)
    return Score(
        tuple(
            PartScore(
                part,
                numerator,
                denominator,
                Fraction(weights[part] * 100, carried) if denominator and carried else Fraction(0),
            )
            for part, (numerator, denominator) in found.items()
        )
    )


def rounded(value: Fraction, places: int) -> Decimal:
    """Half-up, from the exact fraction; scores are never negative."""
    whole = (value * 10**places * 2 + 1) // 2
    return Decimal(whole).scaleb(-places)


def ranks(scores: Mapping[Any, Decimal | None], *, ranked: set[Any]) -> dict[Any, int]:
    """Places of those that may be ranked; equal scores, as they are shown, share one."""
    known = {key: one for key, one in scores.items() if one is not None and key in ranked}
    return {key: 1 + sum(other > one for other in known.values()) for key, one in known.items()}
