"""The product's settings, with one more kind of job: what a handler without the fence would do."""

from config.settings import *  # noqa: F403
from config.settings import JOB_HANDLERS, env

JOB_HANDLERS = {**JOB_HANDLERS, "noop": env.str("NOOP_HANDLER", default=JOB_HANDLERS["noop"])}
JOB_SCHEDULE = {}
ROOT_URLCONF = "jobs.urls"  # no page is asked here, and workers start sooner
