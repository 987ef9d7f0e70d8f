"""What leadership sees: frozen snapshots, their lines, and the files made from them."""

from reports.models.beside import ContradictionLine, TrendPoint
from reports.models.lines import FigureLine, ObligationLine
from reports.models.refusals import RefusedAttempts
from reports.models.reports import Report
from reports.models.snapshots import Snapshot

__all__ = [
    "ContradictionLine",
    "FigureLine",
    "ObligationLine",
    "RefusedAttempts",
    "Report",
    "Snapshot",
    "TrendPoint",
]
