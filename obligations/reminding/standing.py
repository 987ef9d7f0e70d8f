"""Reminders of scores: statements open for objections, objections that wait for a ruling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from obligations.models import ScoreObjection, ScoreSheet, ScoreStatement
from obligations.reminding import naming
from obligations.reminding.people import COORDINATORS, OFFICERS, Found, People, Row
from obligations.reminding.source import Source

_PAGE = "obligations:scores"


def _open_for_objections(people: People, on: dt.date) -> Mapping[int, Found]:
    """The department's sheets, with the last day on which it may object."""
    open_ones = ScoreStatement.objects.filter(
        state=ScoreStatement.State.OPENED, objections_until__gte=on
    )
    sheets = ScoreSheet.objects.filter(statement__in=open_ones)
    columns = sheets.order_by("statement__objections_until", "pk").values_list(
        "pk", "department_id", "statement__objections_until"
    )
    rows = (Row(pk, department_id, until=until) for pk, department_id, until in columns)
    return people.share(rows, among=OFFICERS)


def _to_rule_on(people: People, on: dt.date) -> Mapping[int, Found]:
    """To those of the statement's own scope: a city does not rule on the province's scores."""
    waiting = ScoreObjection.objects.filter(outcome="").order_by("asked_on", "pk")
    columns = waiting.values_list("pk", "line__sheet__department", "line__sheet__statement__region")
    rows = ((region_id, Row(pk, department_id)) for pk, department_id, region_id in columns)
    return people.in_scope(rows, among=COORDINATORS)


SOURCES = (
    Source(
        "score_window",
        _("Scores open for objections"),
        _open_for_objections,
        page=_PAGE,
    ),
    Source(
        "score_objections",
        _("Objections to scores to rule on"),
        _to_rule_on,
        page=_PAGE,
        names=naming.score_lines,
    ),
)
