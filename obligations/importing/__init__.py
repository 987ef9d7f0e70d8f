"""From a list file to items and obligations: read, preview, apply; and the uploads on their way."""

from obligations.importing.applying import Applied, apply
from obligations.importing.planning import Plan, Target, preview
from obligations.importing.reading import ListReading, Notice, read

__all__ = ["Applied", "ListReading", "Notice", "Plan", "Target", "apply", "preview", "read"]
