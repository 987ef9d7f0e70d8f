"""The product's settings, with more kinds of jobs: what a handler without the fence would do, some
that end their worker, some that are due every day since the installation."""

from config.settings import *  # noqa: F403
from config.settings import CELERY_BEAT_SCHEDULE, JOB_HANDLERS, env

DAILY = [f"noop{number}" for number in range(env.int("DAILY", default=0))]
NOBODY_APART = env.bool("NOBODY_APART", default=False)
SLOW_LOOK = env.bool("SLOW_LOOK", default=False)
NOOP = env.str("NOOP_HANDLER", default=JOB_HANDLERS["noop"])
JOB_HANDLERS = {
    **JOB_HANDLERS,
    **dict.fromkeys(["noop", *DAILY], NOOP),
    "raising": "tests.faults.handlers.raising",
    "deadly": "tests.faults.handlers.deadly",
}
JOB_SCHEDULE = {kind: {"kind": kind, "every": "day", "at": "00:00"} for kind in DAILY}
CELERY_BEAT_SCHEDULE = {"tick": CELERY_BEAT_SCHEDULE["tick"] | {"schedule": 1}}
ROOT_URLCONF = "jobs.urls"  # no page is asked here, and workers start sooner
