"""Scores of departments at the end of a day, and the lines that they are made of."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import BooleanField, Case, Count, Max, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import Department
from obligations import rates, scores
from obligations.chunks import chunks
from obligations.kinds import kinds
from obligations.models import Part, RoundAnswer, ScoreRule, Status
from obligations.models.obligation import ObligationQuerySet, applicable
from obligations.scores import Counted, Score

# The indicators over obligations that a score is made of.
_PARTS = {"completion": Part.COMPLETION, "on_time": Part.ON_TIME, "updating": Part.UPKEEP}
RESPONSE = "response"
_PLACES = 6


@dataclass(frozen=True)
class Line:
    """One obligation in one part: what counted out of what, why, and since when."""

    department_id: int
    obligation_id: int
    part: str
    code: str
    title: str
    numerator: Decimal
    denominator: int
    evidence: str
    known_on: dt.date


@dataclass(frozen=True)
class Standing:
    """One department's score and its place; None where it has none."""

    department: Department
    score: Score
    rank: int | None


def standings(
    rows: ObligationQuerySet, *, rule: ScoreRule, on: dt.date, today: dt.date
) -> list[Standing]:
    """Every department with its score, in the official order."""
    return _standings(_counted(rows, on=on, today=today), rule)


def moves(
    rows: ObligationQuerySet, *, before: ScoreRule, after: ScoreRule, on: dt.date, today: dt.date
) -> list[tuple[Standing, Standing]]:
    """Departments whose score or place another rule would change on the day: as is, as it would."""
    counted = _counted(rows, on=on, today=today)
    pairs = zip(_standings(counted, before), _standings(counted, after), strict=True)
    return [
        (one, other)
        for one, other in pairs
        if (one.score.shown, one.rank) != (other.score.shown, other.rank)
    ]


def ranked(found: Mapping[Any, tuple[int, Decimal | None]], *, least: int) -> dict[Any, int]:
    """Places by (applicable obligations, score), among those with enough of the former."""
    enough = {key for key, (count, _score) in found.items() if count >= least}
    return scores.ranks({key: score for key, (_count, score) in found.items()}, ranked=enough)


def of_lines(lines: Iterable[Any], weights: Mapping[str, int]) -> Score:
    """The score that lines add up to; they have part, numerator and denominator."""
    summed: dict[str, Counted] = defaultdict(lambda: scores.NOTHING)
    for line in lines:
        numerator, denominator = summed[line.part]
        summed[line.part] = (numerator + Fraction(line.numerator), denominator + line.denominator)
    return scores.score(summed, weights)


def lines(rows: ObligationQuerySet, *, on: dt.date, today: dt.date) -> Iterator[Line]:
    """What the scores of these obligations are made of, in no order."""
    yield from _of_rates(rows, on=on, today=today)
    yield from _of_kinds(rows, on=on, today=today)
    yield from _of_rounds(rows, on=on, today=today)


def _standings(counted: Mapping[int, dict[str, Counted]], rule: ScoreRule) -> list[Standing]:
    found = {key: scores.score(parts, rule.weights) for key, parts in counted.items()}
    places = ranked(
        {key: (one.part(Part.COMPLETION).denominator, one.shown) for key, one in found.items()},
        least=rule.least,
    )
    departments = Department.objects.filter(pk__in=found).order_by("position", "pk")
    return [Standing(one, found[one.pk], places.get(one.pk)) for one in departments]


def _counted(
    rows: ObligationQuerySet, *, on: dt.date, today: dt.date
) -> dict[int, dict[str, Counted]]:
    """Part by part what each department's lines add up to, without making them."""
    found: dict[int, dict[str, Counted]] = defaultdict(dict)
    for key, figures in rates.of_obligations(rows, "department", on=on, today=today).items():
        for code, part in _PARTS.items():
            figure = figures[code]
            found[key][part] = (Fraction(figure.numerator), figure.denominator)
    for line in (*_of_kinds(rows, on=on, today=today), *_of_rounds(rows, on=on, today=today)):
        numerator, denominator = found[line.department_id].get(line.part, scores.NOTHING)
        added = (numerator + Fraction(line.numerator), denominator + line.denominator)
        found[line.department_id][line.part] = added
    return found


def _of_rates(rows: ObligationQuerySet, *, on: dt.date, today: dt.date) -> Iterator[Line]:
    known, prefix = rates.facts(rows, on=on, today=today)
    flags: dict[str, Case] = {}
    for code in _PARTS:
        numerator, denominator = rates.RATES[code].parts(on, prefix)
        flags |= {f"n_{code}": _flag(numerator), f"d_{code}": _flag(denominator)}
    paths = {name: f"{prefix}{name}" for name in ("pk", "department_id", "item__title")}
    columns = ("status", "due_on", "completed_on", "verified_on", "delivery_due_on")
    wanted = known.order_by().filter(applicable(on)).annotate(**flags)
    names = (*paths.values(), *columns, "delivery_grace_on", *flags)
    for row in wanted.values(*names).iterator(chunk_size=2000):
        for code, part in _PARTS.items():
            if row[f"d_{code}"]:
                evidence, known_on = _EVIDENCE[code](row)
                yield Line(
                    department_id=row[paths["department_id"]],
                    obligation_id=row[paths["pk"]],
                    part=part,
                    code=code,
                    title=row[paths["item__title"]],
                    numerator=Decimal(int(row[f"n_{code}"])),
                    denominator=1,
                    evidence=evidence,
                    known_on=known_on or on,
                )


