"""The one place that reads the clock: the day in Asia/Shanghai."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")
_CLOSE_OF_BUSINESS = dt.time(17, 30)


def today() -> dt.date:
    """Today in Asia/Shanghai, whatever the process's time zone. For edges only."""
    return date_of(timezone.now())


def date_of(at: dt.datetime) -> dt.date:
    """The day of a moment in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()


def moment(on: dt.date) -> dt.datetime:
    """A time stamp for an act of day `on`: now, or that day's close when it is recorded later."""
    now = timezone.now()
    if date_of(now) == on:
        return now
    return dt.datetime.combine(on, _CLOSE_OF_BUSINESS, tzinfo=SHANGHAI)


def end_of(day: dt.date) -> dt.datetime:
    """The first moment that is no longer the day."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI)
