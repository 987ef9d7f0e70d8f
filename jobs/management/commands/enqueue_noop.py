"""manage.py enqueue_noop: jobs that each leave exactly one row."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from jobs import queue


class Command(BaseCommand):
    help = "Queue test jobs that each leave exactly one row, to prove exactly-once under faults."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, default=1)
        parser.add_argument("--seconds", type=float, default=0.0, help="how long each one works")

    def handle(self, *args: object, **options: object) -> None:
        count, seconds = int(str(options["count"])), float(str(options["seconds"]))
        with transaction.atomic():
            for _number in range(count):
                queue.enqueue("noop", args={"seconds": seconds})
        self.stdout.write(f"queued {count}")
