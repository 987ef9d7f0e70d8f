"""Mornings on which reminders are made, and what people are told on them."""

import datetime as dt

import time_machine

from jobs import queue, running
from obligations.models import Digest


def at(day, hour=9):
    """A travelled clock, in Shanghai."""
    zone = dt.timezone(dt.timedelta(hours=8))
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour), tzinfo=zone), tick=False)


def remind(day, *, on=None):
    """The schedule's job of `on`, done on `day`."""
    on = on or day
    args = {"on": on.isoformat(), "every": "day"}
    job = queue.enqueue("obligations.remind", period=f"{on}", args=args)
    with at(day):
        running.perform(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def told(user, day):
    """{source: ids} of the digest that the user has of the day, or None."""
    digest = Digest.objects.filter(user=user, day=day).first()
    return digest and {line["source"]: line["ids"] for line in digest.lines}
