"""Two people apply the same file at once, each in a thread with a connection of its own.

Run by manage.py shell; says what came of it. `unlocked` takes the lock on the list away: the
negative control.
"""

import json
import sys
import threading

from django.db import connection

from accounts.errors import StaleVersion
from jobs import running
from jobs.models import Job
from obligations.importing import planning, uploads
from obligations.models import Edition, Import, ItemChange, ListItem
from obligations.models.lists import ResponsibilityListQuerySet
from tests.faults import killing, lists
from tests.together import at_once, wait_for_others


def two_imports(*, unlocked=False):
    """The list stands; two people bring the same amended file, and two workers apply it."""
    one, other = lists.people("one", "other")
    issuer = f"发布单位{unlocked}"
    first = lists.confirmed(lists.table(), by=one, issuer=issuer)
    running.perform(first.job_id)
    amended = lists.table(last="2028年9月底")
    both = [lists.confirmed(amended, by=person, issuer=issuer) for person in (one, other)]
    if unlocked:
        unlock()
    meet_after_comparing(60 if unlocked else 0.5)
    at_once(*(lambda upload=upload: running.perform(upload.job_id) for upload in both))
    rows = Import.objects.filter(pk__in=[upload.pk for upload in both]).order_by("pk")
    say(
        jobs=sorted(Job.objects.get(pk=row.job_id).state for row in rows),
        imports=sorted(row.state for row in rows),
        nothing=sorted(bool(row.plan.get("changed_nothing")) for row in rows),
        editions=Edition.objects.filter(list__issuer=issuer).count(),
        items=ListItem.objects.filter(list__issuer=issuer).count(),
        changes=ItemChange.objects.filter(edition__list__issuer=issuer, change="changed").count(),
    )


def two_confirmations():
    """Two people press the button of the same import at once."""
    one, other = lists.people("one", "other")
    row = lists.twin(lists.confirmed(lists.table(), by=one), by=one, issuer="另一发布单位")
    Import.objects.filter(pk=row.pk).update(state=Import.State.READY)
    told = []

    def press(person):
        try:
            uploads.confirm(row, by=person, version=row.version)
        except StaleVersion as stale:
            told.append(str(stale))

    before = Job.objects.count()
    at_once(lambda: press(one), lambda: press(other))
    say(told=told, jobs=Job.objects.count() - before)


def meet_after_comparing(seconds):
    """Whoever has compared waits for the other to do so too, were it let."""
    compared, meeting = planning.difference, threading.Barrier(2)

    def compare(*args, **kwargs):
        found = compared(*args, **kwargs)
        wait_for_others(meeting, seconds)
        return found

    planning.difference = compare


def unlock():
    """The row of the list does not lock; on SQLite, where any transaction would, none is made."""
    ResponsibilityListQuerySet.select_for_update = lambda self, **_how: self
    if connection.vendor == "sqlite":
        killing.tear_transactions()


def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
