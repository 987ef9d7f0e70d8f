"""A province's full monthly report of 100,000 obligations: from the click to the stored file.

The whole job as a worker does it: the snapshot of the last month's end from history, every sheet,
the stored file and its row. The limit is 30 s on PostgreSQL and on SQLite.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from unittest import mock

import time_machine
from django.db import connection

from accounts.models import Department, Role, User
from bench import database, measure, multiplied
from jobs import running, waking
from jobs.models import Job
from obligations.models import Obligation
from obligations.today import SHANGHAI
from reports import making
from reports.models import Report
from reports.scopes import Scope

OBLIGATIONS, DEPARTMENTS, SAMPLE = 100_000, 60, 5_000
LIMIT_SECONDS = 30.0


def run() -> str:
    """On the database that DATABASE_URL names, and on a PostgreSQL made for it."""
    lines = [] if connection.vendor == "postgresql" else [database.on_postgres("report")]
    with database.own():
        lines.append(_measure(_load()))
    return "\n".join(lines)


def _load() -> dt.date:
    """Spread over as many departments as a province has."""
    today = multiplied.load(obligations=OBLIGATIONS, sample=SAMPLE)
    owing = Department.objects.filter(obligations__external=False).distinct()
    pattern = owing.order_by("pk")[0]
    wanting = DEPARTMENTS - owing.count()
    keys = list(
        Obligation.objects.filter(external=False).order_by("pk").values_list("pk", flat=True)
    )
    share = len(keys) // DEPARTMENTS
    for number in range(max(wanting, 0)):
        body = Department.objects.create(
            name=f"【示例】省第{number + 1}厅", region=pattern.region, position=1000 + number
        )
        moved = keys[number * share : (number + 1) * share]
        Obligation.objects.filter(pk__gte=moved[0], pk__lte=moved[-1], external=False).update(
            department=body
        )
    database.settle()
    return today


def _measure(today: dt.date) -> str:
    by = User.objects.create_user("bench-coordinator", role=Role.COORDINATOR)
    seen: list[tuple[int, str]] = []

    def shown(run: running.Run, done: int, total: int, message: str = "") -> None:
        seen.append((done * 100 // total, str(message)))

    at = dt.datetime.combine(today, dt.time(9), tzinfo=SHANGHAI)
    on = today.replace(day=1) - dt.timedelta(days=1)
    watched = mock.patch.object(running.Run, "progress", shown)
    with time_machine.travel(at, tick=True), mock.patch.object(waking, "wake"), watched:
        began = time.perf_counter()
        job = making.ask(on=on, today=today, by=by, scope=Scope())
        running.perform(job.pk)
        seconds = time.perf_counter() - began
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise RuntimeError(f"the report is {job.state}: {job.error}")
    return _told(seconds, Report.objects.get(job=job), steps=len({done for done, _said in seen}))


def _told(seconds: float, report: Report, *, steps: int) -> str:
    if seconds > LIMIT_SECONDS:
        print(f"report: {seconds:.1f} s is over {LIMIT_SECONDS:.0f} s", file=sys.stderr)
    bodies = report.snapshot.figures.filter(grouping="department").count()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    size = f"{connection.vendor} {report.snapshot.lines.count()}x{bodies} departments"
    said = measure.line("report", size, measure.Ratio(seconds, LIMIT_SECONDS), peer="limit")
    return f"{said}; {report.size / 2**20:.1f} MB, {steps} steps shown, at most {memory} MB held"
