"""By when a request is replied to, delivered or corrected: counted by its clocks, counted anew."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import transaction

from accounts import audit
from obligations import calendars, clocks
from obligations.chunks import chunks
from obligations.models import Clock, DeadlineRule
from sharing_lists.models import DataRequest, SharingTerms

_REPLY = {
    SharingTerms.ShareType.UNCONDITIONAL: Clock.REPLY_UNCONDITIONAL,
    SharingTerms.ShareType.CONDITIONAL: Clock.REPLY_CONDITIONAL,
}
# What a request waits for -> the days of the clock that runs.
_RUNNING = {
    "reply": ("reply_by_originally", "reply_by"),
    "delivery": ("deliver_by",),
    "correction": ("correct_by",),
}


class Dates(NamedTuple):
    """The days that clocks give to one request; None where none runs."""

    reply_by_originally: dt.date | None
    reply_by: dt.date | None
    deliver_by: dt.date | None
    correct_by: dt.date | None


def clock_of(kind: str, share_type: str) -> str:
    """The clock that starts when the provider receives it; "" where nothing is shared."""
    if kind == DataRequest.Kind.CORRECT:
        return Clock.CORRECTION
    return _REPLY.get(SharingTerms.ShareType(share_type), "")


def rule_of(one: DataRequest) -> DeadlineRule:
    """The rule of its first clock, of the day on which it was received."""
    return clocks.in_region(one.clock, _region_of(one), on=one.asked_on)


def count(one: DataRequest) -> Dates:
    """By the rules of the days on which its clocks started."""
    region_id = _region_of(one)
    calendar, first = calendars.in_region(region_id), rule_of(one)
    by = calendar.after(one.asked_on, first.days, first.unit)
    if one.kind == DataRequest.Kind.CORRECT:
        return Dates(None, None, None, by)
    deliver_by = None
    if one.answer == DataRequest.Answer.AGREED and one.replied_on is not None:
        delivery = clocks.in_region(Clock.DELIVERY, region_id, on=one.replied_on)
        deliver_by = calendar.after(one.replied_on, delivery.days, delivery.unit)
    return Dates(by, calendar.after(by, one.extension_days, first.unit), deliver_by, None)


def put(one: DataRequest) -> None:
    """Write the days onto the request; the caller saves it."""
    for name, value in count(one)._asdict().items():
        setattr(one, name, value)


def recount(on: dt.date) -> int:
    """Count anew what still runs, after rules or calendars changed; how many moved. What was
    replied to, delivered or corrected by its day is not judged again."""
    joined = DataRequest.objects.open().select_related("obligation__department")
    differing = [one.pk for one in joined.order_by("pk").iterator() if _moved(one)]
    for chunk in chunks(differing):
        with transaction.atomic():
            held = DataRequest.objects.open().select_for_update(of=("self",)).filter(pk__in=chunk)
            for one in held.select_related("obligation__department").order_by("pk"):
                _move(one, on=on)
    return len(differing)


def _moved(one: DataRequest) -> dict[str, tuple[dt.date | None, dt.date | None]]:
    """The days of the running clock that are other ones now: before, and now."""
    now = count(one)._asdict()
    days = {name: (getattr(one, name), now[name]) for name in _RUNNING.get(one.waits_for, ())}
    return {name: (before, after) for name, (before, after) in days.items() if before != after}


def _move(one: DataRequest, *, on: dt.date) -> None:
    moved = _moved(one)
    for name, (_before, after) in moved.items():
        setattr(one, name, after)
    one.version += 1
    one.save()
    changes = {name: [f"{before}", f"{after}"] for name, (before, after) in moved.items()}
    detail = {"on": on.isoformat(), "request": one.pk, "changes": changes}
    department_id = one.obligation.department_id
    audit.record(one, verb="recount_dates", by=None, detail=detail, department_id=department_id)


def _region_of(one: DataRequest) -> int | None:
    return one.obligation.department.region_id
