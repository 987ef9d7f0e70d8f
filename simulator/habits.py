"""When an exchange is due, and what its receipt says. Pure.

What a receipt says follows from resource and moment alone: sent again it is the same receipt.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from zoneinfo import ZoneInfo

from simulator.plan import Habit, Resource

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Weekly data are sent on Fridays, monthly data on the 26th.
WEEKDAY, DAY_OF_MONTH = 4, 26
LATE = dt.timedelta(days=2)
_STEP_MINUTES = 5
_ONE_DAY = dt.timedelta(days=1)


def newest(resource: Resource, *, habit: Habit, at: dt.datetime) -> dt.datetime | None:
    """The last exchange that was due by then; none for cycles longer than a month."""
    now = at.astimezone(SHANGHAI) - (LATE if habit == Habit.LATE else dt.timedelta())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match resource.cycle:
        case "real_time":
            passed = now.minute % _STEP_MINUTES
            return now.replace(minute=now.minute - passed, second=0, microsecond=0)
        case "daily" | "workdaily":
            return midnight
        case "weekly":
            return midnight - _ONE_DAY * ((now.weekday() - WEEKDAY) % 7)
        case "monthly":
            return _monthly(midnight)
    return None


def _monthly(midnight: dt.datetime) -> dt.datetime:
    while midnight.day != DAY_OF_MONTH:
        midnight -= _ONE_DAY
    return midnight


def receipt(resource: Resource, *, moment: dt.datetime) -> dict[str, Any]:
    """Of one exchange: its day, how much it was, and the digest of what was delivered."""
    day, data = moment.date().isoformat(), f"{resource.name} {moment.isoformat()}".encode()
    digest = hashlib.sha256(data).hexdigest()
    amount = 800 + int(digest[:4], 16) % 900
    said: dict[str, Any] = {
        "resource": resource.name,
        "period_from": day,
        "period_to": day,
        "newest_data_at": moment.isoformat(),
        "sha256": digest,
    }
    if resource.by_calls:
        return said | {"calls": amount, "failures": amount % 7}
    return said | {"rows": amount}
