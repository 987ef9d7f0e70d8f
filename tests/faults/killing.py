"""Kills a worker while it applies a list; says what was left each time.

Run by manage.py shell. Each worker is a process of its own, forked from one that is ready. Every
other one kills itself after a statement, from the first to the last; the rest are killed from
outside, a random moment after they began one, so that no load of the machine lets them get away.
"""

import json
import os
import random
import signal
import sys
import time

from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import AuditEntry
from jobs import queue, running
from jobs.models import Job, database_time
from obligations.importing import applying
from obligations.models import (
    Edition,
    Import,
    ItemChange,
    ListItem,
    Obligation,
    ObligationState,
    ResponsibilityList,
)
from sharing_lists.models import SharingTerms
from tests.faults import lists


def main(*, rounds, name, torn=False):
    """Kill so often, from before the first statement to after the last; print what each left.

    `torn` takes the transaction away in the killed processes: the negative control.
    """
    (keeper,) = lists.people("keeper")
    sample = lists.confirmed(lists.table(), by=keeper, issuer=name)
    statements = count_of_applying(sample)  # nobody kills this one: the others must equal it
    sample.refresh_from_db()
    left = []
    for number in range(rounds):
        upload = lists.twin(sample, by=keeper, issuer=f"{name}之{number}")
        after = statements * number // (rounds - 1)
        kill_while_applying(upload, after=after, outside=bool(number % 2), torn=torn)
        left.append(what_is_left(upload))
    if torn:
        for job in Job.objects.live():
            queue.cancel(job, by=keeper)
    say(left=left, whole=what_is_left(sample))


def finish(*, name):
    """The leases of the killed run out, and another worker does what they left undone."""
    Job.objects.live().update(lease_until=database_time(plus_seconds=-1))
    call_command("run_jobs", "--until-empty", stdout=sys.stderr)
    imports = Import.objects.filter(issuer__startswith=name).order_by("pk")
    say(left=[what_is_left(one) for one in imports], told=told(name))


def kill_while_applying(upload, *, after, outside, torn):
    connection.close()
    told, tells = os.pipe()
    worker = os.fork()
    if worker == 0:
        when_applying(lambda: die_around(after, tells if outside else None))
        if torn:
            tear_transactions()
        running.perform(upload.job_id)
        os._exit(0)
    os.close(tells)
    if os.read(told, 1):
        time.sleep(random.uniform(0, 0.01))
        os.kill(worker, signal.SIGKILL)
    os.close(told)
    os.waitpid(worker, 0)


def die_around(statements, tells):
    """Kill -9 this process after so many more statements, or tell when the last of them begins."""
    done = 0

    def counted(execute, *asked):
        nonlocal done
        if tells and done == statements:
            os.write(tells, b"!")
        answer = execute(*asked)
        done += 1
        if not tells and done == statements:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    if not tells and not statements:
        os.kill(os.getpid(), signal.SIGKILL)
    connection.execute_wrappers.append(counted)


def count_of_applying(upload):
    """How many statements follow once an apply begins to write."""
    done = []

    def counted(execute, *asked):
        done.append(asked)
        return execute(*asked)

    original = when_applying(lambda: connection.execute_wrappers.append(counted))
    running.perform(upload.job_id)
    connection.execute_wrappers.remove(counted)
    applying._list_of = original
    return len(done)


def when_applying(act):
    """Call `act` before the first row of an import is written; returns what stood there."""
    original = applying._list_of

    def acting(*args, **kwargs):
        act()
        return original(*args, **kwargs)

    applying._list_of = acting
    return original


def tear_transactions():
    """Every statement is on its own from now on, and believes that it is not."""

    def enter(self):
        connection.in_atomic_block = True

    transaction.Atomic.__enter__ = enter
    transaction.Atomic.__exit__ = lambda *_: None


def what_is_left(upload):
    """Rows of the import's list, table by table, and how import and job stand."""
    of_list = {"list__issuer": upload.issuer}
    of_item = {f"item__{name}": value for name, value in of_list.items()}
    found = ResponsibilityList.objects.filter(issuer=upload.issuer)
    homes = [str(key) for key in found.values_list("pk", flat=True)]
    upload.refresh_from_db()
    return {
        "lists": len(homes),
        "items": ListItem.objects.filter(**of_list).count(),
        "terms": SharingTerms.objects.filter(**of_item).count(),
        "editions": Edition.objects.filter(**of_list).count(),
        "changes": ItemChange.objects.filter(**of_item).count(),
        "obligations": Obligation.objects.filter(**of_item).count(),
        "states": ObligationState.objects.filter(
            obligation__item__list__issuer=upload.issuer
        ).count(),
        "audited": AuditEntry.objects.filter(
            object_type="obligations.responsibilitylist", object_id__in=homes
        ).count(),
        "import": upload.state,
        "job": Job.objects.get(pk=upload.job_id).state,
    }


def told(issuers):
    """What the lists say, each without its keys: one text per list."""
    found = {}
    items = ListItem.objects.filter(list__issuer__startswith=issuers)
    rows = items.order_by("list__issuer", "position").values_list(
        *("list__issuer", "position", "title", "deadline_on", "row_hash", "identity_hash"),
        *("sharing_terms__data_items", "obligations__duty", "obligations__due_on"),
        *("obligations__status", "changes__change"),
    )
    for issuer, *facts in rows:
        found.setdefault(issuer, []).append(facts)
    return sorted({json.dumps(facts, default=str) for facts in found.values()})


def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
