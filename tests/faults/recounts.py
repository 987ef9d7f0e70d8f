"""Recounts that are killed, and acts under way while a calendar is loaded.

Run by manage.py shell; each function prints what became of the dates.
"""

import datetime as dt
import io
import os
import signal
import threading

import time_machine
from django.db import connection, connections, transaction

from accounts.models import AuditEntry, Department, Role, User
from jobs import running
from jobs.models import Job, database_time
from obligations import calendar_loading, calendars, clocks, dating, history, in_flight, recounting
from obligations.models import (
    DateBasis,
    ListItem,
    Obligation,
    ObligationState,
    Recount,
    ResponsibilityList,
)
from tests.faults import lists
from tests.faults.killing import say, tear_transactions
from tests.obligations import announcements
from tests.together import lock_nothing

START, ON = dt.date(2026, 12, 10), dt.date(2026, 12, 16)
NOW = dt.datetime(2026, 12, 16, 4, tzinfo=dt.UTC)
BEFORE, AFTER = dt.date(2027, 1, 8), dt.date(2027, 1, 10)
ROWS, CHUNK = 12, 4


def killed(*, torn=False):
    """Kill -9 twice, in the midst of writing a chunk; then let another worker finish."""
    job = _announced(ROWS)
    recounting._CHUNK = CHUNK
    left = []
    for _time in range(1 if torn else 2):
        _kill_while_writing(job, chunk=2 if not left else 1, torn=torn)
        left.append(_told())
        Job.objects.live().update(lease_until=database_time(plus_seconds=-1))
    if not torn:
        with time_machine.travel(NOW):
            running.perform(job)
    say(left=left, finished=_told(), job=Job.objects.get(pk=job).state)


def under_way(*, waits=True):
    """An act counts by the old calendar, and commits when the recount of the new one has begun."""
    keeper = _people()
    row = _owed(1)[0]
    counted, commit, committed = threading.Event(), threading.Event(), threading.Event()

    def act():
        with transaction.atomic():
            mine = Obligation.objects.select_for_update().get(pk=row.pk)
            _count(mine)
            counted.set()
            commit.wait(60)
        committed.set()
        connections.close_all()

    def let_it_commit():
        commit.set()
        committed.wait(60)

    thread = threading.Thread(target=act)
    thread.start()
    counted.wait(60)
    recount = _announce(keeper)
    if waits:
        wait = in_flight.wait_for_acts
        in_flight.wait_for_acts = lambda: wait(pause=let_it_commit)
    else:
        in_flight.wait_for_acts = lambda: None
    recounting.run(recount, on=ON)
    let_it_commit()
    thread.join()
    row.refresh_from_db()
    say(due_on=row.due_on.isoformat(), looked_at=Recount.objects.get(pk=recount.pk).looked_at)


def _announced(count):
    """So many dates counted across 2027, whose announcement moves them; the recount's job."""
    keeper = _people()
    for row in _owed(count):
        _count(row)
    _announce(keeper)
    return Job.objects.get(kind=recounting.JOB).pk


def _people():
    lists.people("one")
    body = Department.objects.get(name="省公安厅")
    calendars.seed()
    clocks.seed()
    return User.objects.create_user(
        "keeper", password="correct-horse-battery", role=Role.SYSTEM_ADMINISTRATOR, department=body
    )


def _owed(count):
    body = Department.objects.get(name="省公安厅")
    home = ResponsibilityList.objects.create(kind="sharing", level="province", batch=1, title="一")
    made = []
    for number in range(count):
        item = ListItem.objects.create(
            list=home,
            title=f"资源{number}",
            body=body,
            position=number,
            deadline_kind="ongoing",
            identity_hash=str(number),
            row_hash=str(number),
        )
        made.append(
            Obligation.objects.create(
                item=item,
                department=body,
                duty="supply",
                status="in_progress",
                raised_on=START,
                due_on=START,
                original_due_on=START,
            )
        )
    return made


def _count(row):
    dating.by_clock(row, "due_on", "resume", start=START, event="lift_block", days=20)
    row.save()
    history.record(row, on=START)


def _announce(keeper):
    load = calendar_loading.receive(
        io.BytesIO(announcements.csv()),
        name="2027.csv",
        year=2027,
        region=None,
        provisional=False,
        source="国办发明电〔2026〕9号",
        by=keeper,
    )
    return calendar_loading.confirm(load, by=keeper, version=load.version)


def _kill_while_writing(job, *, chunk, torn):
    """A forked worker says when it has written dates and not yet their history, and is killed."""
    writes, wrote = os.pipe()
    connection.close()
    worker = os.fork()
    if worker == 0:
        _stop_in_chunk(chunk, tell=lambda: os.write(wrote, b"."))
        if torn:
            tear_transactions()
            # PostgreSQL refuses to lock rows where there is no transaction.
            lock_nothing()
        with time_machine.travel(NOW):
            running.perform(job)
        os._exit(0)
    os.close(wrote)
    os.read(writes, 1)
    os.close(writes)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def _stop_in_chunk(number, *, tell):
    record, done = history.record_many, []

    def stop(ids, *, on):
        done.append(1)
        if len(done) == number:
            tell()
            signal.pause()
        record(ids, on=on)

    history.record_many = stop


def _told():
    """How many rows are wholly as before, wholly moved, or neither; and what moved them."""
    found = {"before": 0, "moved": 0, "torn": 0}
    for row in Obligation.objects.all():
        entries = AuditEntry.objects.filter(verb="recount_dates", object_id=str(row.pk)).count()
        bases = DateBasis.objects.filter(obligation=row).count()
        state = ObligationState.objects.get(obligation=row, valid_to=None).due_on
        facts = (row.due_on, state, row.version, entries, bases)
        whole = {(BEFORE, BEFORE, 1, 0, 1): "before", (AFTER, AFTER, 2, 1, 2): "moved"}
        found[whole.get(facts, "torn")] += 1
    return found
