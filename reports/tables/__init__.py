"""The tables of a report, each a function of its snapshot's frozen lines alone."""

from __future__ import annotations

from collections.abc import Callable

from obligations.kinds import kinds
from reports import scores_of
from reports.models import Snapshot
from reports.tables import (
    changing,
    details,
    doubted,
    further,
    groups,
    late,
    ledgers,
    matrix,
    overview,
    ranking,
    scored,
    trend,
)
from reports.tables.base import Frozen, Table

__all__ = ["Frozen", "Table", "table", "tables_of"]


def tables_of(snapshot: Snapshot) -> list[Table]:
    """All tables in the workbook's order."""
    frozen = Frozen(snapshot)
    return [make(frozen) for make in _makers(snapshot).values()]


def table(snapshot: Snapshot, code: str) -> Table:
    """The table of a code; KeyError where there is none."""
    return _makers(snapshot)[code](Frozen(snapshot))


def _makers(snapshot: Snapshot) -> dict[str, Callable[[Frozen], Table]]:
    # One department alone has nobody to be ranked against.
    ranked = {} if snapshot.department_id else {ranking.CODE: ranking.table}
    # Of a day that was reported in time there is nothing to say.
    recorded = {late.CODE: late.table} if snapshot.late_acts.exists() else {}
    points = {scored.CODE: scored.table} if scores_of.are_out(snapshot) else {}
    return {
        overview.CODE: overview.table,
        trend.CODE: trend.table,
        groups.DEPARTMENTS: groups.departments,
        **ranked,
        **points,
        groups.LISTS: groups.lists,
        matrix.CODE: matrix.table,
        groups.SCENES: groups.scenes,
        further.CODE: further.table,
        changing.CODE: changing.table,
        details.COORDINATION: details.coordination,
        details.OVERDUE: details.overdue,
        details.DUE_SOON: details.due_soon,
        doubted.CODE: doubted.table,
        **recorded,
        **{ledgers.code_of(kind): ledgers.maker(kind) for kind in kinds().values()},
    }
