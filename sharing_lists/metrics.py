"""What /metrics tells of receipts: how many were kept, how many refused and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Sum
from prometheus_client.core import GaugeMetricFamily, Metric

from obligations.today import end_of, today
from sharing_lists.models import Delivery, ReceiptRefusal
from sharing_lists.refusals import REASONS


def families() -> Iterator[Metric]:
    """Of this day in Asia/Shanghai: both begin at 0 with it."""
    yield _kept()
    yield _refused()


def _kept() -> Metric:
    found = GaugeMetricFamily(
        "qingdan_receipts_kept_today", "Receipts of today that were kept.", labels=["outcome"]
    )
    on = today()
    # By the moment of arrival, as the index has it.
    rows = Delivery.objects.filter(
        arrived_at__gte=end_of(on) - dt.timedelta(days=1), source=Delivery.Source.RECEIPT
    )
    counted = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
    for outcome in Delivery.Outcome.values:
        found.add_metric([outcome], counted.get(outcome, 0))
    return found


def _refused() -> Metric:
    found = GaugeMetricFamily(
        "qingdan_receipts_refused_today", "Receipts of today that were refused.", labels=["reason"]
    )
    rows = ReceiptRefusal.objects.filter(day=today()).order_by()
    counted = dict(rows.values_list("reason").annotate(Sum("count")))
    for reason in REASONS:
        found.add_metric([reason], counted.get(reason, 0))
    return found
