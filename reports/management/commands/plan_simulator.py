"""manage.py plan_simulator: what the demonstration's invented systems do, for the simulator."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reports.sampling import simulating


class Command(BaseCommand):
    help = "Write the simulator's plan into DATA_DIR; without the sample province there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        if simulating.is_wanted():
            self.stdout.write(str(simulating.write_plan(settings.DATA_DIR)))
        else:
            (settings.DATA_DIR / simulating.FILE).unlink(missing_ok=True)
