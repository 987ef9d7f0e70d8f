"""The sample province: its calendar, the central bodies, its departments and cities."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from accounts import departments, departments_file, reference
from obligations import calendars, clocks

FOLDER = Path(settings.BASE_DIR) / "samples"


def ensure() -> None:
    """Load what is missing; repeating it changes nothing."""
    calendars.seed()
    clocks.seed()
    reference.load(by=None)
    rows = departments_file.read((FOLDER / "departments.csv").read_bytes())
    departments.load(rows, by=None)
