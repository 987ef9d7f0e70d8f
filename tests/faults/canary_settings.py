"""The product's settings; nothing is due but the canary."""

from config.settings import *  # noqa: F403
from config.settings import JOB_SCHEDULE as _WHOLE

JOB_SCHEDULE = {"canary": _WHOLE["canary"]}
