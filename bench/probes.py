"""A round over 2,000 endpoints of which 20 % misbehave; peer: a plain loop of aiohttp GETs.

Ours is the whole round: choosing in the database, asking in pace with pinned addresses, judging
each answer, writing results, sums and states. The peer asks the same endpoints, ten at once within
five seconds each, reads at most 64 kB of what they say, and does nothing with it. Both sides cost
CPU time of this process, a probe; the server is another one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import aiohttp
from django.db import transaction
from django.utils import timezone

from accounts.models import Department, Region, Role, User
from bench import database, measure
from bench.probed import addresses
from docking.models import AllowedHost, Endpoint, ProbeDay, ProbeResult
from docking.probing import asking, rounds
from docking.probing.questions import MOST_BYTES
from obligations.models import ListItem, Obligation, ResponsibilityList
from obligations.today import today

ENDPOINTS, HOSTS = 2_000, 400
PEER = "plain aiohttp"
AT_MOST_SECONDS, AT_MOST_MB = 180, 20
# One in five, in turn; the others are well.
_ODD = ("/slow", "/hang", "/huge", "/redirect")
_AT_ONCE = 10
_TODAY = dt.date(2026, 11, 23)


def run() -> str:
    """Measure on a database of its own, which is removed afterwards."""
    with database.own(), _server() as port:
        _name(port)
        urls = _urls(port)
        _peer([url for url in urls if url.endswith("/ok")][:100])
        with _memory() as grown:
            wall, cpu = _round()
        peer = _peer(urls)
    ratio = measure.Ratio(cpu / ENDPOINTS * 1000, peer / ENDPOINTS * 1000)
    said = f"probes {ENDPOINTS}: ours {ratio.ours:.3f} ms, {PEER} {ratio.peer:.3f} ms of CPU each"
    bounds = f"{wall:.0f} s (at most {AT_MOST_SECONDS}), +{grown[0]:.0f} MB (at most {AT_MOST_MB})"
    return f"{said}, ratio {ratio.value:.2f}; {bounds}"


def _round() -> tuple[float, float]:
    """Ours: seconds on the wall and of CPU."""
    at, began, started = timezone.now(), time.monotonic(), time.process_time()
    answers = asking.ask_all(rounds.choose(at=at))
    with transaction.atomic():
        counted = rounds.write(answers, at=at, over_at=timezone.now())
    spent = time.monotonic() - began, time.process_time() - started
    # Slow and huge ones are as expected: nothing was said of how fast or long they may be.
    if (counted.up, counted.down) != (ENDPOINTS * 9 // 10, ENDPOINTS // 10):
        raise RuntimeError(f"{counted}")
    if ProbeResult.objects.count() != ENDPOINTS:
        raise RuntimeError("not every endpoint has a result")
    return spent


def _peer(urls: list[str]) -> float:
    """CPU seconds of the plain loop."""
    started = time.process_time()
    if asyncio.run(_get_all(urls)) != sum(not url.endswith("/hang") for url in urls):
        raise RuntimeError("the peer missed some")
    return time.process_time() - started


async def _get_all(urls: list[str]) -> int:
    waiting, done = iter(urls), 0
    timeout = aiohttp.ClientTimeout(total=5)

    async def work(session: aiohttp.ClientSession) -> None:
        nonlocal done
        for url in waiting:
            with suppress(TimeoutError):
                async with session.get(url, allow_redirects=False) as answer:
                    await answer.content.read(MOST_BYTES)
                    done += 1

    async with aiohttp.ClientSession(timeout=timeout) as session:
        await asyncio.gather(*(work(session) for _number in range(_AT_ONCE)))
    return done


def _urls(port: int) -> list[str]:
    places = addresses(HOSTS)
    paths = [
        _ODD[number // 5 % len(_ODD)] if number % 5 == 0 else "/ok" for number in range(ENDPOINTS)
    ]
    return [f"http://{places[number % HOSTS]}:{port}{path}" for number, path in enumerate(paths)]


def _name(port: int) -> None:
    """One obligation that names them all, and the list of hosts that allows them."""
    region = Region.objects.create(name="示例省")
    body = Department.objects.create(name="示例厅", region=region)
    user = User.objects.create_user("bench", role=Role.SYSTEM_ADMINISTRATOR)
    home = ResponsibilityList.objects.create(
        kind="docking", level="province", batch=1, title="清单"
    )
    item = ListItem.objects.create(
        list=home,
        position=1,
        title="【示例】系统",
        body=body,
        deadline_kind="ongoing",
        identity_hash="1",
        row_hash="1",
    )
    owed = Obligation.objects.create(
        item=item,
        department=body,
        duty="connect",
        status="issued",
        due_kind="ongoing",
        raised_on=_TODAY,
    )
    AllowedHost.objects.bulk_create(
        AllowedHost(host=host, port=port, document_number="示例〔2026〕1号", added_by=user)
        for host in addresses(HOSTS)
    )
    made = Endpoint.objects.bulk_create(
        Endpoint(
            obligation=owed,
            name=f"{number}",
            url=url,
            host=url.split("/")[2].split(":")[0],
            port=port,
            added_by=user,
        )
        for number, url in enumerate(_urls(port))
    )
    # The first round of a day makes them, the other 287 find them.
    ProbeDay.objects.bulk_create(ProbeDay(endpoint=one, day=today()) for one in made)


@contextmanager
def _server() -> Iterator[int]:
    words = [sys.executable, "-m", "bench.probed", str(HOSTS)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _memory() -> Iterator[list[float]]:
    """How many megabytes the process grew at most meanwhile."""
    Path("/proc/self/clear_refs").write_text("5")
    before, grown = _kilobytes("VmRSS"), [0.0]
    yield grown
    grown[0] = (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
