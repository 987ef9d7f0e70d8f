"""Dispatching 2,000 obligations in one action, from the confirmed plan to the commit.

Peer: bulk_create of the same 2,000 rows and nothing else. Ours finds out what is missing, compares
it with what the person was shown, and writes the rows with their history and their audit trail.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.test.runner import DiscoverRunner

from accounts.models import Department, Region, Role, User
from bench import measure
from obligations import fanning_out
from obligations.fanning_out import Choice, DutyChoice, Named, acting
from obligations.models import Dispatch, ListItem, Obligation, ResponsibilityList

ITEMS, DEPARTMENTS = 40, 50
OBLIGATIONS = ITEMS * DEPARTMENTS
PEER = "bulk_create"
_ON = dt.date(2026, 9, 1)


@dataclass
class Bench:
    """Each measured act is rolled back, so that the next one finds the same."""

    by: User
    row: Dispatch

    def ours(self) -> None:
        with transaction.atomic():
            done = fanning_out.perform(self.row, by=self.by, on=_ON, progress=_silent)
            if done.made != OBLIGATIONS:
                raise RuntimeError(f"{done.made} obligations were made, not {OBLIGATIONS}")
            transaction.set_rollback(True)

    def peer(self) -> None:
        rows = [
            Obligation(
                item=item,
                department_id=pk,
                duty="catalogue",
                due_on=item.deadline_on,
                original_due_on=item.deadline_on,
                raised_on=_ON,
            )
            for item in self.row.items.all()
            for pk in Department.objects.values_list("pk", flat=True)
        ]
        with transaction.atomic():
            Obligation.objects.bulk_create(rows, batch_size=500)
            transaction.set_rollback(True)


def run() -> str:
    """On a database of its own, which is dropped again."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        drafts = _prepared(issue=False)
        ratio = measure.in_turn(drafts.ours, drafts.peer)
        issuing = _prepared(issue=True)
        start = time.perf_counter()
        issuing.ours()
        issued = time.perf_counter() - start
        line = measure.line(f"dispatch ({connection.vendor})", OBLIGATIONS, ratio, peer=PEER)
        return f"{line}; issued with a notice as well: {issued:.3f} s"
    finally:
        runner.teardown_databases(databases)


def _prepared(*, issue: bool) -> Bench:
    by = _people()
    items = ListItem.objects.all()
    bodies = tuple(Named(f"department:{one.pk}") for one in Department.objects.all())
    choice = Choice((DutyChoice("catalogue"),), bodies, members_on=_ON, issue=issue)
    row = fanning_out.prepare(items, choice, by=by, on=_ON)
    row.digest = acting.look(row, by=by, on=_ON).digest()
    row.state = Dispatch.State.RUNNING
    row.save()
    return Bench(by, row)


def _people() -> User:
    known = User.objects.filter(username="bench").first()
    if known:
        return known
    region = Region.objects.create(name="测速省")
    departments = Department.objects.bulk_create(
        Department(name=f"部门{number}", region=region, position=number)
        for number in range(DEPARTMENTS)
    )
    home = ResponsibilityList.objects.create(
        kind="sharing", level="province", batch=1, title="测速"
    )
    ListItem.objects.bulk_create(
        ListItem(
            list=home,
            title=f"资源{number}",
            position=number,
            deadline_on=dt.date(2026, 12, 31),
            identity_hash=f"identity{number}",
            row_hash=f"row{number}",
        )
        for number in range(ITEMS)
    )
    return User.objects.create_user(
        "bench", password=None, role=Role.COORDINATOR, department=departments[0]
    )


def _silent(_done: int, _of: int) -> None:
    """Nobody watches."""
