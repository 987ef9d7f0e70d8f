"""Freezes what a report says beside its lines and their totals."""

from __future__ import annotations

import datetime as dt

from obligations import calendars
from reports import doubts, kind_rates, trends
from reports.models import ObligationLine, Snapshot
from reports.scopes import Scope


def freeze(snapshot: Snapshot, *, scope: Scope, today: dt.date) -> None:
    """In the transaction of the snapshot, when its lines and figures stand."""
    _count_days_left(snapshot)
    kind_rates.freeze(snapshot, scope=scope, today=today)
    trends.freeze(snapshot, scope=scope)
    doubts.freeze(snapshot)


def _count_days_left(snapshot: Snapshot) -> None:
    """Working days until what falls due soon: counted once for each day, of which there are few."""
    calendar = calendars.current()
    lines = ObligationLine.objects.filter(snapshot=snapshot).falling_due()
    for day in filter(None, set(lines.order_by().values_list("due_on", flat=True))):
        left = calendar.count(snapshot.as_of, day)
        lines.filter(due_on=day).update(left_days=left)
