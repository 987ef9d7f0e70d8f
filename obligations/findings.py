"""Records what each check finds, set-based: a row only where an outcome changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Department
from obligations.checks import COMMON, Check, Facts
from obligations.chunks import chunks
from obligations.kinds import kinds
from obligations.models import CheckResult, Obligation, ObligationState


def record(
    *, as_of: dt.date, today: dt.date, departments: Sequence[Department] | None = None
) -> int:
    """Run every check of every kind for a day; returns how many outcomes changed."""
    facts = Facts(as_of) if as_of >= today else Facts(as_of, prefix="obligation__")
    rows = _rows(facts)
    if departments is not None:
        rows = rows.filter(**{facts.of("department__in"): departments})
    return sum(_record(check, rows.filter(of_kind), facts) for check, of_kind in _listed(facts))


def check_of(code: str) -> Check:
    """The check of a code; KeyError for a code that no kind lists."""
    listed = [*COMMON, *(check for kind in kinds().values() for check in kind.checks)]
    return {check.code: check for check in listed}[code]


def _rows(facts: Facts) -> QuerySet[Any]:
    if facts.prefix:
        return ObligationState.objects.at(facts.as_of)
    return Obligation.objects.all()


def _listed(facts: Facts) -> Iterator[tuple[Check, Q]]:
    for check in COMMON:
        yield check, Q()
    for kind in kinds().values():
        for check in kind.checks:
            yield check, Q(**{facts.of("item__list__kind"): kind.code})


def _record(check: Check, rows: QuerySet[Any], facts: Facts) -> int:
    standing = CheckResult.objects.at(facts.as_of).filter(check_code=check.code)
    applying = rows.filter(check.applies(facts))
    held = standing.filter(obligation=OuterRef(facts.key)).values("outcome")
    changed = dict(
        applying.annotate(found=check.outcome(facts), held=Coalesce(Subquery(held), Value("")))
        .exclude(found=F("held"))
        .values_list(facts.key, "found")
    )
    key = "obligation_id" if facts.prefix else "pk"
    ended = standing.filter(
        Exists(rows.filter(**{key: OuterRef("obligation_id")})),
        ~Exists(applying.filter(**{key: OuterRef("obligation_id")})),
    )
    gone = set(ended.values_list("obligation_id", flat=True))
    for chunk in chunks([*changed, *gone]):
        _shift(check, standing.filter(obligation_id__in=chunk), changed, chunk, on=facts.as_of)
    return len(changed) + len(gone)


def _shift(
    check: Check,
    standing: QuerySet[CheckResult],
    changed: dict[int, str],
    ids: Sequence[int],
    *,
    on: dt.date,
) -> None:
    """From `on`, the rows of `ids` have the outcome in `changed`, or none."""
    ends = dict(standing.values_list("obligation_id", "until"))
    ends |= _next_starts(check, [pk for pk in ids if pk not in ends], on=on)
    standing.filter(since=on).delete()
    standing.update(until=on)
    CheckResult.objects.bulk_create(
        CheckResult(
            obligation_id=pk,
            check_code=check.code,
            outcome=changed[pk],
            since=on,
            until=ends.get(pk),
        )
        for pk in ids
        if pk in changed
    )


def _next_starts(check: Check, ids: Sequence[int], *, on: dt.date) -> dict[int, dt.date]:
    """Where nothing stood on the day: when the next finding begins."""
    later = CheckResult.objects.filter(check_code=check.code, obligation_id__in=ids, since__gt=on)
    return dict(later.values_list("obligation_id").annotate(Min("since")))
