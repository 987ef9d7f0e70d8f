"""The demonstration's docking: stages of its systems, endpoints, and what probes saw of them.

The endpoints that answer are this installation's own: its address is the one that is allowed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from docking import endpoints, hosts, stages
from docking.models import Endpoint, Milestone, ProbeDay, ProbeResult, StateChange
from docking.models.milestones import ORDER
from docking.steps import docked
from obligations import calendars, history
from obligations.models import Obligation, Status
from obligations.today import date_of
from obligations.workdays import Calendar

_EVERY = dt.timedelta(minutes=5)
_A_DAY = 288
_DAYS, _RECENT = 30, 144
# One of so many systems is behind its plan.
_BEHIND_ONE_IN = 6
_DOCUMENT = "示例政数〔2026〕12号"


def show(*, today: dt.date) -> None:
    """Stages for what is under way or done, and a few endpoints of the officer's department."""
    rows = docked(Obligation.objects.exclude(status__in=["draft", "issued", "withdrawn"]))
    own = list(rows.filter(item__list__is_demo=True).order_by("pk").defer("item__raw"))
    _pass_stages(own, today=today)
    officer = User.objects.get(username="officer")
    mine = [row for row in own if row.department_id == officer.department_id]
    if len(mine) > 1:
        _probe(mine, officer)


def _pass_stages(rows: Sequence[Obligation], *, today: dt.date) -> None:
    calendar = calendars.current()
    made: list[Milestone] = []
    for number, row in enumerate(rows):
        steps = _steps(row, calendar, today=today, is_behind=number % _BEHIND_ONE_IN == 0)
        made.extend(steps)
        first = stages.next_on(steps)
        Obligation.objects.filter(pk=row.pk).update(next_milestone_on=first)
    Milestone.objects.bulk_create(made, batch_size=500)
    history.record_many([row.pk for row in rows], on=today)


def _steps(
    row: Obligation, calendar: Calendar, *, today: dt.date, is_behind: bool
) -> list[Milestone]:
    """Spread from the issue to the due date; reached as planned, less one where it is behind."""
    issued_at = row.issued_at or row.created_at
    start = date_of(issued_at)
    end = row.due_on or today + dt.timedelta(days=90)
    days = stages.spread(start, max(start, end), count=len(ORDER), calendar=calendar)
    reached = sum(day < today for day in days[:-1])
    if row.status in (Status.VERIFIED, Status.ENDORSED):
        reached = len(ORDER)
    elif is_behind:
        reached = max(0, reached - 1)
    last = min(row.completed_on or today, today)
    return [
        Milestone(
            obligation=row,
            stage=stage,
            planned_on=day,
            reached_on=min(day, last) if number < reached else None,
        )
        for number, (stage, day) in enumerate(zip(ORDER, days, strict=True))
    ]


def _probe(rows: Sequence[Obligation], officer: User) -> None:
    sysadmin = User.objects.get(username="sysadmin")
    port = settings.PORT
    hosts.allow(
        "127.0.0.1",
        port,
        document_number=_DOCUMENT,
        note="【示例】本系统自身的地址",
        by=sysadmin,
    )
    here = f"http://127.0.0.1:{port}"
    said = {"method": "GET", "expected_status": 200}
    good = endpoints.add(
        rows[0], by=officer, name="【示例】健康检查", url=f"{here}/healthz", text="ok", **said
    )
    bad = endpoints.add(
        rows[1], by=officer, name="【示例】接口网关", url=f"{here}/demo/gateway", **said
    )
    endpoints.add(
        rows[0],
        by=officer,
        name="【示例】业务接口",
        url="https://api.example.invalid/health",
        json_field="status",
        json_value="UP",
        **said,
    )
    now = timezone.now().replace(second=0, microsecond=0)
    _look_back(good, now=now, down_for=0)
    _look_back(bad, now=now, down_for=40)


def _look_back(endpoint: Endpoint, *, now: dt.datetime, down_for: int) -> None:
    """What probes saw: the last rounds one by one, the last days as sums."""
    times = [now - _EVERY * number for number in range(1, _RECENT)]
    ProbeResult.objects.bulk_create(
        ProbeResult(
            endpoint=endpoint,
            at=at,
            outcome="down" if number < down_for else "up",
            status=404 if number < down_for else 200,
            latency_ms=4 + number % 7,
            error="status" if number < down_for else "",
        )
        for number, at in enumerate(times)
    )
    today = date_of(now)
    so_far = sum(date_of(at) == today for at in times)
    ProbeDay.objects.bulk_create(
        ProbeDay(
            endpoint=endpoint,
            day=today - dt.timedelta(days=ago),
            up_count=(so_far if not ago else _A_DAY) - (0 if ago else min(down_for, so_far)),
            down_count=0 if ago else min(down_for, so_far),
            latency_ms=6 if ago else None,
        )
        for ago in range(_DAYS)
    )
    turned = [("up", now - dt.timedelta(days=_DAYS), "")]
    if down_for:
        turned.append(("down", times[down_for - 3], "status"))
    StateChange.objects.bulk_create(
        StateChange(endpoint=endpoint, state=state, at=at, why=why) for state, at, why in turned
    )
    state, since, _why = turned[-1]
    Endpoint.objects.filter(pk=endpoint.pk).update(
        state=state,
        state_since=since,
        failure_count=3 if down_for else 0,
        success_count=0 if down_for else 2,
        probed_at=times[0],
    )
