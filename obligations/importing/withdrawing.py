"""Withdraws items with all that hangs on them, and takes them back: nothing is deleted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, QuerySet

from accounts import audit
from accounts.models import User
from obligations import deciding, history
from obligations.models import ListItem, Obligation, Status

_CHUNK = 500
T = TypeVar("T")
Before = dict[int, dict[str, Any]]


class _Stood(NamedTuple):
    """An obligation before the change: no more of it is read, for there may be very many."""

    pk: int
    item: int
    status: str
    blocked: bool
    version: int


def withdraw(items: Sequence[ListItem], *, by: User | None, on: dt.date, reason: str) -> Before:
    """Withdraw items and their obligations; open claims, blocks and requests end with them.
    Returns by item what must be known to take it back. RuleViolation where somebody waits for an
    answer and nobody is named who gives it."""
    before: Before = {item.pk: _nothing() for item in items}
    for chunk in _chunks([item.pk for item in items]):
        ListItem.objects.filter(pk__in=chunk).update(withdrawn_on=on)
        rows = Obligation.objects.filter(item_id__in=chunk)
        _note(before, *_withdraw(rows, by=by, on=on, reason=reason))
    for item in items:
        item.withdrawn_on = on
    return before


def withdraw_obligations(ids: Sequence[int], *, by: User | None, on: dt.date, reason: str) -> None:
    """As `withdraw`, for obligations whose item stays. What is open on them ends: nothing may be
    left to decide on what nobody owes any more."""
    for chunk in _chunks(ids):
        _withdraw(Obligation.objects.filter(pk__in=chunk), by=by, on=on, reason=reason)


def take_back(before: Mapping[int, Mapping[str, Any]], *, by: User, on: dt.date) -> None:
    """Undo `withdraw` of these items: statuses, claims, blocks and requests as they were."""
    for chunk in _chunks(list(before)):
        ListItem.objects.filter(pk__in=chunk).update(withdrawn_on=None)
        by_state: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for item in chunk:
            for pk, (status, blocked) in before[item]["obligations"].items():
                by_state[status, blocked].append(int(pk))
        parts = [before[item] for item in chunk]
        deciding.open_again({name: _keys(parts, name) for name in deciding.OPEN})
        for (status, blocked), ids in by_state.items():
            for part in _chunks(ids):
                rows = _locked(Obligation.objects.filter(pk__in=part))
                _turn(rows, status, blocked=blocked, by=by, on=on, reason="")


def _withdraw(
    rows: QuerySet[Obligation], *, by: User | None, on: dt.date, reason: str
) -> tuple[Sequence[_Stood], deciding.Ended]:
    standing = _locked(rows.exclude(status=Status.WITHDRAWN))
    ended: dict[str, list[tuple[int, int]]] = {name: [] for name in deciding.OPEN}
    for part in _chunks(standing):
        found = deciding.end_all([row.pk for row in part], by=by, on=on, reason=reason)
        for name, pairs in found.items():
            ended[name] += pairs
        _turn(part, Status.WITHDRAWN, blocked=False, by=by, on=on, reason=reason)
    return standing, ended


def _locked(rows: QuerySet[Obligation]) -> Sequence[_Stood]:
    held = rows.order_by("pk").select_for_update(of=("self",))
    return [
        _Stood(*row) for row in held.values_list("pk", "item_id", "status", "blocked", "version")
    ]


def _nothing() -> dict[str, Any]:
    return {"obligations": {}, **{name: [] for name in deciding.OPEN}}


def _note(before: Before, standing: Iterable[_Stood], ended: deciding.Ended) -> None:
    item_of = {}
    for row in standing:
        item_of[row.pk] = row.item
        before[row.item]["obligations"][str(row.pk)] = [row.status, row.blocked]
    for name, pairs in ended.items():
        for pk, obligation in pairs:
            before[item_of[obligation]][name].append(pk)


def _keys(parts: Iterable[Mapping[str, Any]], name: str) -> list[int]:
    return [pk for part in parts for pk in part.get(name, [])]


def _turn(
    rows: Sequence[_Stood],
    status: str,
    *,
    blocked: bool,
    by: User | None,
    on: dt.date,
    reason: str,
) -> None:
    """Give all one status, with history and audit; `rows` as they were before."""
    ids = [row.pk for row in rows]
    Obligation.objects.filter(pk__in=ids).update(
        status=status, blocked=blocked, version=F("version") + 1
    )
    history.record_many(ids, on=on)
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in rows:
        alike[row.status, row.version].append(row.pk)
    for (was, version), keys in alike.items():
        detail = {
            "on": on.isoformat(),
            "version": version + 1,
            "changes": {"status": [was, status]},
        }
        audit.record_alike(
            Obligation.objects.filter(pk__in=keys),
            verb="withdraw" if status == Status.WITHDRAWN else "undo_import",
            by=by,
            detail=detail | ({"reason": reason} if reason else {}),
        )


def _chunks(keys: Sequence[T]) -> Iterable[Sequence[T]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))
