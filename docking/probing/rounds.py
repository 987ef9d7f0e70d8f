"""A round: which endpoints are asked, and what their answers leave behind, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Subquery

from accounts import audit
from docking.hysteresis import Standing, after
from docking.models import AllowedHost, Endpoint, ProbeDay, ProbeResult, StateChange
from docking.probing.asking import Answers
from docking.probing.questions import Limits, Question, Seen, addresses_of
from obligations.chunks import CHUNK, chunks
from obligations.today import date_of

_ASKED = (
    *("url", "host", "port", "method", "expected_status"),
    *("text", "json_field", "json_value", "latency_limit_ms"),
)
_GONE = (0, Standing())
_COLUMNS = {"up": "up_count", "down": "down_count", "unclear": "unclear_count"}


@dataclass(frozen=True)
class Counted:
    """What a round came to."""

    up: int = 0
    down: int = 0
    unclear: int = 0
    turned: int = 0


def choose(*, at: dt.datetime) -> list[Question]:
    """Endpoints whose host is allowed; the longest unasked first. None that comes into maintenance
    before the round must be over."""
    over_at = at + dt.timedelta(seconds=Limits().whole + Limits().deadline)
    listed = AllowedHost.objects.in_force().filter(host=OuterRef("host"), port=OuterRef("port"))
    found = (
        Endpoint.objects.in_use()
        .allowed()
        .outside_maintenance(at=at, until=over_at)
        .annotate(approved=Subquery(listed.values("addresses")[:1]))
        .order_by(F("probed_at").asc(nulls_first=True), "pk")
    )
    rows: Any = found.values_list("pk", "version", "approved", *_ASKED)
    return [
        Question(pk, version, *asked, approved=addresses_of(approved or ""))  # type: ignore[misc]
        for pk, version, approved, *asked in rows
    ]


def write(answers: Answers, *, at: dt.datetime, over_at: dt.datetime) -> Counted:
    """Results, sums of the day and states, in the caller's transaction; `at` is this round's alone.

    What was changed, retired or put into maintenance while it was asked says nothing about what
    stands there now.
    """
    keys = [question.endpoint for question, _seen in answers]
    standing = _held(keys, since=at, until=over_at)
    kept = {
        question.endpoint: seen
        for question, seen in answers
        if standing.get(question.endpoint, _GONE)[0] == question.version
    }
    _insert(kept, at=at)
    _count(kept, at=at)
    turned = _turn({pk: (standing[pk][1], seen) for pk, seen in kept.items()}, at=at)
    outcomes = [seen.outcome for seen in kept.values()]
    counts = {name: outcomes.count(name) for name in _COLUMNS}
    return Counted(**counts, turned=turned)


def _held(
    keys: Sequence[int], *, since: dt.datetime, until: dt.datetime
) -> dict[int, tuple[int, Standing]]:
    """Version and standing of the endpoints and of what lies between them, locked."""
    if not keys:
        return {}
    between = Endpoint.objects.filter(pk__range=(min(keys), max(keys)), retired_at=None)
    between = between.outside_maintenance(at=since, until=until)
    facts = ("pk", "version", "state", "failure_count", "success_count")
    rows = between.select_for_update().order_by("pk").values_list(*facts)
    return {pk: (version, Standing(*standing)) for pk, version, *standing in rows}


def _insert(kept: Mapping[int, Seen], *, at: dt.datetime) -> None:
    """As bulk_create would, at a third of its price: probes are many."""
    names = ("endpoint_id", "at", "outcome", "status", "latency_ms", "error")
    quote, moment = connection.ops.quote_name, connection.ops.adapt_datetimefield_value(at)
    columns = ", ".join(map(quote, names))
    table = quote(ProbeResult._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (pk, moment, seen.outcome, seen.status, seen.latency_ms, seen.error)
                for pk, seen in kept.items()
            ],
        )


def _count(kept: Mapping[int, Seen], *, at: dt.datetime) -> None:
    """Add to the sums of the day; the first round of a day makes its rows."""
    on = date_of(at)
    days = ProbeDay.objects.filter(day=on)
    there = set(days.values_list("endpoint_id", flat=True))
    missing = [ProbeDay(endpoint_id=pk, day=on) for pk in kept if pk not in there]
    ProbeDay.objects.bulk_create(missing, batch_size=CHUNK)
    for outcome, column in _COLUMNS.items():
        told = ProbeResult.objects.filter(at=at, outcome=outcome).values("endpoint")
        days.filter(endpoint__in=told).update(**{column: F(column) + 1})


def _turn(kept: Mapping[int, tuple[Standing, Seen]], *, at: dt.datetime) -> int:
    """Write the new standings, one statement for all that come to stand alike."""
    probed = ProbeResult.objects.filter(at=at).values("endpoint")
    Endpoint.objects.filter(pk__in=probed).update(probed_at=at)
    alike: dict[tuple[Standing, bool], list[int]] = defaultdict(list)
    changes: list[StateChange] = []
    for pk, (before, seen) in kept.items():
        now = after(before, seen.outcome)
        turns = now.state != before.state
        if now != before:
            alike[now, turns].append(pk)
        if turns:
            changes.append(StateChange(endpoint_id=pk, state=now.state, at=at, why=seen.error))
    for (now, turns), keys in alike.items():
        said: dict[str, Any] = {"state": now.state}
        said |= {"failure_count": now.failures, "success_count": now.successes}
        if turns:
            said["state_since"] = at
        for chunk in chunks(keys):
            Endpoint.objects.filter(pk__in=chunk).update(**said)
    StateChange.objects.bulk_create(changes, batch_size=CHUNK)
    if changes:
        _record(changes)
    return len(changes)


def _record(changes: Sequence[StateChange]) -> None:
    """One audit row for the whole round; rounds that turned nothing stand in the jobs alone."""
    named = {
        state: [change.endpoint_id for change in changes if change.state == state]
        for state in Endpoint.State.values
    }
    audit.record_run("probe", by=None, detail={name: keys for name, keys in named.items() if keys})
