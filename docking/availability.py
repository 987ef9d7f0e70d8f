"""接口可用率: successful probes over those that could tell, and how endpoints stand now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import OuterRef, Subquery, Sum

from docking.models import Endpoint, ProbeDay, ProbeResult
from obligations.indicators import Figure

DAYS = 30


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


def _summed(key: str, ids: list[int], *, on: dt.date) -> dict[int, Figure]:
    first = on - dt.timedelta(days=DAYS - 1)
    days = ProbeDay.objects.filter(**{f"{key}__in": ids}, day__gte=first, day__lte=on)
    sums = days.values_list(key).annotate(Sum("up_count"), Sum("down_count"))
    found = {pk: Figure(up, up + down) for pk, up, down in sums}
    return {pk: found.get(pk, Figure(0, 0)) for pk in ids}
