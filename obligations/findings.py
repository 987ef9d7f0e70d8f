"""Records what each check finds, set-based: a row only where an outcome changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from obligations import confirmation_rules
from obligations.checks import COMMON, Check, Facts
from obligations.chunks import chunks
from obligations.kinds import kinds
from obligations.models import (
    CheckResult,
    DateBasis,
    DepartmentCheck,
    Obligation,
    ObligationState,
)
from obligations.models.findings import CheckResultQuerySet
from obligations.models.obligation import ObligationQuerySet

# In an address: any check of what the department itself owes.
ANY = "any"
# What the dates that outcomes compare are called.
DATE_WORDS: Mapping[str, Promise | str] = {
    **dict(DateBasis.Field.choices),
    "completed_on": _("Completed on"),
    "verified_on": _("Verified on"),
    "next_milestone_on": _("Next milestone"),
}


def record(
    *, as_of: dt.date, today: dt.date, departments: Sequence[Department] | None = None
) -> int:
    """Run every check of every kind for a day; returns how many outcomes changed."""
    facts = facts_of(as_of, today=today)
    rows = _rows(facts)
    if departments is not None:
        rows = rows.filter(**{facts.of("department__in"): departments})
    later = _next_checks(as_of) if facts.prefix else {}
    return sum(
        _record(check, rows.filter(of_kind), facts, later) for check, of_kind in _asked(facts)
    )


def facts_of(as_of: dt.date, *, today: dt.date) -> Facts:
    """What a day is judged on: the obligations as they are, or their states of a past day."""
    prefix = "" if as_of >= today else "obligation__"
    return Facts(as_of, confirmation_rules.hearing(as_of), prefix)


def check_of(code: str) -> Check:
    """The check of a code; KeyError for a code that no kind lists."""
    return {check.code: check for _kind, check in listed()}[code]


def listed() -> list[tuple[str, Check]]:
    """Every check with the kind that lists it; those of all kinds first, with no kind."""
    own = [(kind.code, check) for kind in kinds().values() for check in kind.checks]
    return [*(("", check) for check in COMMON), *own]


def standing(row: Obligation) -> CheckResultQuerySet:
    """What holds of one obligation now."""
    return CheckResult.objects.filter(obligation=row, until=None).order_by("check_code")


def tally(rows: ObligationQuerySet, *, on: dt.date | None = None) -> dict[str, dict[str, int]]:
    """What the checks find of these rows on a day, or now: check -> outcome -> how many."""
    found = _held(on).filter(obligation__in=rows).order_by()
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for code, outcome, count in found.values_list("check_code", "outcome").annotate(Count("pk")):
        counted[code][outcome] = count
    return counted


def rows_of(
    rows: ObligationQuerySet, text: str, *, on: dt.date | None = None
) -> ObligationQuerySet:
    """Of these rows those of which a check finds something on a day, or now: “check.outcome”."""
    code, _dot, outcome = text.partition(".")
    found = _held(on).filter(outcome=outcome)
    found = _of_departments(found) if code == ANY else found.filter(check_code=code)
    return rows.filter(Exists(found.filter(obligation=OuterRef("pk"))))


def failing(departments: Sequence[Department] | None, *, as_of: dt.date) -> dict[int, int]:
    """How many obligations of each department fail in a check of its own at the end of the day."""
    found = _of_departments(CheckResult.objects.at(as_of)).filter(outcome=CheckResult.Outcome.FAIL)
    if departments is not None:
        found = found.filter(obligation__department__in=departments)
    grouped = found.order_by().values_list("obligation__department_id")
    return dict(grouped.annotate(Count("obligation", distinct=True)))


def evidence_of(check: Check, row: Obligation, *, on: dt.date) -> list[str]:
    """What the outcome rests on: the dates it compares, and what the check itself can show."""
    dates = [(name, getattr(row, name)) for name in check.rests_on]
    known = [f"{DATE_WORDS[name]} {day.isoformat()}" for name, day in dates if day]
    return [*known, *(check.evidence(row, on) if check.evidence else ())]


def _held(on: dt.date | None) -> CheckResultQuerySet:
    return CheckResult.objects.filter(until=None) if on is None else CheckResult.objects.at(on)


def _of_departments(found: CheckResultQuerySet) -> CheckResultQuerySet:
    """Without what the coordinator owes."""
    own = [check.code for _kind, check in listed() if check.of_coordinator]
    return found.exclude(check_code__in=own)


def _rows(facts: Facts) -> QuerySet[Any]:
    if facts.prefix:
        return ObligationState.objects.at(facts.as_of)
    return Obligation.objects.all()


def _asked(facts: Facts) -> Iterator[tuple[Check, Q]]:
    for kind, check in listed():
        yield check, Q(**{facts.of("item__list__kind"): kind}) if kind else Q()


def _record(check: Check, rows: QuerySet[Any], facts: Facts, later: Mapping[int, dt.date]) -> int:
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
        found = {pk: changed[pk] for pk in chunk if pk in changed}
        again = _confirmed_again(chunk, later)
        _shift(check, standing, found, chunk, on=facts.as_of, again=again)
    return len(changed) + len(gone)


def _shift(
    check: Check,
    standing: QuerySet[CheckResult],
    found: Mapping[int, str],
    ids: Sequence[int],
    *,
    on: dt.date,
    again: Mapping[int, dt.date],
) -> None:
    """From `on`, the rows of `ids` have the outcome in `found`, or none.

    Where a later day was checked already, `again` names it: what was found then stands from it.
    """
    rows = standing.filter(obligation_id__in=ids)
    held = {one.obligation_id: one for one in rows}
    ends = {pk: one.until for pk, one in held.items()}
    ends |= _next_starts(check, [pk for pk in ids if pk not in held], on=on)
    resumed = {pk for pk, day in again.items() if _before(day, ends.get(pk))}
    rows.filter(since=on).delete()
    rows.update(until=on)
    new = [
        (pk, outcome, on, again[pk] if pk in resumed else ends.get(pk))
        for pk, outcome in found.items()
    ]
    old = [(pk, held[pk].outcome, again[pk], ends[pk]) for pk in resumed if pk in held]
    CheckResult.objects.bulk_create(
        CheckResult(
            obligation_id=pk, check_code=check.code, outcome=outcome, since=since, until=until
        )
        for pk, outcome, since, until in (*new, *old)
    )


def _next_starts(check: Check, ids: Sequence[int], *, on: dt.date) -> dict[int, dt.date]:
    """Where nothing stood on the day: when the next finding begins."""
    later = CheckResult.objects.filter(check_code=check.code, obligation_id__in=ids, since__gt=on)
    return dict(later.values_list("obligation_id").annotate(Min("since")))


def _next_checks(on: dt.date) -> dict[int, dt.date]:
    """Departments that were checked for a later day, with the first such day."""
    checks: Any = DepartmentCheck.objects.filter(checked=True, day__gt=on).order_by()
    return dict(checks.values_list("department_id").annotate(Min("day")))


def _confirmed_again(ids: Sequence[int], later: Mapping[int, dt.date]) -> dict[int, dt.date]:
    """By obligation, the first later day on which its department was checked."""
    if not later:
        return {}
    owners = Obligation.objects.filter(pk__in=ids, department__in=list(later))
    return {pk: later[key] for pk, key in owners.values_list("pk", "department_id")}


def _before(day: dt.date, end: dt.date | None) -> bool:
    return end is None or day < end
