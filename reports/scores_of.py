"""得分 in a report: the statement of its scope and day, what it still lacks, and what it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from obligations.models import ScoreObjection, ScoreSheet, ScoreStatement
from reports.models import Report, Snapshot

# What the sheet of the scores is called.
SHEET = "部门得分"
_State = ScoreStatement.State


@dataclass(frozen=True)
class Standing:
    """One department: `parts` as scores.PartScore.as_json; `score` None where nothing counted,
    `place` None where too little did."""

    department_id: int
    department: str
    parts: list[dict[str, Any]]
    score: Decimal | None
    place: int | None


@dataclass(frozen=True)
class Missing:
    """What stands between a report and its publication, and where that is done."""

    sentence: str
    url: str


def can_have(snapshot: Snapshot) -> bool:
    """Statements are about a whole province or city."""
    return not (
        snapshot.department_id
        or snapshot.on_list_id
        or snapshot.batch is not None
        or snapshot.scene
    )


def statement_of(snapshot: Snapshot) -> ScoreStatement | None:
    """The one statement of the same scope and day, wherever it is on its way."""
    if not can_have(snapshot):
        return None
    there = ScoreStatement.objects.exclude(state=_State.DISCARDED)
    return there.filter(Q(region=snapshot.region_id), as_of=snapshot.as_of).first()


def missing(snapshot: Snapshot, *, on: dt.date) -> Missing | None:
    """None where the report may be published: without scores, or with published ones."""
    if not snapshot.with_scores:
        return None
    return missing_of(statement_of(snapshot), snapshot, on=on)


def missing_of(
    statement: ScoreStatement | None, snapshot: Snapshot, *, on: dt.date
) -> Missing | None:
    """The same where the statement is known, or known not to be there."""
    if statement is None:
        sentence = _("The statement of scores of that day is not drafted yet: draft it first.")
        return Missing(sentence, f"{reverse('obligations:scores')}?on={snapshot.as_of.isoformat()}")
    if statement.state == _State.PUBLISHED:
        return None
    return Missing(
        _sentence(statement, on=on), reverse("obligations:score-statement", args=[statement.pk])
    )


def scores(snapshot: Snapshot) -> list[Standing]:
    """The departments with score and place, in their order; none before the scores are out."""
    return standings(statement_of(snapshot) if snapshot.with_scores else None)


def are_out(snapshot: Snapshot) -> bool:
    """Whether the report has scores to show."""
    statement = statement_of(snapshot) if snapshot.with_scores else None
    return statement is not None and statement.state == _State.PUBLISHED


def workbook_is_behind(snapshot: Snapshot) -> bool:
    """Whether the stored workbook lacks scores that are out, or has those of a report without: its
    own list of sheets says so."""
    workbook = Report.objects.filter(snapshot=snapshot, form=Report.Form.WORKBOOK).first()
    if workbook is None:
        return False
    return (SHEET in workbook.fingerprints.get("sheets", {})) != are_out(snapshot)


def standings(statement: ScoreStatement | None) -> list[Standing]:
    """What a published statement says."""
    if statement is None or statement.state != _State.PUBLISHED:
        return []
    sheets = ScoreSheet.objects.filter(statement=statement).order_by("position", "pk")
    return [
        Standing(one.department_id, one.department_name, one.parts, one.score, one.rank)
        for one in sheets
    ]


def _sentence(statement: ScoreStatement, *, on: dt.date) -> str:
    if statement.state == _State.DRAFTED:
        return _("The statement of scores is a draft: open it for objections first.")
    waiting = ScoreObjection.objects.filter(line__sheet__statement=statement, outcome="").count()
    unruled = _("Objections to the scores that wait for a ruling: %(count)s.") % {"count": waiting}
    if statement.takes_objections(on):
        window = _("Departments may object to their scores until %(day)s.") % {
            "day": statement.objections_until
        }
        return f"{window} {unruled}" if waiting else window
    return unruled if waiting else _("The statement of scores is not published yet.")
