"""What /metrics tells of probes: how endpoints stand, and what was seen today."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max, Sum
from prometheus_client.core import GaugeMetricFamily, Metric

from docking.models import Endpoint, ProbeDay
from obligations.today import today


def families() -> Iterator[Metric]:
    """Endpoints that are probed, sums of the day, the newest round."""
    yield _endpoints()
    yield _probes()
    yield _newest()


def _endpoints() -> Metric:
    found = GaugeMetricFamily(
        "qingdan_endpoints", "Endpoints that may be probed, by state.", labels=["state"]
    )
    rows = Endpoint.objects.in_use().allowed().order_by()
    counted = dict(rows.values_list("state").annotate(Count("pk")))
    for state in Endpoint.State.values:
        found.add_metric([state], counted.get(state, 0))
    return found


def _probes() -> Metric:
    found = GaugeMetricFamily(
        "qingdan_probes_today", "Probes of today in Asia/Shanghai.", labels=["outcome"]
    )
    sums = ProbeDay.objects.filter(day=today()).aggregate(
        up=Sum("up_count"), down=Sum("down_count"), unclear=Sum("unclear_count")
    )
    for outcome, count in sums.items():
        found.add_metric([outcome], count or 0)
    return found


def _newest() -> Metric:
    found = GaugeMetricFamily(
        "qingdan_probe_timestamp_seconds", "When an endpoint was last probed."
    )
    at = Endpoint.objects.in_use().aggregate(at=Max("probed_at"))["at"]
    if at:
        found.add_metric([], at.timestamp())
    return found
