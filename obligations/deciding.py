"""What every request with a decision shares: decision, decider and time are written together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from obligations.models.records import Decision
from obligations.today import moment


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
