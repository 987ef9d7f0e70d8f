"""Records what each check finds, set-based: a row only where an outcome changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from obligations import later_days, letters
from obligations.checks import COMMON, Check, Facts
from obligations.chunks import chunks
from obligations.day_rows import Rows
from obligations.kinds import kinds
from obligations.models import CheckResult, DateBasis, Obligation
from obligations.models.findings import CheckResultQuerySet
from obligations.models.obligation import ObligationQuerySet

# In an address: any check of what the department itself owes.
ANY = "any"
# So many changed rows are in memory together.
_AT_ONCE = 50_000

# What the dates that outcomes compare are called.
DATE_WORDS: Mapping[str, Promise | str] = {
    **dict(DateBasis.Field.choices),
    "completed_on": _("Completed on"),
    "verified_on": _("Verified on"),
    "next_milestone_on": _("Next milestone"),
}


def record(rows: Rows) -> int:
    """Run every check of every kind on a day's rows; returns how many outcomes changed."""
    if rows.are_obligations:
        return _record_changed(rows)
    later = later_days.by_department(rows.facts.as_of)
    return sum(_record(check, rows, of_kind, later) for check, of_kind in _asked(rows.facts))


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
    return found.exclude(check_code__in=_of_coordinator())


def _asked(facts: Facts) -> Iterator[tuple[Check, Q]]:
    for kind, check in listed():
        yield check, Q(**{facts.of("item__list__kind"): kind}) if kind else Q()


def _record_changed(rows: Rows) -> int:
    """On obligations: one look at each row for all checks, by the word of what was last found."""
    asked = [
        letters.Question(
            check.code,
            of_kind & check.applies(rows.facts),
            check.outcome(rows.facts),
            of_another=check.of_coordinator,
        )
        for check, of_kind in _asked(rows.facts)
    ]
    words = (
        rows.rows.annotate(word=letters.word(asked)).exclude(word=F("last_found")).order_by("pk")
    )
    changed = dict(words.select_for_update(of=("self",)).values_list("pk", "word"))
    return sum(
        _settle({pk: changed[pk] for pk in some}, on=rows.facts.as_of)
        for some in chunks(list(changed), _AT_ONCE)
    )


def _settle(words: dict[int, str], *, on: dt.date) -> int:
    """Bring findings to what the words say, and keep the words; returns how many changed."""
    codes = _codes()
    told = {text: letters.read(text, codes) for text in set(words.values())}
    held: dict[str, dict[int, str]] = {code: {} for code in codes}
    for chunk in chunks(list(words)):
        found = CheckResult.objects.at(on).filter(obligation_id__in=chunk)
        for pk, code, outcome in found.values_list("obligation_id", "check_code", "outcome"):
            held.setdefault(code, {})[pk] = outcome
    count = 0
    for code, known in held.items():
        turned = {
            pk: told[text].get(code, "")
            for pk, text in words.items()
            if told[text].get(code, "") != known.get(pk, "")
        }
        for chunk in chunks(list(turned)):
            _turn(code, {pk: turned[pk] for pk in chunk}, known, on=on)
        count += len(turned)
    _keep(words)
    return count


def _turn(code: str, turned: dict[int, str], known: dict[int, str], *, on: dt.date) -> None:
    """From `on`, and for good, these rows have these outcomes, or none."""
    ending = [pk for pk in turned if pk in known]
    if ending:
        standing = CheckResult.objects.at(on).filter(check_code=code, obligation_id__in=ending)
        standing.filter(since=on).delete()
        standing.update(until=on)
    CheckResult.objects.bulk_create(
        CheckResult(obligation_id=pk, check_code=code, outcome=outcome, since=on)
        for pk, outcome in turned.items()
        if outcome
    )


def _keep(words: dict[int, str]) -> None:
    """Store the words, one statement per word and chunk."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for pk, text in words.items():
        by_word[text].append(pk)
    for text, ids in by_word.items():
        for chunk in chunks(ids):
            Obligation.objects.filter(pk__in=chunk).update(last_found=text)


def _codes() -> list[str]:
    return [check.code for _kind, check in listed()]


def _of_coordinator() -> list[str]:
    """What the coordinator owes, and no department fails in."""
    return [check.code for _kind, check in listed() if check.of_coordinator]


def _record(check: Check, day: Rows, of_kind: Q, later: Mapping[int, dt.date]) -> int:
    """On states of a past day: one check, compared with what stood at the end of the day."""
    facts, rows = day.facts, day.rows.filter(of_kind)
    standing = CheckResult.objects.at(facts.as_of).filter(check_code=check.code)
    applying = rows.filter(check.applies(facts))
    held = standing.filter(obligation=OuterRef(facts.key)).values("outcome")
    changed = dict(
        applying.annotate(found=check.outcome(facts), held=Coalesce(Subquery(held), Value("")))
        .exclude(found=F("held"))
        .values_list(facts.key, "found")
    )
    ended = standing.filter(
        Exists(rows.filter(obligation_id=OuterRef("obligation_id"))),
        ~Exists(applying.filter(obligation_id=OuterRef("obligation_id"))),
    )
    gone = set(ended.values_list("obligation_id", flat=True))
    for chunk in chunks([*changed, *gone]):
        found = {pk: changed[pk] for pk in chunk if pk in changed}
        again = later_days.by_obligation(chunk, later)
        _shift(check, standing, found, chunk, on=facts.as_of, again=again)
        _remember(chunk)
    return len(changed) + len(gone)


def _remember(ids: Sequence[int]) -> None:
    """Beside the obligations, what stands of them now: a past day may have touched it."""
    found: dict[int, dict[str, str]] = {pk: {} for pk in ids}
    standing = CheckResult.objects.filter(until=None, obligation_id__in=ids)
    for pk, code, outcome in standing.values_list("obligation_id", "check_code", "outcome"):
        found[pk][code] = outcome
    codes, others = _codes(), _of_coordinator()
    words = {pk: letters.write(one, codes, of_another=others) for pk, one in found.items()}
    _keep(words)


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


def _before(day: dt.date, end: dt.date | None) -> bool:
    return end is None or day < end
