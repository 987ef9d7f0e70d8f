"""The demonstration's reminders: one morning's digests, and a department that was urged."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from jobs import queue
from obligations import calendars, urging
from obligations.models import Obligation
from obligations.reminding import choices, digests

_BY_MAIL = ("coordinator", "officer", "reviewer")
_ROWS = 3
_ONE_DAY = dt.timedelta(days=1)


def remind(*, today: dt.date) -> None:
    """As on the newest working day; the mails become files, unless a server is named."""
    on = _working_day(today)
    _urge(on=_working_day(on - _ONE_DAY))
    for user in User.objects.filter(username__in=_BY_MAIL):
        choices.choose(
            user,
            by_mail=True,
            mail_address=f"{user.username}@example.invalid",
            targets=(),
            version=1,
        )
    digests.write(digests.gather(on))
    queue.enqueue("obligations.send_reminders", key=on.isoformat())


def _urge(*, on: dt.date) -> None:
    coordinator = User.objects.get(username="coordinator")
    officer = User.objects.select_related("department").get(username="officer")
    assert officer.department is not None
    own = Obligation.objects.filter(department=officer.department)
    rows = urging.look_at(urging.urgeable(own, by=coordinator, on=on), on=on)[:_ROWS]
    if rows:
        urging.send(
            officer.department,
            Obligation.objects.filter(pk__in=[row.obligation.pk for row in rows]),
            text=urging.draft(officer.department, rows, on=on),
            answer_by=urging.answer_day(on),
            by=coordinator,
            on=on,
        )


def _working_day(day: dt.date) -> dt.date:
    """The day itself, or the last working day before it."""
    calendar = calendars.current()
    while not calendar.is_workday(day):
        day -= _ONE_DAY
    return day
