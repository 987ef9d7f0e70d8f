"""The test job, which proves exactly-once by leaving exactly one row; and the canary."""

from __future__ import annotations

import time

from jobs.models import NoopMark
from jobs.running import Run


def noop(run: Run) -> None:
    """Work for `args["seconds"]`, then leave one row."""
    time.sleep(float(run.args.get("seconds", 0)))
    with run.finishing():
        NoopMark.objects.create(job=run.job)


def canary(run: Run) -> None:
    """Nothing: that it ends at all says that rows, broker and worker work together."""
    with run.finishing():
        pass
