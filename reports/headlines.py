"""What a report says first, and of every number in it exactly the frozen lines that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obligations import indicators, rates
from obligations.indicators import Figure
from obligations.models import Duty, Light, Status
from reports import definitions
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.models.lines import ObligationLineQuerySet

_WORKING = (Status.ISSUED, Status.IN_PROGRESS, Status.CLAIMED, Status.ENDORSED)


class Parts(NamedTuple):
    """The numbers of a figure line that make a rate."""

    numerator: str
    denominator: str


# Codes as obligations.rates knows them.
RATES: Mapping[str, Parts] = {
    "completion": Parts("verified", "applicable"),
    "on_time": Parts("on_time", "fell_due"),
    "original_on_time": Parts("originally_on_time", "originally_fell_due"),
    "docking": Parts("docking_verified", "docking"),
    rates.VERIFYING: Parts("decided_in_time", "decided"),
}
# A further rate that counts obligations, and so has its rows among the lines.
UPDATING = Parts("updated_in_time", "to_update")
# What a number is called above its rows.
NUMBERS: Mapping[str, str | Promise] = {
    "total": _("all obligations"),
    "own": _("obligations of our own departments"),
    "superior": _("obligations of superior bodies"),
    "applicable": _("obligations that count"),
    "verified": _("verified"),
    "fell_due": _("fallen due by the current date"),
    "on_time": _("in time by the current date"),
    "originally_fell_due": _("fallen due by the original date"),
    "originally_on_time": _("in time by the original date"),
    "waiting_in_time": _("claimed in time, waiting for a decision"),
    "docking": _("docking obligations that count"),
    "docking_verified": _("docking obligations that are verified"),
    UPDATING.denominator: _("verified supply duties with a promise to judge"),
    UPDATING.numerator: _("verified supply duties within promise and grace"),
    "decided": _("with claims that were decided, or whose days had run out"),
    "decided_in_time": _("with claims that were decided in time"),
    **{str(status): status.label for status in _WORKING},
    **{str(light): light.label for light in Light},
}


@dataclass(frozen=True)
class Rate:
    """One rate of one group, as it was frozen."""

    code: str
    label: str
    meaning: str
    figure: Figure
    parts: Parts


def of(line: FigureLine) -> list[Rate]:
    """The rates of a figure line, in the order in which they are shown."""
    labels = rates.labels()
    return [
        Rate(
            code,
            str(labels[code][0]),
            str(labels[code][1]),
            Figure(getattr(line, parts.numerator), getattr(line, parts.denominator)),
            parts,
        )
        for code, parts in RATES.items()
    ]


@dataclass(frozen=True)
class FurtherRate:
    """One that rests on more than obligations."""

    code: str
    label: str
    meaning: str
    figure: Figure


def further(line: FigureLine) -> list[FurtherRate]:
    """The rates that were frozen beside the lines, of which there was anything to count; where
    their rows stand is reports.counted's."""
    labels = rates.labels()
    counted = [(one.code, line.rate(one.code)) for one in definitions.further()]
    return [
        FurtherRate(code, str(labels[code][0]), str(labels[code][1]), figure)
        for code, figure in counted
        if figure.denominator
    ]


def rows_of(
    snapshot: Snapshot, number: str, *, department: int | None = None
) -> ObligationLineQuerySet:
    """The frozen lines that a number of the whole, or of one department, counts; of 核验及时率
    those whose claims it counts. KeyError for a number that is none."""
    rows = ObligationLine.objects.filter(condition(snapshot, number), snapshot=snapshot)
    return rows if department is None else rows.filter(of_department(department))


def claims_of(rows: QuerySet[ObligationLine], number: str) -> int:
    """How many claims 核验及时率 counts under these lines."""
    column = f"{number}_count"
    return rows.order_by().aggregate(claims=Sum(column))["claims"] or 0


def of_department(department: int) -> Q:
    """Central bodies are outside the rates of departments."""
    return Q(department_id=department, external=False)


def asked_by(number: str) -> tuple[str, str] | None:
    """How the list of obligations is asked for a number: the indicator, and its part."""
    for code, parts in (*RATES.items(), (definitions.UPDATING, UPDATING)):
        if code in rates.RATES and number in parts:
            part = rates.NUMERATOR if number == parts.numerator else rates.DENOMINATOR
            return code, part
    return None


def condition(snapshot: Snapshot, number: str) -> Q:
    """Which frozen lines a number counts, as reports.totalling does."""
    counted = Q(counted=True)
    docking = counted & Q(duty=Duty.CONNECT)
    updated, to_update = rates.RATES[definitions.UPDATING].parts(snapshot.as_of, "")
    known = {
        UPDATING.numerator: updated,
        UPDATING.denominator: to_update,
        **indicators.conditions(snapshot.as_of),
        **{str(status): counted & Q(status=status) for status in _WORKING},
        "own": Q(external=False),
        "superior": Q(external=True),
        "docking": docking,
        "docking_verified": docking & Q(status=Status.VERIFIED),
        "decided": counted & Q(decided_count__gt=0),
        "decided_in_time": counted & Q(decided_in_time_count__gt=0),
    }
    return known[number]
