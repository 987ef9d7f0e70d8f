"""The demonstration's endpoints, which the simulator answers, and what probes saw of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from docking import endpoints
from docking.hysteresis import FAILURES, SUCCESSES
from docking.models import Endpoint, ProbeDay, ProbeResult, StateChange
from jobs import queue
from obligations.models import Obligation, Status
from obligations.today import date_of
from reports.sampling import simulating
from reports.sampling.staff import Staff

_EVERY = dt.timedelta(minutes=5)
_A_DAY = 288
_DAYS, _RECENT = 30, 144
# The department whose desk a visitor opens, and then others: each answers in its own way.
_OWN = "officer"


@dataclass(frozen=True)
class Shown:
    """An endpoint: what the simulator does at its path, and what probes have seen of it."""

    name: str
    path: str
    is_own: bool = False
    asks: dict[str, Any] = field(default_factory=dict)
    # So many rounds have failed, with this word; down from the third on.
    failed: int = 0
    word: str = ""
    status: int | None = 503
    latency_ms: int | None = 3
    # Nothing was seen yet.
    is_new: bool = False


_IS_UP = {"json_field": "status", "json_value": "UP"}
_IS_QUICK = {"latency_limit_ms": 800}
_NEVER: dict[str, Any] = {"status": None, "latency_ms": None}
_SLOWLY: dict[str, Any] = {"status": 200, "latency_ms": 1503}
_SHOWN = (
    Shown("【示例】健康检查", "/health", is_own=True, asks=_IS_UP),
    Shown("【示例】办件查询接口", "/silent", is_own=True, failed=40, word="timeout", **_NEVER),
    # One more failure, and it is down: the first round of probes turns it.
    Shown("【示例】证照核验接口", "/slow", asks=_IS_QUICK, failed=2, word="slow", **_SLOWLY),
    Shown("【示例】接口网关", "/error", failed=100, word="status"),
    Shown("【示例】数据回流接口", "/degraded", asks=_IS_UP, is_new=True),
    Shown("【示例】消息推送接口", "/flapping", asks=_IS_UP),
    Shown("【示例】健康检查", "/health", asks=_IS_UP),
)


def show(rows: Sequence[Obligation], people: Staff) -> None:
    """Endpoints of systems that are said to be live, and of one that nobody may probe."""
    own = people.acting(_OWN).department_id
    live = [row for row in rows if row.status == Status.VERIFIED and row.due_on]
    live.sort(key=lambda row: (row.due_on or row.raised_on, row.pk))
    places = {
        True: iter([row for row in live if row.department_id == own]),
        False: iter([row for row in live if row.department_id != own]),
    }
    port = simulating.allow()
    now = timezone.now().replace(second=0, microsecond=0)
    for shown in _SHOWN:
        row = next(places[shown.is_own], None)
        if row is None:
            continue
        url = simulating.address(port, shown.path)
        made = _add(row, people, name=shown.name, url=url, **shown.asks)
        if not shown.is_new:
            _look_back(made, shown, now=now)
    if live:
        _add(live[0], people, name="【示例】业务接口", url="https://api.example.invalid/health")
    # The first round at once: the next of the schedule may be minutes away.
    queue.enqueue("docking.probe", key="demo")


def _add(row: Obligation, people: Staff, **said: Any) -> Endpoint:
    said = {"method": "GET", "expected_status": 200, **said}
    return endpoints.add(row, by=people.officer(row.department), **said)


def _look_back(endpoint: Endpoint, shown: Shown, *, now: dt.datetime) -> None:
    """What probes saw: the last rounds one by one, the last days as sums."""
    times = [now - _EVERY * number for number in range(1, _RECENT)]
    failed = min(shown.failed, len(times))
    ProbeResult.objects.bulk_create(
        ProbeResult(
            endpoint=endpoint,
            at=at,
            outcome="down" if number < failed else "up",
            status=shown.status if number < failed else 200,
            latency_ms=shown.latency_ms if number < failed else 4 + number % 7,
            error=shown.word if number < failed else "",
        )
        for number, at in enumerate(times)
    )
    _sum_days(endpoint, times, failed=failed, on=date_of(now))
    turned = [("up", now - dt.timedelta(days=_DAYS), "")]
    if failed >= FAILURES:
        turned.append(("down", times[failed - FAILURES], shown.word))
    StateChange.objects.bulk_create(
        StateChange(endpoint=endpoint, state=state, at=at, why=why) for state, at, why in turned
    )
    state, since, _why = turned[-1]
    Endpoint.objects.filter(pk=endpoint.pk).update(
        state=state,
        state_since=since,
        failure_count=min(failed, FAILURES),
        success_count=0 if failed else SUCCESSES,
        probed_at=times[0],
    )


def _sum_days(
    endpoint: Endpoint, times: Sequence[dt.datetime], *, failed: int, on: dt.date
) -> None:
    """Of the days before those rounds everything was well."""
    told: dict[dt.date, list[int]] = {
        on - dt.timedelta(days=ago): [_A_DAY, 0] for ago in range(_DAYS)
    }
    told[on] = [sum(date_of(at) == on for at in times), 0]
    for at in times[:failed]:
        up, down = told[date_of(at)]
        told[date_of(at)] = [up - 1, down + 1]
    ProbeDay.objects.bulk_create(
        ProbeDay(
            endpoint=endpoint,
            day=day,
            up_count=up,
            down_count=down,
            latency_ms=None if day == on else 6,
        )
        for day, (up, down) in told.items()
    )
