"""The product's settings with reminders alone on the schedule, a mail sink, and a clock to set."""

import datetime as dt

import time_machine

from tests.faults.settings import *  # noqa: F403
from tests.faults.settings import JOB_HANDLERS, env

# Only Python's clock travels; leases are held by the database's, as ever.
if clock := env.str("CLOCK", default=""):
    time_machine.travel(dt.datetime.fromisoformat(clock), tick=True).start()
JOB_SCHEDULE = {"reminders": {"kind": "obligations.remind", "every": "day", "at": "08:30"}}
JOB_HANDLERS = {
    **JOB_HANDLERS,
    "obligations.send_reminders": env.str(
        "SEND_HANDLER", default=JOB_HANDLERS["obligations.send_reminders"]
    ),
}
ROOT_URLCONF = "config.urls"  # messages name addresses
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", env.int("MAIL_PORT", default=1)
