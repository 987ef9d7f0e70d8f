"""疑点: sets against each other what is claimed and what was seen; opens cases, settles them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef
from django.utils import timezone

from accounts.models import Department
from obligations.checks import Facts
from obligations.chunks import chunks
from obligations.contradictions import COMMON, Contradiction
from obligations.day_rows import facts_of
from obligations.kinds import kinds
from obligations.models import ContradictionCase, Obligation
from obligations.models.obligation import ObligationQuerySet


@dataclass
class Settled:
    """How many cases a look opened, and how many the facts closed."""

    opened: int = 0
    resolved: int = 0


def look(
    *, as_of: dt.date, today: dt.date, departments: Sequence[Department] | None = None
) -> Settled:
    """Bring the queue to what the day shows. Like the stored lights it is about now: a past day
    leaves it alone, and what was found then stands in that day's findings."""
    if as_of < today:
        return Settled()
    rows = Obligation.objects.all()
    if departments is not None:
        rows = rows.filter(department__in=departments)
    return _look(rows, facts_of(as_of, today=today))


def look_at(ids: Sequence[int], *, on: dt.date) -> Settled:
    """As `look`, at some obligations whose facts a person has just changed."""
    return _look(Obligation.objects.filter(pk__in=ids), facts_of(on, today=on))


def listed() -> list[tuple[str, Contradiction]]:
    """Every contradiction with the kind that lists it; those of all kinds first."""
    own = [(kind.code, one) for kind in kinds().values() for one in kind.contradictions]
    return [*(("", one) for one in COMMON), *own]


def of(code: str) -> Contradiction:
    """The contradiction of a code; KeyError for one that no kind lists."""
    return {one.code: one for _kind, one in listed()}[code]


def holds(case: ContradictionCase, *, on: dt.date) -> bool:
    """Whether the two sides still contradict each other."""
    facts = facts_of(on, today=on)
    rows = Obligation.objects.filter(of(case.code).applies(facts))
    return rows.filter(pk=case.obligation_id).exists()


def sides(code: str, facts: Mapping[str, str]) -> tuple[str, str]:
    """What is claimed and what speaks against it, in sentences; a dash for what is not known."""
    one = of(code)
    told = {name: word(facts[name]) for name, word in one.words.items() if name in facts}
    known = _Known({**facts, **told})
    return str(one.claim) % known, str(one.found) % known


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def _look(rows: ObligationQuerySet, facts: Facts) -> Settled:
    found = Settled()
    for kind, one in listed():
        of_kind = rows.filter(item__list__kind=kind) if kind else rows
        contradicting = of_kind.filter(one.applies(facts))
        found.resolved += _resolve(one, rows, contradicting, on=facts.as_of)
        found.opened += _open(one, contradicting, on=facts.as_of)
    return found


def _open(one: Contradiction, rows: ObligationQuerySet, *, on: dt.date) -> int:
    """A case for each row that has none, unless a person accepted it until a later day."""
    cases = ContradictionCase.objects.filter(code=one.code, obligation=OuterRef("pk"))
    accepted = cases.accepted_at(on)
    if one.anew is not None:
        accepted = accepted.exclude(one.anew(on))
    new = rows.filter(~Exists(cases.open()), ~Exists(accepted))
    ids = list(new.order_by("pk").values_list("pk", flat=True))
    for chunk in chunks(ids):
        seen, earlier = one.facts(chunk, on), _earlier(one, chunk)
        # Another look at the same moment may have been quicker: one case stands.
        ContradictionCase.objects.bulk_create(
            (_case(one, pk, seen.get(pk, {}), earlier.get(pk, (0, None)), on=on) for pk in chunk),
            ignore_conflicts=True,
        )
    return len(ids)


def _case(
    one: Contradiction,
    obligation_id: int,
    facts: Mapping[str, str],
    earlier: tuple[int, int | None],
    *,
    on: dt.date,
) -> ContradictionCase:
    count, last = earlier
    return ContradictionCase(
        obligation_id=obligation_id,
        code=one.code,
        weight=one.weight,
        facts=dict(facts),
        found_on=on,
        found_at=timezone.now(),
        recurrence=count,
        previous_id=last,
    )


def _earlier(one: Contradiction, ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """How often it was there before, and its last case."""
    cases: Any = ContradictionCase.objects.filter(code=one.code, obligation__in=ids).order_by()
    counted = cases.values_list("obligation_id").annotate(Count("pk"), Max("pk"))
    return {pk: (count, last) for pk, count, last in counted}


def _resolve(
    one: Contradiction, rows: ObligationQuerySet, contradicting: ObligationQuerySet, *, on: dt.date
) -> int:
    """Cases that the facts have settled: their two sides no longer contradict each other."""
    cases = ContradictionCase.objects.open().filter(code=one.code)
    of_rows = cases.filter(Exists(rows.filter(pk=OuterRef("obligation_id"))))
    still = contradicting.filter(pk=OuterRef("obligation_id"))
    ids = list(of_rows.filter(~Exists(still)).values_list("pk", flat=True))
    closed = 0
    for chunk in chunks(ids):
        # Whoever decides on it at this moment holds it: the row then is no longer open.
        closed += cases.filter(pk__in=chunk).update(
            outcome=ContradictionCase.Outcome.RESOLVED,
            closed_on=on,
            closed_at=timezone.now(),
            version=F("version") + 1,
        )
    return closed
