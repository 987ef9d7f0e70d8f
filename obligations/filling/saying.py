"""Answers the monthly round for many rows at once, by the rules that one answer has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import rounds
from obligations.chunks import CHUNK, chunks
from obligations.models import RoundAnswer


@dataclass(frozen=True)
class Statement:
    """What is said of one question: the version that was seen, and the texts that change."""

    version: int
    kind: str
    texts: Mapping[str, str]


def answer_each(said: Mapping[int, Statement], *, by: User, on: dt.date) -> int:
    """All or none; RuleViolation whose facts name the rows refused (`id` of their obligation)."""
    permissions.require(by, "answer_round")
    refused = []
    with transaction.atomic():
        rows = _locked(list(said))
        for row in rows:
            statement = said[row.pk]
            texts = _texts(row, statement)
            try:
                rounds.require_answerable(
                    row, kind=statement.kind, texts=texts, by=by, version=statement.version
                )
            except RuleViolation as refusal:
                refused.append({"id": row.obligation_id, "why": refusal.sentence})
                continue
            rounds.fill(row, statement.kind, texts, by=by, on=on)
        if refused:
            raise RuleViolation(
                _("Rows of the monthly round are refused: %(count)s.") % {"count": len(refused)},
                facts={"refused": refused},
            )
        RoundAnswer.objects.bulk_update(rows, rounds.ANSWERED, batch_size=CHUNK)
        audit.record_many(rounds.entry(row, by=by, on=on) for row in rows)
    return len(rows)


def _texts(row: RoundAnswer, statement: Statement) -> dict[str, str]:
    """What changed has all the words, as they then stand; the other two have new ones only."""
    changes = {name: statement.texts.get(name, "").strip() for name in rounds.TEXTS}
    if statement.kind != "changed":
        return changes
    return {
        name: changes[name] if name in statement.texts else getattr(row, name)
        for name in rounds.TEXTS
    }


def _locked(keys: Sequence[int]) -> list[RoundAnswer]:
    found: list[RoundAnswer] = []
    for chunk in chunks(sorted(keys)):
        rows = RoundAnswer.objects.select_for_update(of=("self",))
        related = rows.select_related("round", "answered_by", "department")
        found += related.filter(pk__in=chunk).order_by("pk")
    return found
