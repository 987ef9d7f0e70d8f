"""Sheets of a statement: frozen line by line, counted anew after a ruling, given their places."""

from __future__ import annotations

import datetime as dt

from accounts.models import Department
from obligations import scoring
from obligations.models import ScoreLine, ScoreObjection, ScoreRule, ScoreSheet, ScoreStatement
from obligations.models.obligation import ObligationQuerySet

_Outcome = ScoreObjection.Outcome
_BATCH = 1000


def draft_sheet(
    statement: ScoreStatement,
    department: Department,
    rows: ObligationQuerySet,
    *,
    rule: ScoreRule,
    today: dt.date,
) -> None:
    found = list(scoring.lines(rows, on=statement.as_of, today=today))
    if not found:
        return
    score = scoring.of_lines(found, rule.weights)
    sheet = ScoreSheet.objects.create(
        statement=statement,
        department=department,
        department_name=department.name,
        position=department.position,
        parts=[one.as_json() for one in score.parts],
        score=score.shown,
    )
    ScoreLine.objects.bulk_create(
        (
            ScoreLine(
                sheet=sheet,
                obligation_id=line.obligation_id,
                part=line.part,
                code=line.code,
                title=line.title,
                numerator=line.numerator,
                denominator=line.denominator,
                evidence=line.evidence[:300],
                known_on=line.known_on,
            )
            for line in found
        ),
        batch_size=_BATCH,
    )


def correct(line: ScoreLine, outcome: str) -> None:
    if outcome == _Outcome.COUNTED:
        line.numerator = line.denominator
    elif outcome == _Outcome.LEFT_OUT:
        line.numerator, line.denominator = 0, 0
    line.save(update_fields=["numerator", "denominator"])


def count_anew(sheet: ScoreSheet) -> None:
    score = scoring.of_lines(sheet.lines.all(), sheet.statement.rule.weights)
    sheet.parts, sheet.score = [one.as_json() for one in score.parts], score.shown
    save_sheet(sheet)
    give_places(sheet.statement)


def give_places(statement: ScoreStatement) -> None:
    sheets = list(ScoreSheet.objects.filter(statement=statement).order_by("pk"))
    scored = {one.pk: (one.applicable_count, one.score) for one in sheets}
    places = scoring.ranked(scored, least=statement.rule.least)
    moved = []
    for sheet in sheets:
        if sheet.rank != places.get(sheet.pk):
            sheet.rank = places.get(sheet.pk)
            moved.append(sheet)
    ScoreSheet.objects.bulk_update(moved, ["rank"], batch_size=500)


def save_sheet(sheet: ScoreSheet) -> None:
    sheet.version += 1
    sheet.save()
