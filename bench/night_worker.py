"""A worker as `manage.py run_jobs`, early on a given day: python -m bench.night_worker DAY."""

from __future__ import annotations

import datetime as dt
import os
import sys
from importlib import import_module

from config.children import die_with_parent


def main(day: dt.date) -> None:
    """Says `ready` when it can take a job; works until it is ended."""
    import_module("django").setup()
    nights = import_module("bench.nights")
    settings = import_module("django.test.utils").override_settings
    command = import_module("django.core.management").call_command
    # Many days are skipped: nothing else is to be caught up with.
    with nights.early_on(day), settings(JOB_SCHEDULE={}):
        print("ready", flush=True)
        command("run_jobs", verbosity=0)


if __name__ == "__main__":
    die_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(dt.date.fromisoformat(sys.argv[1]))
