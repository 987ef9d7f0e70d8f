"""manage.py run_jobs: a worker without any broker."""

from __future__ import annotations

import socket
import time

from django.core.management.base import BaseCommand, CommandParser

from jobs import running, sweeping
from jobs.models import Job
from jobs.upkeep import Upkeep

_LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Do the waiting jobs, one after another, without a broker. Also keeps the schedule."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do at most one job")
        parser.add_argument(
            "--until-empty", action="store_true", help="end when no job waits or runs any more"
        )

    def handle(self, *args: object, **options: object) -> None:
        upkeep = Upkeep(f"run_jobs@{socket.gethostname()}", sweep=sweeping.fail_exhausted)
        done_count = 0
        while True:
            upkeep.take_turns()
            did_one = do_one()
            done_count += did_one
            if options["once"] or (options["until_empty"] and not Job.objects.live().exists()):
                break
            if not did_one:
                time.sleep(_LOOK_SECONDS)
        self.stdout.write(f"done {done_count}")


def do_one() -> bool:
    """Do the oldest job that is due and not taken by another worker meanwhile."""
    due = Job.objects.due().first_of_their_kind().order_by("pk").values_list("pk", flat=True)
    return any(running.perform(job_id) for job_id in due[:10])
