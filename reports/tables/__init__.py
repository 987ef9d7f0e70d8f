"""The tables of a report, each a function of its snapshot's frozen lines alone."""

from __future__ import annotations

from collections.abc import Callable

from obligations.kinds import kinds
from reports.models import Snapshot
from reports.tables import details, groups, ledgers, overview
from reports.tables.base import Frozen, Table

__all__ = ["Frozen", "Table", "table", "tables_of"]


def tables_of(snapshot: Snapshot) -> list[Table]:
    """All tables in the workbook's order."""
    frozen = Frozen(snapshot)
    return [make(frozen) for make in _makers().values()]


def table(snapshot: Snapshot, code: str) -> Table:
    """The table of a code; KeyError where there is none."""
    return _makers()[code](Frozen(snapshot))


def _makers() -> dict[str, Callable[[Frozen], Table]]:
    return {
        overview.CODE: overview.table,
        groups.DEPARTMENTS: groups.departments,
        groups.LISTS: groups.lists,
        groups.SCENES: groups.scenes,
        details.COORDINATION: details.coordination,
        details.OVERDUE: details.overdue,
        **{ledgers.code_of(kind): ledgers.maker(kind) for kind in kinds().values()},
    }
