"""What the further rates of a report count: the rows of each part, and where they stand.

They are frozen one by one. Snapshots from before that have sums alone: theirs lead to what the day
gives today, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise

from obligations import rate_table, rates
from obligations.indicators import Figure
from reports import addresses, definitions, headlines
from reports.headlines import FurtherRate
from reports.models import CountedLine, ObligationLine, Report, Snapshot

# Department by department, what was not fulfilled first.
ORDER = ("department_id", "numerator", "obligation_id", "subject_id")


@dataclass(frozen=True)
class Way:
    """Where the rows of a part stand: on pages, and in the API; "" where they stand nowhere."""

    page: str
    api: str = ""


@dataclass(frozen=True)
class Traced:
    """A further rate with the way to the rows of its parts."""

    rate: FurtherRate
    numerator: Way
    denominator: Way
    is_frozen: bool


def traced(report: Report, further: list[FurtherRate]) -> list[Traced]:
    """Each rate with where its rows stand."""
    frozen = _frozen_codes(report.snapshot)
    return [_traced(report, rate, frozen) for rate in further]


def codes() -> list[str]:
    """Rates that have such rows: all further ones but 更新及时率, which counts the lines."""
    return [one.code for one in definitions.further() if one.code != definitions.UPDATING]


def rows_of(
    snapshot: Snapshot, code: str, *, part: str, department: int | None = None
) -> QuerySet[CountedLine]:
    """What a part of a rate counts, of the whole or of one department."""
    rows = CountedLine.objects.filter(snapshot=snapshot, code=code)
    if department is not None:
        rows = rows.filter(department_id=department)
    return rows.filter(numerator__gt=0) if part == rates.NUMERATOR else rows


def total_of(rows: QuerySet[CountedLine]) -> Figure:
    """The sums of both parts over these rows."""
    sums = rows.order_by().aggregate(n=Sum("numerator"), d=Sum("denominator"))
    return Figure(sums["n"] or 0, sums["d"] or 0)


@dataclass(frozen=True)
class Shown:
    """One counted thing with the frozen obligation that it is of."""

    counted: CountedLine
    line: ObligationLine

    @property
    def figure(self) -> Figure:
        return Figure(self.counted.numerator, self.counted.denominator)


def with_lines(snapshot: Snapshot, counted: list[CountedLine]) -> list[Shown]:
    """As they are shown, in the order given."""
    ids = [one.obligation_id for one in counted]
    lines = ObligationLine.objects.filter(snapshot=snapshot, obligation_id__in=ids).defer("terms")
    of = {line.obligation_id: line for line in lines}
    return [Shown(one, of[one.obligation_id]) for one in counted]


def label_of(code: str) -> tuple[str | Promise, str | Promise]:
    """The name and the meaning of a rate."""
    return rates.labels()[code]


def _traced(report: Report, rate: FurtherRate, frozen: set[str]) -> Traced:
    is_frozen = rate.code in frozen or rate.code == definitions.UPDATING
    numerator, denominator = (
        _way(report, rate.code, part, is_frozen=is_frozen)
        for part in (rates.NUMERATOR, rates.DENOMINATOR)
    )
    return Traced(rate, numerator, denominator, is_frozen)


def _way(report: Report, code: str, part: str, *, is_frozen: bool) -> Way:
    if code == definitions.UPDATING:
        number = getattr(headlines.UPDATING, part)
        pages = ("reports:rows", "api:report-rows")
        return Way(*(addresses.rows_url(report, number, page=page) for page in pages))
    if is_frozen:
        query = urlencode({"rate": code, "part": part})
        pages = ("reports:counted", "api:report-counted")
        return Way(*(f"{reverse(page, args=[report.pk])}?{query}" for page in pages))
    return Way(rate_table.rows_url(code, part, addresses.scope_query(report.snapshot)))


def _frozen_codes(snapshot: Snapshot) -> set[str]:
    known = CountedLine.objects.filter(snapshot=snapshot).order_by()
    return set(known.values_list("code", flat=True).distinct())
