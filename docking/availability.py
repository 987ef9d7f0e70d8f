"""接口可用率 by probes: successful ones over those that could tell; how endpoints stand now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from docking.models import Endpoint, ProbeDay, ProbeResult
from jobs import watching
from obligations.indicators import Figure
from obligations.kinds import (
    AVAILABILITY_CODE,
    AVAILABILITY_DAYS,
    AVAILABILITY_LABEL,
    AVAILABILITY_MEANING,
    Indicator,
)
from obligations.models.obligation import ObligationQuerySet

JOB = "docking.probe"


def of_obligations(ids: Iterable[int], *, on: dt.date) -> dict[int, Figure]:
    """Over the 30 days that end on `on`, retired endpoints included; by obligation."""
    return _summed("endpoint__obligation", list(ids), on=on)


def of_endpoints(ids: Iterable[int], *, on: dt.date) -> dict[int, Figure]:
    """As `of_obligations`, by endpoint."""
    return _summed("endpoint", list(ids), on=on)


def with_last_results(endpoints: Sequence[Endpoint]) -> list[tuple[Endpoint, ProbeResult | None]]:
    """Each endpoint with the newest thing that a probe saw."""
    last = ProbeResult.objects.filter(endpoint=OuterRef("pk")).order_by("-at")
    chosen = Endpoint.objects.filter(pk__in=[one.pk for one in endpoints])
    newest = chosen.annotate(last=Subquery(last.values("pk")[:1])).values("last")
    found = {one.endpoint_id: one for one in ProbeResult.objects.filter(pk__in=newest)}
    return [(one, found.get(one.pk)) for one in endpoints]


def by_group(rows: ObligationQuerySet, on: dt.date, path: str) -> dict[Any, Figure]:
    """As `of_obligations`, all of a group together; `path` leads there from an obligation."""
    return _figures(_of_own(rows, on), f"endpoint__obligation__{path}")


def of_each(rows: ObligationQuerySet, on: dt.date) -> dict[int, Figure]:
    """As `of_obligations`, of those that were probed at all."""
    return _figures(_of_own(rows, on), "endpoint__obligation")


# Counts probes, not obligations: there are no rows of the list behind its numbers.
AVAILABILITY = Indicator(
    code=AVAILABILITY_CODE,
    label=AVAILABILITY_LABEL,
    source=AVAILABILITY_MEANING,
    figures=by_group,
    of_each=of_each,
    job=JOB,
)


def stopped_since() -> dt.datetime | None:
    """Since when rounds of probes are late, and nothing here can be trusted to be of now."""
    return watching.late_since(JOB)


def _summed(key: str, ids: list[int], *, on: dt.date) -> dict[int, Figure]:
    found = _figures(_days(on).filter(**{f"{key}__in": ids}), key)
    return {pk: found.get(pk, Figure(0, 0)) for pk in ids}


def _of_own(rows: ObligationQuerySet, on: dt.date) -> QuerySet[ProbeDay]:
    return _days(on).filter(endpoint__obligation__in=rows.filter(external=False).values("pk"))


def _days(on: dt.date) -> QuerySet[ProbeDay]:
    return ProbeDay.objects.filter(day__gt=on - dt.timedelta(days=AVAILABILITY_DAYS), day__lte=on)


def _figures(days: QuerySet[ProbeDay], key: str) -> dict[Any, Figure]:
    sums = days.order_by().values_list(key).annotate(Sum("up_count"), Sum("down_count"))
    return {pk: Figure(up, up + down) for pk, up, down in sums}
