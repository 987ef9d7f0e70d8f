"""下达通知: every issue has one, numbered by year without gaps."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from obligations.models import Notice, NoticeYear
from obligations.today import moment


def make(*, by: User, on: dt.date, note: str = "") -> Notice:
    """The next notice of the year; the caller's transaction holds the year until it commits."""
    NoticeYear.objects.get_or_create(year=on.year)
    year = NoticeYear.objects.select_for_update().get(year=on.year)
    year.last += 1
    year.save()
    return Notice.objects.create(
        year=on.year,
        number=year.last,
        issued_on=on,
        issued_at=moment(on),
        issued_by=by,
        note=note.strip(),
    )