def _of_kinds(rows: ObligationQuerySet, *, on: dt.date, today: dt.date) -> Iterator[Line]:
    """What kinds add obligation by obligation: its share counts, whatever it is a share of."""
    for kind in kinds().values():
        for one in kind.indicators:
            if one.of_each is None:
                continue
            found = one.of_each(rows, on)
            figures = {key: figure for key, figure in found.items() if figure.denominator}
            for key, department_id, title in _heads(rows, list(figures), on=on, today=today):
                figure = figures[key]
                share = Fraction(figure.numerator, figure.denominator)
                yield Line(
                    department_id=department_id,
                    obligation_id=key,
                    part=Part.UPKEEP,
                    code=one.code,
                    title=title,
                    numerator=scores.rounded(share, _PLACES),
                    denominator=1,
                    evidence=f"{one.label} {figure.numerator}/{figure.denominator}",
                    known_on=on,
                )


def _of_rounds(rows: ObligationQuerySet, *, on: dt.date, today: dt.date) -> Iterator[Line]:
    """调度反馈: rounds of the year that were cut off; silence about what is closed counts not."""
    known, prefix = rates.facts(rows, on=on, today=today)
    counted = known.filter(applicable(on)).values(f"{prefix}pk")
    closed = Q(kind="", obligation__status__in=[Status.VERIFIED, Status.WITHDRAWN])
    year = {"round__cut_off_on__gte": on.replace(month=1, day=1), "round__cut_off_on__lt": on}
    answers = RoundAnswer.objects.filter(obligation__in=counted, **year).exclude(closed)
    in_time = Q(is_late=False, answered_on__lte=on) & ~Q(kind="")
    asked: Any = answers.order_by().values(
        "obligation_id", "obligation__department_id", "obligation__item__title"
    )
    counts = {"asked": Count("pk"), "answered": Count("pk", filter=in_time)}
    for one in asked.annotate(**counts, last=Max("answered_on")).iterator(chunk_size=2000):
        said = {"answered": one["answered"], "asked": one["asked"]}
        yield Line(
            department_id=one["obligation__department_id"],
            obligation_id=one["obligation_id"],
            part=Part.RESPONSE,
            code=RESPONSE,
            title=one["obligation__item__title"],
            numerator=Decimal(one["answered"]),
            denominator=one["asked"],
            evidence=_("Rounds answered in time: %(answered)s of %(asked)s") % said,
            known_on=min(one["last"] or on, on),
        )


def _heads(
    rows: ObligationQuerySet, keys: list[int], *, on: dt.date, today: dt.date
) -> Iterator[tuple[int, int, str]]:
    """Key, department and title of those that are applicable on the day."""
    known, prefix = rates.facts(rows, on=on, today=today)
    names = [f"{prefix}{name}" for name in ("pk", "department_id", "item__title")]
    counted: QuerySet[Any] = known.filter(applicable(on))
    for chunk in chunks(keys):
        yield from counted.filter(**{f"{prefix}pk__in": chunk}).values_list(*names)


def _flag(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _completion(row: Mapping[str, Any]) -> tuple[str, dt.date | None]:
    if row["status"] == Status.VERIFIED:
        said = _("Verified on %(day)s") % {"day": row["verified_on"]}
        return said, row["verified_on"]
    return _("Not verified: %(status)s") % {"status": Status(row["status"]).label}, None


def _on_time(row: Mapping[str, Any]) -> tuple[str, dt.date | None]:
    said = {"due": row["due_on"], "done": row["completed_on"]}
    if row["completed_on"] is None:
        return _("Due %(due)s, no standing claim") % said, row["due_on"]
    if row["status"] != Status.VERIFIED:
        return _("Due %(due)s, claimed %(done)s, not verified") % said, row["completed_on"]
    return _("Due %(due)s, completed %(done)s") % said, row["completed_on"]


def _updating(row: Mapping[str, Any]) -> tuple[str, dt.date | None]:
    said = {"due": row["delivery_due_on"], "grace": row["delivery_grace_on"] or "—"}
    return _("Next delivery due %(due)s, in grace until %(grace)s") % said, None


_EVIDENCE: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, dt.date | None]]] = {
    "completion": _completion,
    "on_time": _on_time,
    "updating": _updating,
}
