"""得分明细 as a table: of a day as it is, or of a statement as it was frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Department, User
from obligations import exporting, rates, scores, scoring
from obligations.models import Obligation, Part, ScoreLine, ScoreObjection, ScoreRule, ScoreSheet
from obligations.models.obligation import ObligationQuerySet
from obligations.scores import Score

_HEAD = ("计分项", "指标", "责任事项", "得数", "基数", "得分", "失分", "依据", "日期")
# What costs points is read first.
_PLACES = 4


@dataclass(frozen=True)
class Row:
    """One line with its points; `line` and `objection` where it is frozen."""

    part: str
    code: str
    label: str
    title: str
    obligation_id: int
    numerator: Decimal
    denominator: int
    points: Decimal
    lost: Decimal
    evidence: str
    known_on: dt.date
    line: ScoreLine | None = None
    objection: ScoreObjection | None = None

    @property
    def part_label(self) -> str:
        return str(Part(self.part).label)


def own_rows(user: User) -> ObligationQuerySet:
    """What live scores count of what the user may see."""
    return Obligation.objects.visible_to(user).filter(external=False)


def of_day(
    department: Department, *, rule: ScoreRule, on: dt.date, today: dt.date, by: User
) -> tuple[Score, list[Row]]:
    """The department's score as it is at the end of a day."""
    rows = own_rows(by).filter(department=department)
    lines = list(scoring.lines(rows, on=on, today=today))
    score = scoring.of_lines(lines, rule.weights)
    return score, sorted((_row(line, score) for line in lines), key=_order)


def of_sheet(sheet: ScoreSheet) -> tuple[Score, list[Row]]:
    """The frozen lines, with their objections."""
    score = exact_score(sheet)
    lines = sheet.lines.order_by("pk")
    objections = ScoreObjection.objects.filter(line__sheet=sheet)
    contested = {one.line_id: one for one in objections.select_related("asked_by", "decided_by")}
    rows = [_row(line, score, frozen=line, objection=contested.get(line.pk)) for line in lines]
    return score, sorted(rows, key=_order)


def exact_score(sheet: ScoreSheet) -> Score:
    """What the frozen lines add up to."""
    summed = (
        sheet.lines.order_by().values("part").annotate(n=Sum("numerator"), d=Sum("denominator"))
    )
    counted = {one["part"]: (Fraction(one["n"]), int(one["d"])) for one in summed}
    return scores.score(counted, sheet.statement.rule.weights)


def table(rows: Iterable[Row]) -> Iterator[Sequence[Any]]:
    """The lines as cells: numbers as numbers, days as days."""
    yield _HEAD
    for row in rows:
        yield (
            row.part_label,
            row.label,
            row.title,
            float(row.numerator),
            row.denominator,
            row.points,
            row.lost,
            row.evidence,
            row.known_on,
        )


def workbook(rows: Iterable[Row], *, about: str, by: User) -> bytes:
    """得分明细 as a workbook; who took it is audited."""
    audit.record(by, verb="export", by=by, detail={"form": "xlsx", "scores": about})
    return exporting.book_of(_("Score in detail"), table(rows))


def file_name(name: str, *, on: dt.date) -> str:
    return f"得分明细-{name}-{on:%Y%m%d}.xlsx"


def label_of(code: str) -> str:
    """What the indicator of a line is called."""
    if code == scoring.RESPONSE:
        return str(Part.RESPONSE.label)
    return str(rates.labels().get(code, (code, ""))[0])


def _row(
    line: Any,
    score: Score,
    *,
    frozen: ScoreLine | None = None,
    objection: ScoreObjection | None = None,
) -> Row:
    part = score.part(line.part)
    numerator = Fraction(line.numerator)
    return Row(
        part=line.part,
        code=line.code,
        label=label_of(line.code),
        title=line.title,
        obligation_id=line.obligation_id,
        numerator=Decimal(line.numerator),
        denominator=line.denominator,
        points=scores.rounded(part.points_of(numerator), _PLACES),
        lost=scores.rounded(part.points_of(line.denominator - numerator), _PLACES),
        evidence=line.evidence,
        known_on=line.known_on,
        line=frozen,
        objection=objection,
    )


def _order(row: Row) -> tuple[Any, ...]:
    """What was contested first, then what costs most, part by part."""
    return (row.objection is None, Part.values.index(row.part), -row.lost, row.obligation_id)
