"""部门得分: scores and places of the statement that belongs to the report, once it is published.

The one table that is not frozen with the snapshot: a published statement never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reports import scores_of
from reports.cells import Value
from reports.looks import Column, Form
from reports.rows import Row
from reports.scores_of import Standing
from reports.tables.base import Frozen, Table
from reports.words import NOTHING, PARTS

CODE, NAME = "scores", scores_of.SHEET
_NOTE = (
    "注：本表出自同日同范围的得分通报，该通报已经部门异议、裁定并发布；"
    "某部分无可计数据的，其权重按比例分给其他部分；“—”为无可计数据，或数据过少不排名次。"
)


def table(frozen: Frozen) -> Table:
    """In the order of the places; who has none stands below."""
    standings = scores_of.scores(frozen.snapshot)
    codes = [code for code in PARTS if any(_part(one, code) for one in standings)]
    columns = [
        Column("名次", 8, Form.NUMBER, key="place"),
        Column("责任部门", 26, key="department"),
        Column("得分", 10, Form.SCORE, key="score"),
        *(column for code in codes for column in _columns(code)),
    ]
    ordered = sorted(standings, key=lambda one: (one.place is None, one.place or 0))
    rows = [_row(one, codes) for one in ordered]
    return Table(CODE, NAME, columns, lambda: rows, note=_NOTE, empty="没有得分。")


def _columns(code: str) -> list[Column]:
    group = PARTS[code]
    return [
        Column("计入", 7, Form.WORD, group, key=f"{code}_numerator"),
        Column("应计", 7, Form.NUMBER, group, key=f"{code}_denominator"),
        Column("权重", 7.5, Form.POINTS, group, key=f"{code}_weight"),
        Column("得分", 7.5, Form.POINTS, group, key=f"{code}_points"),
    ]


def _row(one: Standing, codes: Sequence[str]) -> Row:
    values: list[Value] = [
        NOTHING if one.place is None else one.place,
        one.department,
        NOTHING if one.score is None else one.score,
    ]
    for code in codes:
        part = _part(one, code)
        values += [
            Decimal(part.get("numerator", "0")),
            int(part.get("denominator", 0)),
            Decimal(part.get("weight", "0")),
            Decimal(part.get("points", "0")),
        ]
    return Row(values)


def _part(one: Standing, code: str) -> dict[str, str]:
    return next((part for part in one.parts if part["part"] == code), {})
