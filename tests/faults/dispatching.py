"""Two coordinators dispatch the same items at once, each in a thread with its own connection.

Run by manage.py shell; says what came of it. `unlocked` takes the locks away: the negative control.
"""

import contextlib
import datetime as dt
import threading

from django.db import IntegrityError, connection

from accounts.errors import StaleVersion
from accounts.models import Department
from obligations import fanning_out
from obligations.fanning_out import Choice, DutyChoice, Named, acting, planning
from obligations.models import Dispatch, ListItem, Obligation, ResponsibilityList
from obligations.models.lists import ResponsibilityListQuerySet
from obligations.today import today
from tests.faults import killing, lists
from tests.faults.racing import at_once, say

ITEMS = 20


def two_dispatches(*, unlocked=False):
    """Both saw the same preview; both press the button."""
    people = lists.people("one", "other")
    home = _list(f"清单{unlocked}")
    body = Department.objects.get(name="省公安厅")
    choice = Choice((DutyChoice("use"),), (Named(f"department:{body.pk}"),), members_on=today())
    items = ListItem.objects.filter(list=home)
    rows = [fanning_out.prepare(items, choice, by=one, on=today()) for one in people]
    digest = acting.look(rows[0], by=people[0], on=today()).digest()
    if unlocked:
        _unlock()
    _meet_after_planning(60 if unlocked else 0.5)
    told = []

    def press(row, person):
        try:
            fanning_out.confirm(row, by=person, on=today(), digest=digest)
        except (StaleVersion, IntegrityError) as refusal:
            told.append(type(refusal).__name__)

    at_once(*(lambda pair=pair: press(*pair) for pair in zip(rows, people, strict=True)))
    say(
        told=told,
        obligations=Obligation.objects.filter(item__list=home).count(),
        done=Dispatch.objects.filter(items__list=home, state="done").distinct().count(),
    )


def _list(title):
    home = ResponsibilityList.objects.create(
        kind="sharing", level="province", issuer=title, batch=7, title=title
    )
    ListItem.objects.bulk_create(
        ListItem(
            list=home,
            title=f"资源{number}",
            deadline_on=dt.date(2099, 12, 31),
            identity_hash=f"{title}{number}",
            row_hash=f"{title}{number}",
        )
        for number in range(ITEMS)
    )
    return home


def _meet_after_planning(seconds):
    """Whoever has planned waits for the other to do so too, were it let."""
    planned, meeting = planning.plan, threading.Barrier(2)

    def plan(*args, **kwargs):
        found = planned(*args, **kwargs)
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(seconds)
        return found

    planning.plan = plan


def _unlock():
    """The lists do not lock; on SQLite, where any transaction would, none is made."""
    ResponsibilityListQuerySet.select_for_update = lambda self, **_how: self
    if connection.vendor == "sqlite":
        killing.tear_transactions()
