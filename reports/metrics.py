"""What /metrics tells of planned reports: how many are late, and how many wait for people."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from reports import planned
from reports.models import PlannedReport


def families() -> Iterator[Metric]:
    yield _number(
        "qingdan_planned_reports_late",
        "Planned reports that are not there in their time, or failed.",
        planned.late_count(now=timezone.now()),
    )
    yield _number(
        "qingdan_planned_reports_to_publish",
        "Planned reports that are made and not published.",
        PlannedReport.objects.to_publish().count(),
    )


def _number(name: str, about: str, count: int) -> Metric:
    found = GaugeMetricFamily(name, about)
    found.add_metric([], count)
    return found
