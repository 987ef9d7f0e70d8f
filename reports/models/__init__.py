"""What leadership sees: frozen snapshots, their lines, and the files made from them."""

from reports.models.beside import ContradictionLine, CountedLine, LateLine, TrendPoint
from reports.models.lines import FigureLine, ObligationLine
from reports.models.plans import PlannedReport, ReportPlan, ReportReceipt
from reports.models.refusals import RefusedAttempts
from reports.models.reports import Report
from reports.models.snapshots import Snapshot

__all__ = [
    "ContradictionLine",
    "CountedLine",
    "FigureLine",
    "LateLine",
    "ObligationLine",
    "PlannedReport",
    "RefusedAttempts",
    "Report",
    "ReportPlan",
    "ReportReceipt",
    "Snapshot",
    "TrendPoint",
]
