"""What every request with a decision shares: decision, decider and time are written together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from obligations.models import Block, Claim, Exemption, Extension, Objection
from obligations.models.records import Decision
from obligations.today import moment

# What may wait for a decision, and the one that it gets when its obligation is withdrawn.
_WAITING: Mapping[str, tuple[type[Decision], str]] = {
    "asked_blocks": (Block, Block.Outcome.REFUSED),
    "asked_exemptions": (Exemption, Exemption.Outcome.REFUSED),
    "asked_extensions": (Extension, Extension.Outcome.LAPSED),
    "asked_objections": (Objection, Objection.Outcome.LAPSED),
}
# All that may be open on an obligation.
OPEN = ("claims", "blocks", *_WAITING)
# Of each sort: (its key, its obligation's key).
Ended = Mapping[str, list[tuple[int, int]]]


def decide(request: Decision, *, outcome: str, by: User, on: dt.date, note: str) -> None:
    """Write decision, decider and time together."""
    request.outcome, request.decision_note = outcome, note
    request.decided_by, request.decided_on, request.decided_at = by, on, moment(on)
    request.save()


def close(requests: QuerySet[Any], *, outcome: str, by: User, on: dt.date, note: str) -> None:
    """Write one decision on all that wait."""
    requests.filter(outcome="").update(
        outcome=outcome,
        decided_by=by,
        decided_on=on,
        decided_at=moment(on),
        decision_note=note,
    )


def end_all(obligations: Iterable[int], *, by: User | None, on: dt.date, reason: str) -> Ended:
    """End all that is open on obligations that are withdrawn: claims, blocks, requests.

    What was ended, for `open_again`. RuleViolation where somebody waits for an answer and nobody
    is named who gives it.
    """
    ids = list(obligations)
    blocks = Block.objects.filter(obligation__in=ids, outcome="confirmed", ended_on=None)
    ending: dict[str, QuerySet[Any]] = {
        "claims": Claim.objects.filter(obligation__in=ids, outcome=""),
        "blocks": blocks,
    }
    for name, (model, _outcome) in _WAITING.items():
        requests: QuerySet[Any] = model._default_manager.all()
        ending[name] = requests.filter(obligation__in=ids, outcome="")
    found = {name: list(rows.values_list("pk", "obligation_id")) for name, rows in ending.items()}
    if by is not None:
        _end({name: rows for name, rows in ending.items() if found[name]}, by, on, reason)
    elif any(found.values()):
        raise RuleViolation(
            _(
                "Items that are withdrawn have claims or requests that wait for an answer: "
                "say which coordinator imports."
            )
        )
    return found


def open_again(keys: Mapping[str, Iterable[int]]) -> None:
    """Undo `end_all` of these: each waits for its decision again."""
    Claim.objects.filter(pk__in=keys["claims"]).update(
        outcome="", decided_by=None, decided_on=None, reason=""
    )
    Block.objects.filter(pk__in=keys["blocks"]).update(ended_on=None, ended_by=None)
    undecided = dict.fromkeys(("decided_by", "decided_on", "decided_at"))
    for name, (model, _outcome) in _WAITING.items():
        waiting = model._default_manager.filter(pk__in=keys[name])
        waiting.update(outcome="", decision_note="", **undecided)


def _end(ending: Mapping[str, QuerySet[Any]], by: User, on: dt.date, reason: str) -> None:
    for name, rows in ending.items():
        if name == "claims":
            taken_back = Claim.Outcome.TAKEN_BACK
            rows.update(outcome=taken_back, decided_by=by, decided_on=on, reason=reason)
        elif name == "blocks":
            rows.update(ended_on=on, ended_by=by)
        else:
            close(rows, outcome=_WAITING[name][1], by=by, on=on, note=reason)
