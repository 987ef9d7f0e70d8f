"""The one place that reads the clock: the day in Asia/Shanghai."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_date

from obligations.workdays import FIRST_DAY

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


def day_of(text: str) -> dt.date | None:
    """The day that an address names; today where it names none, None where it cannot be read."""
    try:
        return parse_date(text) if text else today()
    except ValueError:
        return None


def past_day_of(text: str) -> dt.date:
    """As `day_of`; today also for a day to come, one before any calendar, or none at all."""
    found = day_of(text)
    return found if found and FIRST_DAY <= found <= today() else today()


def is_over(text: str) -> bool:
    """Whether an address names a day that is over, which is shown from history."""
    return past_day_of(text) < today()


def is_no_day(text: str) -> bool:
    """Whether an address names what no page can show: no day, one to come, or one before any
    calendar. Today is shown instead, and said to be."""
    found = day_of(text)
    return found is None or not FIRST_DAY <= found <= today()
