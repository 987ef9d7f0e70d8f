"""The indicators by name: numerator and denominator of each, per group, and exactly their rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obligations import indicators
from obligations.indicators import Figure
from obligations.kinds import Counted, Indicator, kinds
from obligations.models import Claim, Duty, ObligationState, Status
from obligations.models.obligation import ObligationQuerySet, applicable

K = TypeVar("K", bound=Hashable)
Parts = tuple[Q, Q]  # numerator, denominator; the first implies the second
NUMERATOR, DENOMINATOR = "numerator", "denominator"
# A ranking needs so many in the denominator.
LEAST = 3
# What figures are taken by -> the path from an obligation.
GROUPINGS = {
    "department": "department_id",
    "list": "item__list_id",
    "batch": "item__list__batch",
    "region": "department__region_id",
}
VERIFYING = "verifying"


@dataclass(frozen=True)
class Rate:
    """One indicator over obligations. `parts` takes the day and the path to the obligation."""

    code: str
    label: Promise | str
    meaning: Promise | str
    parts: Callable[[dt.date, str], Parts]


def _counted(numerator: str, denominator: str) -> Callable[[dt.date, str], Parts]:
    """Of the counts of obligations.indicators."""

    def parts(on: dt.date, prefix: str) -> Parts:
        found = indicators.conditions(on, prefix=prefix)
        return found[numerator], found[denominator]

    return parts


def _docking(on: dt.date, prefix: str) -> Parts:
    owed = applicable(on) & Q(**{f"{prefix}duty": Duty.CONNECT})
    return owed & Q(status=Status.VERIFIED), owed


def _updating(on: dt.date, prefix: str) -> Parts:
    """A promise that nobody can judge (不定期, 一次性, 其他) has no day on which it falls due."""
    promised = applicable(on) & Q(status=Status.VERIFIED, delivery_due_on__isnull=False)
    promised &= Q(**{f"{prefix}duty": Duty.SUPPLY})
    return promised & (Q(delivery_grace_on=None) | Q(delivery_grace_on__gte=on)), promised


RATES: Mapping[str, Rate] = {
    one.code: one
    for one in (
        Rate(
            "completion",
            _("Completion rate"),
            _("verified / all applicable"),
            _counted("verified", "applicable"),
        ),
        Rate(
            "on_time",
            _("On-time rate"),
            _("verified and completed by the current due date / fallen due, without blocked ones "
              "and claims in time that wait"),
            _counted("on_time", "fell_due"),
        ),
        Rate(
            "original_on_time",
            _("On-time rate by original dates"),
            _("the same by the original due date"),
            _counted("originally_on_time", "originally_fell_due"),
        ),
        Rate(
            "docking",
            _("Docking rate"),
            _("docking duties verified / docking duties"),
            _docking,
        ),
        Rate(
            "updating",
            _("Rate of timely updates"),
            _("verified supply duties within promise and grace / those with a promise to judge"),
            _updating,
        ),
    )
}  # fmt: skip
VERIFYING_LABEL = _("Rate of timely verification")
VERIFYING_MEANING = _(
    "claims decided within the coordinator's days / claims decided or whose days have run out"
)


def facts(rows: ObligationQuerySet, *, on: dt.date, today: dt.date) -> tuple[QuerySet[Any], str]:
    """What is on record of these obligations for the day, and the way from there to them."""
    if on >= today:
        return rows, ""
    return ObligationState.objects.at(on).filter(obligation__in=rows), "obligation__"


def by(
    rows: ObligationQuerySet, grouping: str, *, on: dt.date, today: dt.date
) -> dict[Any, dict[str, Figure]]:
    """Every indicator of each group, by its code."""
    found = of_obligations(rows, grouping, on=on, today=today)
    for key, figure in _of_claims(rows, grouping, on=on, today=today).items():
        found[key][VERIFYING] = figure
    counted = applicable_at(rows, on=on, today=today)
    for one in of_kinds():
        for key, figure in one.figures(counted, on, GROUPINGS[grouping]).items():
            found[key][one.code] = found[key].get(one.code, Figure(0, 0)) + figure
    return dict(found)


def applicable_at(rows: ObligationQuerySet, *, on: dt.date, today: dt.date) -> ObligationQuerySet:
    """Of these obligations those that are applicable at the end of the day."""
    known, prefix = facts(rows, on=on, today=today)
    if not prefix:
        return rows.filter(applicable(on))
    return rows.filter(pk__in=known.filter(applicable(on)).values("obligation_id"))


def of_kinds() -> list[Indicator]:
    """What kinds add."""
    return [one for kind in kinds().values() for one in kind.indicators]


def each_of(one: Indicator, rows: ObligationQuerySet, *, on: dt.date) -> Iterator[Counted]:
    """Of an indicator of a kind everything that it counts under these applicable obligations; the
    sums are its figure. Nothing where the kind tells only sums."""
    if one.each is not None:
        yield from one.each(rows, on)
    elif one.rows is not None:
        fulfilled = set(one.rows(rows, on, NUMERATOR).order_by().values_list("pk", flat=True))
        for pk in one.rows(rows, on, DENOMINATOR).order_by().values_list("pk", flat=True):
            yield Counted(pk, Figure(int(pk in fulfilled), 1))
    elif one.of_each is not None:
        for pk, figure in one.of_each(rows, on).items():
            yield Counted(pk, figure)


def of_amounts() -> set[str]:
    """Codes of indicators that count neither obligations nor rows with a page of their own."""
    return {one.code for one in of_kinds() if one.of_each and not one.rows and not one.page}


def amounts_of(
    rows: ObligationQuerySet, code: str, *, on: dt.date, today: dt.date
) -> dict[int, Figure]:
    """Where an indicator counts calls and the like: how many of them under each obligation."""
    counted = applicable_at(rows, on=on, today=today)
    found: dict[int, Figure] = {}
    for one in of_kinds():
        if one.code == code and one.of_each is not None:
            found |= one.of_each(counted, on)
    return found


def labels() -> dict[str, tuple[Promise | str, Promise | str]]:
    """Code -> name and meaning, in the order in which they are shown."""
    own = {code: (rate.label, rate.meaning) for code, rate in RATES.items()}
    added = {one.code: (one.label, one.source) for one in of_kinds()}
    return {**own, VERIFYING: (VERIFYING_LABEL, VERIFYING_MEANING), **added}


def rows_of(
    rows: ObligationQuerySet, code: str, *, part: str, on: dt.date, today: dt.date
) -> ObligationQuerySet:
    """Of these obligations exactly those that a part of an indicator counts."""
    if part not in (NUMERATOR, DENOMINATOR):
        return rows.none()
    if code in RATES:
        known, prefix = facts(rows, on=on, today=today)
        condition = RATES[code].parts(on, prefix)[part == DENOMINATOR]
        if not prefix:
            return rows.filter(condition)
        return rows.filter(pk__in=known.filter(condition).values("obligation_id"))
    for one in of_kinds():
        if one.code == code and one.rows is not None:
            return one.rows(applicable_at(rows, on=on, today=today), on, part)
    return rows.none()


def claims_of(
    rows: ObligationQuerySet, *, part: str, on: dt.date, today: dt.date
) -> QuerySet[Claim]:
    """核验及时率 counts claims: those that a part of it counts."""
    known, prefix = facts(rows, on=on, today=today)
    counted = known.filter(applicable(on)).values(f"{prefix}pk")
    in_time, judged = decided(on)
    claims = Claim.objects.filter(obligation__in=counted)
    return claims.filter(in_time if part == NUMERATOR else judged)


def summed(groups: Mapping[Any, Mapping[str, Figure]]) -> dict[str, Figure]:
    """The line of all groups: sums over sums, never a mean of rates."""
    total: dict[str, Figure] = defaultdict(lambda: Figure(0, 0))
    for figures in groups.values():
        for code, figure in figures.items():
            total[code] = total[code] + figure
    return dict(total)


def ranks(figures: Mapping[K, Figure], *, least: int = LEAST) -> dict[K, int]:
    """Places from the highest rate down; equal rates share one, too small denominators have
    none."""
    rated = {
        key: Fraction(one.numerator, one.denominator)
        for key, one in figures.items()
        if one.denominator and one.denominator >= least
    }
    return {key: 1 + sum(other > rate for other in rated.values()) for key, rate in rated.items()}


def of_obligations(
    rows: ObligationQuerySet, grouping: str, *, on: dt.date, today: dt.date
) -> dict[Any, dict[str, Figure]]:
    """Of each group those that count obligations by their own columns, in one query."""
    known, prefix = facts(rows, on=on, today=today)
    path = f"{prefix}{GROUPINGS[grouping]}"
    counts = {}
    for code, rate in RATES.items():
        numerator, denominator = rate.parts(on, prefix)
        counts[f"n_{code}"] = Count("pk", filter=numerator)
        counts[f"d_{code}"] = Count("pk", filter=denominator)
    found: dict[Any, dict[str, Figure]] = defaultdict(dict)
    for row in known.order_by().values(path).annotate(**counts):
        found[row[path]] = {code: Figure(row[f"n_{code}"], row[f"d_{code}"]) for code in RATES}
    return found


def _of_claims(
    rows: ObligationQuerySet, grouping: str, *, on: dt.date, today: dt.date
) -> dict[Any, Figure]:
    path = f"obligation__{GROUPINGS[grouping]}"
    in_time, judged = decided(on)
    claims = claims_of(rows, part=DENOMINATOR, on=on, today=today)
    counted = claims.order_by().values(path)
    counted = counted.annotate(n=Count("pk", filter=in_time), d=Count("pk", filter=judged))
    return {row[path]: Figure(row["n"], row["d"]) for row in counted}


def decided(on: dt.date) -> Parts:
    """Of formal claims: decided in time, and those to be judged so. What was taken back, because
    the list let it go, needed no decision; where the days had run out by then, it had waited."""
    formal = Q(decide_by__isnull=False, endorsed_on__lte=on)
    taken_back = Q(outcome=Claim.Outcome.TAKEN_BACK)
    settled = formal & Q(decided_on__lte=on) & ~taken_back
    run_out = formal & Q(decide_by__lt=on) & ~(taken_back & Q(decided_on__lte=F("decide_by")))
    return settled & Q(decided_on__lte=F("decide_by")), settled | run_out
