"""接口可用率 by calls: successful ones over all that a log or a receipt counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest

from obligations.indicators import Figure
from obligations.kinds import (
    AVAILABILITY_CODE,
    AVAILABILITY_DAYS,
    AVAILABILITY_LABEL,
    AVAILABILITY_MEANING,
    Indicator,
)
from obligations.models import Duty
from obligations.models.obligation import ObligationQuerySet
from sharing_lists.models import Delivery
from sharing_lists.promises import BY_CALLS


def by_group(rows: ObligationQuerySet, on: dt.date, path: str) -> dict[Any, Figure]:
    """Over the 30 days that end on `on`; `path` leads from an obligation to its group."""
    return _figures(_calls(rows, on), f"obligation__{path}")


def of_each(rows: ObligationQuerySet, on: dt.date) -> dict[int, Figure]:
    """As `by_group`, of those that were called at all."""
    return _figures(_calls(rows, on), "obligation")


def _calls(rows: ObligationQuerySet, on: dt.date) -> QuerySet[Delivery]:
    own = rows.filter(
        external=False, duty=Duty.SUPPLY, item__sharing_terms__share_mode__in=BY_CALLS
    )
    first = on - dt.timedelta(days=AVAILABILITY_DAYS)
    seen = Delivery.objects.standing().filter(obligation__in=own.values("pk"), calls__gt=0)
    return seen.filter(arrived_on__gt=first, arrived_on__lte=on)


def _figures(calls: QuerySet[Delivery], key: str) -> dict[Any, Figure]:
    succeeded = Greatest(F("calls") - Coalesce("failures", 0), 0)
    sums: Any = calls.order_by().values(key)
    sums = sums.annotate(good=Sum(succeeded), asked=Sum("calls"))
    return {row[key]: Figure(row["good"], row["asked"]) for row in sums}


# Counts calls, not obligations: there are no rows of the list behind its numbers.
AVAILABILITY = Indicator(
    code=AVAILABILITY_CODE,
    label=AVAILABILITY_LABEL,
    source=AVAILABILITY_MEANING,
    figures=by_group,
    of_each=of_each,
)
