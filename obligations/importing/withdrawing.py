"""Withdraws items with all that hangs on them, and takes them back: nothing is deleted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import history
from obligations.chunks import chunks
from obligations.models import (
    Block,
    Claim,
    Exemption,
    Extension,
    ListItem,
    Objection,
    Obligation,
    Status,
)

Before = dict[int, dict[str, Any]]
# What may wait for a decision, and the one that it gets with the withdrawal.
_WAITING: Mapping[str, tuple[type[models.Model], str]] = {
    "asked_blocks": (Block, "refused"),
    "asked_exemptions": (Exemption, "refused"),
    "asked_extensions": (Extension, "lapsed"),
    "asked_objections": (Objection, "lapsed"),
}


def withdraw(items: Sequence[ListItem], *, by: User | None, on: dt.date, reason: str) -> Before:
    """Withdraw items and their obligations; open claims, blocks and requests end with them.
    Returns by item what must be known to take it back. RuleViolation where somebody waits for an
    answer and nobody is named who gives it."""
    before: Before = {item.pk: _nothing() for item in items}
    for chunk in chunks([item.pk for item in items]):
        ListItem.objects.filter(pk__in=chunk).update(withdrawn_on=on)
        rows = Obligation.objects.select_for_update(of=("self",)).filter(item_id__in=chunk)
        standing = list(rows.exclude(status=Status.WITHDRAWN).order_by("pk"))
        _note(before, standing)
        _end_requests(before, {row.pk: row.item_id for row in standing}, by, on, reason)
        ids = [row.pk for row in standing]
        _set(ids, status=Status.WITHDRAWN, blocked=False)
        _record(standing, Status.WITHDRAWN, by=by, on=on, reason=reason)
    for item in items:
        item.withdrawn_on = on
    return before


def withdraw_obligations(ids: Sequence[int], *, by: User | None, on: dt.date, reason: str) -> None:
    """Withdraw obligations whose item stays."""
    for chunk in chunks(ids):
        rows = Obligation.objects.select_for_update(of=("self",)).filter(pk__in=chunk)
        standing = list(rows.exclude(status=Status.WITHDRAWN).order_by("pk"))
        _set([row.pk for row in standing], status=Status.WITHDRAWN, blocked=False)
        _record(standing, Status.WITHDRAWN, by=by, on=on, reason=reason)


def take_back(before: Mapping[int, Mapping[str, Any]], *, by: User, on: dt.date) -> None:
    """Undo `withdraw` of these items: statuses, claims, blocks and requests as they were."""
    for chunk in chunks(list(before)):
        ListItem.objects.filter(pk__in=chunk).update(withdrawn_on=None)
        by_state: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for item in chunk:
            for pk, (status, blocked) in before[item]["obligations"].items():
                by_state[status, blocked].append(int(pk))
        _reopen_requests([before[item] for item in chunk])
        for (status, blocked), ids in by_state.items():
            rows = list(Obligation.objects.select_for_update(of=("self",)).filter(pk__in=ids))
            _set(ids, status=status, blocked=blocked)
            _record(rows, status, by=by, on=on, reason="")


def _nothing() -> dict[str, Any]:
    return {"obligations": {}, **{name: [] for name in ("claims", "blocks", *_WAITING)}}


def _note(before: Before, rows: Iterable[Obligation]) -> None:
    for row in rows:
        before[row.item_id]["obligations"][str(row.pk)] = [row.status, row.blocked]


def _end_requests(
    before: Before, item_of: Mapping[int, int], by: User | None, on: dt.date, reason: str
) -> None:
    ids = list(item_of)
    claims = Claim.objects.filter(obligation__in=ids, outcome="")
    blocks = Block.objects.filter(obligation__in=ids, outcome="confirmed", ended_on=None)
    waiting = {
        name: model._default_manager.filter(obligation__in=ids, outcome="")
        for name, (model, _outcome) in _WAITING.items()
    }
    ending: dict[str, QuerySet[Any]] = {"claims": claims, "blocks": blocks, **waiting}
    found = {name: list(rows.values_list("pk", "obligation_id")) for name, rows in ending.items()}
    if by is None and any(found.values()):
        raise RuleViolation(
            _(
                "Items that are withdrawn have claims or requests that wait for an answer: "
                "say which coordinator imports."
            )
        )
    for name, pairs in found.items():
        for pk, obligation in pairs:
            before[item_of[obligation]][name].append(pk)
    claims.update(outcome=Claim.Outcome.TAKEN_BACK, decided_by=by, decided_on=on, reason=reason)
    blocks.update(ended_on=on, ended_by=by)
    for name, rows in waiting.items():
        rows.update(
            outcome=_WAITING[name][1],
            decided_by=by,
            decided_on=on,
            decided_at=timezone.now(),
            decision_note=reason,
        )


def _reopen_requests(parts: Iterable[Mapping[str, Any]]) -> None:
    keys: dict[str, list[int]] = defaultdict(list)
    for part in parts:
        for name in ("claims", "blocks", *_WAITING):
            keys[name] += part.get(name, [])
    Claim.objects.filter(pk__in=keys["claims"]).update(
        outcome="", decided_by=None, decided_on=None, reason=""
    )
    Block.objects.filter(pk__in=keys["blocks"]).update(ended_on=None, ended_by=None)
    undecided = {
        "outcome": "",
        "decided_by": None,
        "decided_on": None,
        "decided_at": None,
        "decision_note": "",
    }
    for name, (model, _outcome) in _WAITING.items():
        model._default_manager.filter(pk__in=keys[name]).update(**undecided)


def _set(ids: Sequence[int], *, status: str, blocked: bool) -> None:
    Obligation.objects.filter(pk__in=ids).update(
        status=status, blocked=blocked, version=F("version") + 1
    )


def _record(
    rows: Sequence[Obligation], status: str, *, by: User | None, on: dt.date, reason: str
) -> None:
    """History and audit; `rows` as they were before."""
    history.record_many([row.pk for row in rows], on=on)
    verb = "withdraw" if status == Status.WITHDRAWN else "undo_import"
    audit.record_many(
        audit.entry(
            row,
            verb=verb,
            by=by,
            department_id=row.department_id,
            detail={
                "on": on.isoformat(),
                "version": row.version + 1,
                "changes": {"status": [row.status, status]},
                **({"reason": reason} if reason else {}),
            },
        )
        for row in rows
    )
