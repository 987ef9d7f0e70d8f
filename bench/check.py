"""The nightly check whole: closing the day before, then lights, findings, contradictions, totals.

1,000,000 obligations on PostgreSQL (that DATABASE_URL names, or one made for it) and 100,000 on
SQLite, of which 1 % change their light in the night. Peer of judging: one SELECT that counts the
rows whose light would change. Beside them what else one would write: a loop with save(),
bulk_update, and polars in memory. On PostgreSQL also the same night by 1, 2 and 4 workers, and the
bytes that a year of history takes.
"""

from __future__ import annotations

import resource
import sys

from django.db import connection

from bench import check_peers, database, measure, multiplied, written, year
from bench.judge import cpu_clock
from bench.nights import Nights, Seconds

OBLIGATIONS = {"postgresql": 1_000_000, "sqlite": 100_000}
# The whole night in seconds, and judging as a multiple of the SELECT.
TARGETS = {"postgresql": (60, 4), "sqlite": (3, 8)}
PEER = "count"
WORKERS = (1, 2, 4)
_ROUNDS = 2


def run(obligations: int | None = None) -> str:
    lines = [] if connection.vendor == "postgresql" else [database.on_postgres("check")]
    with database.own():
        lines += _measure(obligations or OBLIGATIONS[connection.vendor])
    if connection.vendor == "postgresql":
        with database.own():
            lines.append(year.measure())
    return "\n".join(lines)


def _measure(obligations: int) -> list[str]:
    nights = Nights(multiplied.load(obligations=obligations), changing=obligations // 100)
    size = f"{connection.vendor} {obligations}"
    nights.next()
    with written.counted(nights.day) as rows:
        seconds, steps = nights.work()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = [f"check {size}: {_told(seconds, steps)}; {rows}; at most {memory} MB"]
    if connection.vendor == "postgresql":
        shared = ", ".join(_shared(nights, count) for count in WORKERS)
        lines.append(f"check {size} by workers: {shared}")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Time of parallel workers would not be counted.
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    ratio = measure.in_turn(
        nights.judge, nights.count, rounds=_ROUNDS, clock=cpu_clock(), between=nights.next
    )
    lines.append(measure.line("check: judging", size, ratio, peer=PEER))
    nights.next()
    lines.append(f"check {size}, beside it: {check_peers.measure(nights, obligations)}")
    _warn(seconds, ratio)
    return lines


def _told(seconds: float, steps: Seconds) -> str:
    most, _ratio = TARGETS[connection.vendor]
    parts = ", ".join(f"{name} {spent:.2f}" for name, spent in steps.items())
    return f"{seconds:.2f} s (at most {most}): {parts}"


def _shared(nights: Nights, count: int) -> str:
    nights.next()
    return f"{count}: {nights.share(count):.1f} s"


def _warn(seconds: float, ratio: measure.Ratio) -> None:
    most, times = TARGETS[connection.vendor]
    if seconds > most:
        print(f"check: {seconds:.1f} s is over {most} s", file=sys.stderr)
    if ratio.value > times:
        print(f"check: judging at {ratio.value:.2f} is over {times}", file=sys.stderr)
