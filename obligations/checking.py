"""Asks for a check of fulfilment, as a job."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts import permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs import queue
from jobs.models import Job
from obligations.changing import require_known_day


def request(*, by: User, on: dt.date, today: dt.date) -> Job:
    """Enqueue the check of a day; asking again while it is at work gives the person's same job."""
    permissions.require(by, "run_checks")
    require_known_day(on)
    if on > today:
        raise RuleViolation(_("A day in the future cannot be checked: use today or earlier."))
    # Another person's job would be hidden from this one, hence the person in the key.
    key = f"{by.pk}:{on.isoformat()}"
    return queue.enqueue("obligations.check", key=key, args={"on": on.isoformat()}, by=by)
