"""A past day of 100,000 obligations with a year of history; peer: the same figures of today.

Ours: the state and light of every obligation at the end of the day by the day's own rule, added up
by department. The peer reads today's stored lights from the obligations' own columns. The target
is 1 s on PostgreSQL, where it must also use the indexes for one obligation's past.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

from django.db import connection

from bench import database, measure, multiplied
from obligations import as_it_was, indicators, replay
from obligations.models import Obligation, ObligationState
from obligations.models.obligation import ObligationQuerySet

OBLIGATIONS, SAMPLE = 100_000, 5_000
PEER = "today's own columns"
TARGET_SECONDS = 1.0
_DAYS_AGO = 250
_PAGE = 50
_ROOT = Path(__file__).resolve().parent.parent


def run() -> str:
    """On the database that DATABASE_URL names, and on a PostgreSQL made for it."""
    lines = [] if connection.vendor == "postgresql" else [_on_postgres()]
    with database.own():
        lines.append(_measure(multiplied.load(obligations=OBLIGATIONS, sample=SAMPLE)))
    return "\n".join(lines)


def _on_postgres() -> str:
    again = [sys.executable, "-m", "tests.postgres", sys.executable, "-m", "bench", "replay"]
    ended = subprocess.run(again, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return ended.stdout.strip()


def _measure(today: dt.date) -> str:
    on = today - dt.timedelta(days=_DAYS_AGO)
    ratio = measure.in_turn(
        lambda: replay.counts_by(_owed(), "department_id", on=on, today=today),
        lambda: indicators.count_by(_owed(), "department_id", on=today),
    )
    if ratio.ours > TARGET_SECONDS:
        print(f"replay: {ratio.ours:.3f} s is over {TARGET_SECONDS} s", file=sys.stderr)
    states = ObligationState.objects.count()
    said = measure.line("replay", f"{connection.vendor} {OBLIGATIONS}", ratio, peer=PEER)
    return f"{said}; {states} rows of history, {_paths(on)}"


def _owed() -> ObligationQuerySet:
    return Obligation.objects.filter(external=False)


def _paths(on: dt.date) -> str:
    """How the database finds the past of a page of obligations, and how long that takes."""
    keys = list(Obligation.objects.order_by("pk").values_list("pk", flat=True)[:_PAGE])
    plan = replay.then(Obligation.objects.filter(pk__in=keys), on=on).explain()
    # PostgreSQL names its index, SQLite says that it uses one.
    by_index = "state_once_a_day" in plan or "USING INDEX" in plan
    rows = list(Obligation.objects.select_related("department").filter(pk__in=keys))
    page = measure.in_turn(lambda: as_it_was.put_back(rows, on=on), lambda: None)
    found = "by an index" if by_index else "by reading all"
    return f"a page of {_PAGE} in {page.ours:.3f} s, {found}"
