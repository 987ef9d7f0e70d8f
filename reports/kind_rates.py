"""Freezes the indicators that rest on more than lines: 更新及时率, and those that kinds add, with
everything that these count."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, cast

from django.db import connection
from django.db.models import Count

from obligations import rates
from obligations.indicators import Figure
from obligations.kinds import Counted, Indicator, kinds
from obligations.models import Obligation
from obligations.models.obligation import ObligationQuerySet
from reports.definitions import UPDATING
from reports.models import CountedLine, FigureLine, ObligationLine, Snapshot
from reports.scopes import Scope

# (grouping, key) -> code -> figure.
_Groups = dict[tuple[str, str], dict[str, Figure]]
_WHOLE, _KIND = FigureLine.Grouping.WHOLE, FigureLine.Grouping.KIND
_DEPARTMENT = FigureLine.Grouping.DEPARTMENT
_BATCH = 2_000
_COLUMNS = (
    *("snapshot_id", "code", "obligation_id", "department_id", "subject_id", "subject"),
    *("due_on", "done_on", "numerator", "denominator"),
)


def freeze(snapshot: Snapshot, *, scope: Scope, today: dt.date) -> None:
    """Write them on the figure lines of the whole, of kinds and of departments."""
    found: _Groups = defaultdict(lambda: defaultdict(lambda: Figure(0, 0)))
    _updating(snapshot, found)
    _of_kinds(snapshot, found, scope=scope, today=today)
    lines = list(snapshot.figures.filter(grouping__in=[_WHOLE, _KIND, _DEPARTMENT]))
    for line in lines:
        group = found[line.grouping, line.key]
        line.rates = {code: [one.numerator, one.denominator] for code, one in group.items()}
    FigureLine.objects.bulk_update(lines, ["rates"], batch_size=200)


def _updating(snapshot: Snapshot, found: _Groups) -> None:
    numerator, denominator = rates.RATES[UPDATING].parts(snapshot.as_of, "")
    lines = ObligationLine.objects.filter(snapshot=snapshot).order_by()
    counted: Any = lines.values("kind", "department_id").annotate(
        n=Count("pk", filter=numerator), d=Count("pk", filter=denominator)
    )
    for row in counted:
        figure = Figure(row["n"], row["d"])
        _add(found, UPDATING, figure, kind=row["kind"], department=row["department_id"])


def _of_kinds(snapshot: Snapshot, found: _Groups, *, scope: Scope, today: dt.date) -> None:
    rows = cast(ObligationQuerySet, scope.of(Obligation.objects.all()))
    counted = rates.applicable_at(rows, on=snapshot.as_of, today=today)
    lines = ObligationLine.objects.filter(snapshot=snapshot).order_by()
    owed_by = dict(lines.values_list("obligation_id", "department_id"))
    for kind in kinds().values():
        for one in kind.indicators:
            figures: Mapping[Any, Figure] = _each(snapshot, one, counted, owed_by)
            if not figures:
                figures = one.figures(counted, snapshot.as_of, rates.GROUPINGS["department"])
            _add(found, one.code, Figure(0, 0), kind=kind.code)
            for department, figure in figures.items():
                _add(found, one.code, figure, kind=kind.code, department=department)


def _each(
    snapshot: Snapshot, one: Indicator, counted: ObligationQuerySet, owed_by: dict[int, int]
) -> dict[int, Figure]:
    """Keep what an indicator counts, so that its numbers lead to their rows as they were; their
    sums by department."""
    sums: dict[int, Figure] = defaultdict(lambda: Figure(0, 0))

    def lines() -> Iterator[tuple[Any, ...]]:
        for of in rates.each_of(one, counted, on=snapshot.as_of):
            department = owed_by[of.obligation_id]
            sums[department] += of.figure
            yield _line(snapshot, one, of, department=department)

    _keep(lines())
    return sums


def _keep(lines: Iterator[tuple[Any, ...]]) -> None:
    """As plain tuples: a province has tens of thousands."""
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, _COLUMNS))
    values = ", ".join(["%s"] * len(_COLUMNS))
    insert = f"INSERT INTO {quote(CountedLine._meta.db_table)} ({names}) VALUES ({values})"
    with connection.cursor() as cursor:
        while batch := list(islice(lines, _BATCH)):
            cursor.executemany(insert, batch)


def _line(snapshot: Snapshot, one: Indicator, each: Counted, *, department: int) -> tuple[Any, ...]:
    """In the order of `_COLUMNS`."""
    day = connection.ops.adapt_datefield_value
    about = (snapshot.pk, one.code, each.obligation_id, department, each.subject_id, each.subject)
    figure = each.figure
    return *about, day(each.due_on), day(each.done_on), figure.numerator, figure.denominator


def _add(
    found: _Groups, code: str, figure: Figure, *, kind: str, department: int | None = None
) -> None:
    """Sums over sums: a figure counts in the whole, in its kind and in its department."""
    groups = [(_WHOLE, ""), (_KIND, kind)]
    if department is not None:
        groups.append((_DEPARTMENT, str(department)))
    for grouping, key in groups:
        found[str(grouping), key][code] += figure
