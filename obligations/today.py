"""The one place that reads the clock: the day in Asia/Shanghai."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """Today in Asia/Shanghai, whatever the process's time zone. For edges only."""
    return timezone.now().astimezone(SHANGHAI).date()
