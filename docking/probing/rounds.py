"""A round: which endpoints are asked, and what their answers leave behind, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Subquery

from accounts import audit
from docking.hysteresis import Standing, after
from docking.models import AllowedHost, Endpoint, ProbeDay, ProbeResult, StateChange
from docking.probing.asking import Answers
from docking.probing.questions import Question, Seen, addresses_of
from obligations.today import SHANGHAI

_CHUNK = 500
_ASKED = (
    *("url", "host", "port", "method", "expected_status"),
    *("text", "json_field", "json_value", "latency_limit_ms"),
)
_COLUMNS = {"up": "up_count", "down": "down_count", "unclear": "unclear_count"}


@dataclass(frozen=True)
class Counted:
    """What a round came to."""

    up: int = 0
    down: int = 0
    unclear: int = 0
    turned: int = 0


def choose(*, at: dt.datetime) -> list[Question]:
    """Endpoints whose host is allowed and not in maintenance; the longest unasked first."""
    listed = AllowedHost.objects.in_force().filter(host=OuterRef("host"), port=OuterRef("port"))
    found = (
        Endpoint.objects.in_use()
        .allowed()
        .outside_maintenance(at=at)
        .annotate(approved=Subquery(listed.values("addresses")[:1]))
        .order_by(F("probed_at").asc(nulls_first=True), "pk")
    )
    rows: Any = found.values_list("pk", "version", "approved", *_ASKED)
    return [
        Question(pk, version, *asked, approved=addresses_of(approved or ""))  # type: ignore[misc]
        for pk, version, approved, *asked in rows
    ]


def write(answers: Answers, *, at: dt.datetime) -> Counted:
    """Results, sums of the day and states, in the caller's transaction.

    What was changed or retired while it was asked says nothing about what stands there now.
    """
    found = {question.endpoint: (question, seen) for question, seen in answers}
    standing = _held(found)
    kept = {
        pk: seen
        for pk, (question, seen) in found.items()
        if pk in standing and standing[pk][0] == question.version
    }
    ProbeResult.objects.bulk_create(
        (
            ProbeResult(
                endpoint_id=pk,
                at=at,
                outcome=seen.outcome,
                status=seen.status,
                latency_ms=seen.latency_ms,
                error=seen.error,
            )
            for pk, seen in kept.items()
        ),
        batch_size=_CHUNK,
    )
    _count(kept, on=at.astimezone(SHANGHAI).date())
    turned = _turn({pk: (standing[pk][1], seen) for pk, seen in kept.items()}, at=at)
    outcomes = [seen.outcome for seen in kept.values()]
    counts = {name: outcomes.count(name) for name in _COLUMNS}
    return Counted(**counts, turned=turned)


def _held(keys: Iterable[int]) -> dict[int, tuple[int, Standing]]:
    """Version and standing of the endpoints, locked."""
    found: dict[int, tuple[int, Standing]] = {}
    for chunk in _chunks(sorted(keys)):
        rows = Endpoint.objects.select_for_update().filter(pk__in=chunk, retired_at=None)
        facts = ("pk", "version", "state", "failure_count", "success_count")
        for pk, version, *standing in rows.order_by("pk").values_list(*facts):
            found[pk] = (version, Standing(*standing))
    return found


def _count(kept: dict[int, Seen], *, on: dt.date) -> None:
    """Add to the sums of the day; the first round of a day makes its rows."""
    for chunk in _chunks(list(kept)):
        days = ProbeDay.objects.filter(day=on, endpoint__in=chunk)
        there = set(days.values_list("endpoint_id", flat=True))
        ProbeDay.objects.bulk_create(ProbeDay(endpoint_id=pk, day=on) for pk in set(chunk) - there)
    for outcome, column in _COLUMNS.items():
        keys = [pk for pk, seen in kept.items() if seen.outcome == outcome]
        for chunk in _chunks(keys):
            days = ProbeDay.objects.filter(day=on, endpoint__in=chunk)
            days.update(**{column: F(column) + 1})


def _turn(kept: dict[int, tuple[Standing, Seen]], *, at: dt.datetime) -> int:
    """Write the new standings, one statement for all that come to stand alike."""
    alike: dict[tuple[Standing, bool], list[int]] = defaultdict(list)
    changes: list[StateChange] = []
    for pk, (before, seen) in kept.items():
        now = after(before, seen.outcome)
        turns = now.state != before.state
        alike[now, turns].append(pk)
        if turns:
            changes.append(StateChange(endpoint_id=pk, state=now.state, at=at, why=seen.error))
    for (now, turns), keys in alike.items():
        said: dict[str, Any] = {"state": now.state, "probed_at": at}
        said |= {"failure_count": now.failures, "success_count": now.successes}
        if turns:
            said["state_since"] = at
        for chunk in _chunks(keys):
            Endpoint.objects.filter(pk__in=chunk).update(**said)
    StateChange.objects.bulk_create(changes, batch_size=_CHUNK)
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


def _chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))
