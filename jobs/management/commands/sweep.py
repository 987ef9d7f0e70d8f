"""manage.py sweep: wake workers for overlooked jobs, end jobs that no worker survived."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from jobs import sweeping


class Command(BaseCommand):
    help = "Wake workers for jobs that were overlooked, and end jobs that no worker survived."

    def handle(self, *args: object, **options: object) -> None:
        swept = sweeping.sweep()
        self.stdout.write(f"woken {swept.woken_count}, failed {swept.failed_count}")
