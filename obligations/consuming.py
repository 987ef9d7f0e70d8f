"""What a consumer sees of an item that it uses: title, provider, terms, status, its own word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from obligations import confirmation_rules, confirmations, terms
from obligations.confirmations import Voice
from obligations.kinds import kinds
from obligations.models import Obligation
from obligations.models.obligation import ObligationQuerySet

# So many stand on the first page.
DESK_ROWS = 5


@dataclass(frozen=True)
class Line:
    """One row that the consumer is asked about."""

    obligation: Obligation
    voice: Voice
    terms: list[tuple[str, str]]
    # Whether this period's answer is still open.
    is_open: bool


def ordered(rows: ObligationQuerySet) -> ObligationQuerySet:
    """By provider, in the official order, with what a line shows."""
    own_terms = [f"item__{kind.terms_name}" for kind in kinds().values()]
    shown = rows.select_related("item__list", "item__body", "department", *own_terms)
    return shown.order_by("department__position", "item__list", "item__position", "pk")


def lines(rows: Sequence[Obligation], *, user: User, on: dt.date) -> list[Line]:
    """The rows with the own word and the terms, less what the list tells the provider alone."""
    words = confirmations.own_words(rows, user, on=on)
    heard = confirmation_rules.hearing(on)
    return [
        Line(
            row,
            words[row.pk],
            terms.written(row.item, hidden=terms.OWN_ONLY),
            not words[row.pk].answers(heard),
        )
        for row in rows
    ]


def desk(user: User, *, on: dt.date) -> dict[str, Any]:
    """The first few that are not answered, for the first page, and how many there are."""
    rows = confirmations.unanswered(user, on=on)
    count = rows.count()
    return {
        "lines": lines(list(ordered(rows)[:DESK_ROWS]), user=user, on=on) if count else [],
        "count": count,
        "hearing": confirmation_rules.hearing(on),
        "on": on,
    }
